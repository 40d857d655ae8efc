package millrace.aggregator;

import millrace.proto.Ending;
import org.jspecify.annotations.Nullable;

/// How a job is to end.
///
/// @param reason     one sentence; empty when it succeeded
/// @param failure    the task that failed it, or null
/// @param withOutput whether its value can be trusted and afforded as a partial output
record Verdict(Ending.State state, String reason, Ending.@Nullable Failure failure, boolean withOutput) {
    static final Verdict SUCCEEDED = new Verdict(Ending.State.SUCCEEDED, "", null, true);

    static Verdict of(Ending.State state, String reason) {
        return new Verdict(state, reason, null, true);
    }
}

package millrace.proto.view;

import millrace.proto.Ending;
import millrace.proto.JobSpec;
import org.jspecify.annotations.Nullable;

/// One line of a list of jobs.
///
/// @param spec            what was ordered
/// @param priority        the latest, -10 to 10
/// @param paused          whether it is paused
/// @param submittedMillis when it was submitted, the broker's clock
/// @param progress        how far it is; of an ended job, how far it came
/// @param ending          how it ended, or null before
public record JobSummary(
        JobSpec spec,
        int priority,
        boolean paused,
        long submittedMillis,
        JobProgress progress,
        @Nullable Ending ending) {
    /// One word for people: `waiting`, `running` or `paused`, or the ending's state in lower case.
    public String state() {
        if (ending != null) {
            return ending.state().name().toLowerCase(java.util.Locale.ROOT);
        }
        if (paused) {
            return "paused";
        }
        return progress.tally().attempts() == 0 ? "waiting" : "running";
    }
}

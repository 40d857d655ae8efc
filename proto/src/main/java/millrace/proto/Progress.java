package millrace.proto;

import static millrace.proto.Check.require;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// How far a job is, as the owner of its partition has counted: cumulative. A higher generation replaces lower ones.
///
/// @param job        the job's id
/// @param generation the owner's, rising with each change of owner
/// @param owner      the aggregator's id
/// @param position   results of the job's partition below this offset have been counted. A job's first record comes when
///                   its order is accepted, and while it is open a record follows within a second after the position
///                   has moved, also when nothing else has changed: the producer tells lost tasks by it
/// @param done       items in the value
/// @param dead       items given up, disjoint from `done`
/// @param again      ranges whose latest answer was no value, to be emitted again; at most [#AGAIN_MAX]
/// @param tally      what the results were and cost
/// @param itemsPerSecond recent rate
/// @param eta        seconds left, or null when not known
/// @param updatedMillis  the owner's clock, for people only
public record Progress(
        String job,
        long generation,
        String owner,
        long position,
        Ranges done,
        Ranges dead,
        List<Again> again,
        Tally tally,
        double itemsPerSecond,
        @Nullable Eta eta,
        long updatedMillis) {
    /// The most ranges that one record asks for again; more come with later records.
    public static final int AGAIN_MAX = 5_000;

    public Progress {
        JobSpec.checkId(job);
        require(generation >= 0 && position >= 0, "progress has generation %d, position %d", generation, position);
        require(again.size() <= AGAIN_MAX, "progress asks %d ranges again, allowed %d", again.size(), AGAIN_MAX);
        again = List.copyOf(again);
    }

    /// A range whose latest answer was Failed or HandedBack.
    ///
    /// @param emission the emission that was answered
    /// @param failures failures of the range so far
    /// @param alone    whether it is to be emitted flagged alone
    /// @param why      the answer
    public record Again(long first, long end, int emission, int failures, boolean alone, Why why) {
        public Again {
            require(0 <= first && first < end && end <= Description.ITEMS_MAX, "again has [%d, %d)", first, end);
            require(emission >= 1 && failures >= 0, "again has emission %d, failures %d", emission, failures);
        }
    }

    /// @param handedBack the reason when it was handed back, else null
    /// @param failed     the kind when it failed, else null
    /// @param line       one line for people
    public record Why(Result.@Nullable HandBackReason handedBack, Result.@Nullable FailureKind failed, String line) {
        public Why {
            require((handedBack == null) != (failed == null), "again has both or none of hand-back and failure");
            line = Text.line(line, 200);
        }

        public static Why failed(Result.FailureKind kind, String line) {
            return new Why(null, kind, line);
        }

        public static Why handedBack(Result.HandBackReason reason, String line) {
            return new Why(reason, null, line);
        }
    }

    /// Seconds left: a range that likely holds the truth, and the best guess in it.
    public record Eta(double lowSeconds, double seconds, double highSeconds) {
        public Eta {
            require(
                    0 <= lowSeconds && lowSeconds <= seconds && seconds <= highSeconds,
                    "eta is %s..%s..%s",
                    lowSeconds,
                    seconds,
                    highSeconds);
        }
    }
}

package millrace.proto;

import static millrace.proto.Check.require;

import com.google.protobuf.ByteString;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A job's one terminal record.
///
/// @param spec            the job's spec: an ending explains itself after the order is gone
/// @param state           how it ended
/// @param reason          one sentence; empty when it succeeded
/// @param failure         the task that failed the job, or null
/// @param outputDigest    SHA-256 of the output's canonical bytes; empty without an output
/// @param output          where the output is, or null without one
/// @param tally           what the results were and cost
/// @param submittedMillis when the order was accepted, the broker's or client's clock
/// @param endedMillis     when it ended, the aggregator's clock
/// @param generation      of the owner that ended it
/// @param owner           the aggregator's id
/// @param done            the items in the output
/// @param dead            items given up
public record Ending(
        JobSpec spec,
        State state,
        String reason,
        @Nullable Failure failure,
        ByteString outputDigest,
        @Nullable OutputPlace output,
        Tally tally,
        long submittedMillis,
        long endedMillis,
        long generation,
        String owner,
        Ranges done,
        Ranges dead) {
    /// The five ways to end.
    public enum State {
        SUCCEEDED,
        /// Finished, with dead letters.
        PARTIAL,
        FAILED,
        CANCELLED,
        EXPIRED
    }

    public Ending {
        require(
                (output == null) == outputDigest.isEmpty(),
                "ending of %s has only one of output and digest",
                spec.job());
        reason = Text.line(reason, 1000);
    }

    public String job() {
        return spec.job();
    }

    /// The task that failed a job.
    ///
    /// @param attempts how often it was tried
    /// @param worker   who tried it last
    public record Failure(
            long first, long end, int attempts, String worker, Result.FailureKind kind, String message, String stack) {}

    /// Where an output is: with its ending when it is small, else in pieces.
    ///
    /// @param partition of `outputs`
    /// @param offsets   of the pieces, in order; none when `inline` has the output, or when it is empty
    /// @param bytes     of the whole output
    /// @param parts     whether the pieces hold [OutputPart]s rather than the output itself
    /// @param inline    the output, when it is small; else empty
    public record OutputPlace(int partition, List<Long> offsets, long bytes, boolean parts, ByteString inline) {
        public OutputPlace(int partition, List<Long> offsets, long bytes) {
            this(partition, offsets, bytes, false, ByteString.EMPTY);
        }

        public OutputPlace {
            offsets = List.copyOf(offsets);
            require(
                    inline.isEmpty() || inline.size() == bytes,
                    "an output of %d bytes has %d in its ending, allowed all or none",
                    bytes,
                    inline.size());
        }
    }
}

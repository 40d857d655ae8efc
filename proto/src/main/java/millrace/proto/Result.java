package millrace.proto;

import static millrace.proto.Check.require;

import com.google.protobuf.ByteString;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A worker's answer to one task.
///
/// @param job      the task's job
/// @param digest   the job's spec
/// @param first    first item, inclusive
/// @param end      one past the last item
/// @param attempt  the task's attempt
/// @param emission the task's emission
/// @param alone    whether the task was computed alone
/// @param copy     whether the task was a straggler's copy
/// @param worker   who answers
/// @param delivery how often the task's record had been delivered, from 1
/// @param cost     what it cost
/// @param answer   what became of it
public record Result(
        String job,
        SpecDigest digest,
        long first,
        long end,
        int attempt,
        int emission,
        boolean alone,
        boolean copy,
        String worker,
        int delivery,
        Cost cost,
        Answer answer) {
    /// The most bytes of a partial value: what a record holds, less what surrounds the value.
    public static final int VALUE_MAX = 998_000;

    public Result {
        JobSpec.checkId(job);
        require(
                0 <= first && first < end && end <= Description.ITEMS_MAX,
                "result of job %s has range [%d, %d)",
                job,
                first,
                end);
        require(attempt >= 1, "result of job %s has attempt %d", job, attempt);
        require(emission >= 1, "result of job %s has emission %d", job, emission);
        require(delivery >= 1, "result of job %s has delivery %d", job, delivery);
        worker = Text.line(worker, 100);
    }

    public static Result of(Task task, String worker, int delivery, Cost cost, Answer answer) {
        return new Result(
                task.job(),
                task.digest(),
                task.first(),
                task.end(),
                task.attempt(),
                task.emission(),
                task.alone(),
                task.copy(),
                worker,
                delivery,
                cost,
                answer);
    }

    public long items() {
        return end - first;
    }

    /// The same, with what the worker has and uses.
    public Result from(Footprint footprint) {
        return new Result(
                job,
                digest,
                first,
                end,
                attempt,
                emission,
                alone,
                copy,
                worker,
                delivery,
                new Cost(cost.cpuNanos, cost.wallNanos, cost.queueNanos, cost.allocatedBytes, cost.extra, footprint),
                answer);
    }

    /// What became of a task.
    public sealed interface Answer {}

    /// Computed.
    ///
    /// @param value in the encoding of the job's join; empty when it is elsewhere
    /// @param place where the value is, or null when it is here
    public record Done(ByteString value, @Nullable Place place) implements Answer {
        public Done {
            require(place == null || value.isEmpty(), "a value is both here and elsewhere");
        }

        public Done(ByteString value) {
            this(value, null);
        }

        /// Of its value, wherever that is.
        public long bytes() {
            return place == null ? value.size() : place.bytes();
        }
    }

    /// Where a value is that is too large for a record, or of no use to who joins it.
    ///
    /// @param parts    one after the other, 1 and up; only counts by key are cut, between keys
    /// @param passedOn whether the join takes it as it lies: nobody has to bring it into memory
    public record Place(List<BlobPlace> parts, boolean passedOn) {
        public Place {
            parts = List.copyOf(parts);
            require(!parts.isEmpty(), "a value is elsewhere in 0 parts, allowed 1 and up");
            require(passedOn || parts.size() == 1, "a value to be read is in %d parts, allowed 1", parts.size());
        }

        /// Of all parts.
        public long bytes() {
            var bytes = 0L;
            for (var part : parts) {
                bytes += part.blob().bytes();
            }
            return bytes;
        }
    }

    /// Not computed, and it counts against the job's attempts.
    ///
    /// @param message one line
    /// @param stack   where, several lines, may be empty
    public record Failed(FailureKind kind, String message, String stack) implements Answer {
        public Failed {
            message = Text.line(message, 500);
            stack = Text.block(stack, 8000);
        }
    }

    /// Not computed, through no fault of the task.
    ///
    /// @param detail one line
    public record HandedBack(HandBackReason reason, String detail) implements Answer {
        public HandedBack {
            detail = Text.line(detail, 500);
        }
    }

    /// Why a task failed.
    public enum FailureKind {
        /// The kernel threw.
        EXCEPTION,
        /// The kernel asked for more memory than the worker has.
        OUT_OF_MEMORY,
        STACK_OVERFLOW,
        /// Longer than the task's hard limit.
        TIMEOUT,
        /// The value is larger than a record may be.
        TOO_LARGE,
        /// Workers died computing it, also with nothing else in the process.
        CRASHED,
        /// The worker's kernel refuses the parameters.
        BAD_PARAMETERS,
        /// The value is not in the encoding of the job's join. Found by the worker when it puts the value elsewhere,
        /// otherwise by the aggregator.
        BAD_VALUE,
        /// Two values of the same items differ. Found by the aggregator.
        NONDETERMINISTIC,
        /// A blob that it needs is missing or broken, also on further tries.
        BLOB;

        /// Whether no further attempt can succeed.
        public boolean isFinal() {
            return this == CRASHED
                    || this == BAD_PARAMETERS
                    || this == TOO_LARGE
                    || this == NONDETERMINISTIC
                    || this == BLOB;
        }
    }

    /// Why a worker did not compute a task.
    public enum HandBackReason {
        UNKNOWN_KERNEL,
        UNKNOWN_VERSION,
        DRAINING,
        /// Delivered for the third time: somebody died holding it.
        SUSPECT,
        /// No core for it in time, or it made room for a task that must be alone.
        BUSY,
        /// Its job has ended.
        ENDED,
        /// A blob that it needs is not to be had here now.
        BLOB
    }

    /// What a task cost its worker.
    ///
    /// @param cpuNanos       CPU time of the computing thread
    /// @param wallNanos      from the start of computing to its end
    /// @param queueNanos     from acquisition to the start of computing
    /// @param allocatedBytes by the computing thread
    /// @param extra          what is in it that is not computing
    /// @param footprint      the worker's
    public record Cost(
            long cpuNanos, long wallNanos, long queueNanos, long allocatedBytes, Extra extra, Footprint footprint) {
        public static final Cost NONE = new Cost(0, 0, 0, 0);

        public Cost {
            require(
                    cpuNanos >= 0 && wallNanos >= 0 && queueNanos >= 0 && allocatedBytes >= 0,
                    "cost is %d, %d, %d ns and %d bytes, allowed 0 and up",
                    cpuNanos,
                    wallNanos,
                    queueNanos,
                    allocatedBytes);
        }

        public Cost(long cpuNanos, long wallNanos, long queueNanos, long allocatedBytes) {
            this(cpuNanos, wallNanos, queueNanos, allocatedBytes, Extra.NONE, Footprint.NONE);
        }

        public Cost(long cpuNanos, long wallNanos, long queueNanos, long allocatedBytes, Extra extra) {
            this(cpuNanos, wallNanos, queueNanos, allocatedBytes, extra, Footprint.NONE);
        }
    }

    /// What a worker has and uses when it answers.
    ///
    /// @param cores         computing threads; 0 when not known
    /// @param heapBytes     heap in use; 0 when not known
    /// @param residentBytes resident memory; 0 when not known
    public record Footprint(int cores, long heapBytes, long residentBytes) {
        public static final Footprint NONE = new Footprint(0, 0, 0);

        public Footprint {
            require(
                    cores >= 0 && heapBytes >= 0 && residentBytes >= 0,
                    "a worker has %d cores and uses %d and %d bytes, allowed 0 and up",
                    cores,
                    heapBytes,
                    residentBytes);
        }
    }

    /// Of a task's computing time, what was spent on getting ready.
    ///
    /// @param warmNanos preparing warm state, or waiting for it
    /// @param blobNanos fetching blobs, or waiting for them
    /// @param blobBytes of blobs fetched
    public record Extra(long warmNanos, long blobNanos, long blobBytes) {
        public static final Extra NONE = new Extra(0, 0, 0);

        public Extra {
            require(
                    warmNanos >= 0 && blobNanos >= 0 && blobBytes >= 0,
                    "warm state took %d ns, blobs %d ns and %d bytes, allowed 0 and up",
                    warmNanos,
                    blobNanos,
                    blobBytes);
        }

        public Extra plus(Extra other) {
            return new Extra(warmNanos + other.warmNanos, blobNanos + other.blobNanos, blobBytes + other.blobBytes);
        }
    }
}

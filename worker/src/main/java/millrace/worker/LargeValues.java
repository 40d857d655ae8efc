package millrace.worker;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.util.List;
import java.util.Objects;
import millrace.proto.Blob;
import millrace.proto.Counts;
import millrace.proto.Join;
import millrace.proto.Result;
import millrace.proto.Result.Failed;
import millrace.proto.Result.FailureKind;
import millrace.proto.Result.HandBackReason;
import millrace.proto.Result.HandedBack;
import millrace.proto.Task;
import millrace.proto.blobs.BlobTopic;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/// Puts values elsewhere that do not belong into a record: those that are larger than one may be, and of those
/// that are concatenated also smaller ones. What is concatenated so never is in the aggregator's memory; of counts by
/// key, which are in order, it merges one part of each value at a time. Any thread.
final class LargeValues {
    /// From this size on a value that the join only passes on goes elsewhere: smaller ones take less on their way
    /// than to ask for them.
    static final int PASSED_ON_MIN = 32 << 10;

    /// The most bytes of any other value: the aggregator reads it into memory.
    static final int JOINED_MAX = 32 << 20;

    /// Values stay in their records.
    static final LargeValues NOWHERE = new LargeValues(null);

    /// Where values go.
    @FunctionalInterface
    interface Store {
        /// Begins to put one part of a value.
        ///
        /// @param job its values lie near each other
        /// @throws KafkaException when it cannot be put
        BlobTopic.Putting begin(Blob blob, ByteString part, String job);
    }

    /// What a kernel has given.
    sealed interface Outcome {
        /// It is an answer.
        record Answered(Result.Answer answer) implements Outcome {}

        /// It is a value that [#put] makes an answer of.
        ///
        /// @param parts    of the value
        /// @param passedOn whether the join takes it as it lies
        record Large(Task task, List<ByteString> parts, boolean passedOn) implements Outcome {}
    }

    private final @Nullable Store store;

    LargeValues(@Nullable Store store) {
        this.store = store;
    }

    /// What becomes of a value.
    ///
    /// @param value nobody else writes to it
    Outcome of(Task task, Join join, byte[] value) {
        var concatenated = join instanceof Join.Concatenation;
        var counts = join instanceof Join.CountsByKey || join instanceof Join.CountsByPrefix;
        var passedOn = concatenated || counts;
        if (value.length <= (concatenated && store != null ? PASSED_ON_MIN : Result.VALUE_MAX)) {
            return new Outcome.Answered(new Result.Done(UnsafeByteOperations.unsafeWrap(value)));
        }
        var allowed = store == null ? Result.VALUE_MAX : passedOn ? Integer.MAX_VALUE : JOINED_MAX;
        if (value.length > allowed) {
            return new Outcome.Answered(new Failed(
                    FailureKind.TOO_LARGE,
                    "the value of %d items has %d bytes, allowed %d".formatted(task.items(), value.length, allowed),
                    ""));
        }
        try {
            var parts = counts ? Counts.cut(value, Counts.PART_BYTES) : List.of(UnsafeByteOperations.unsafeWrap(value));
            return new Outcome.Large(task, parts, passedOn);
        } catch (IllegalArgumentException e) {
            return new Outcome.Answered(new Failed(FailureKind.BAD_VALUE, String.valueOf(e.getMessage()), ""));
        }
    }

    /// Puts a value and tells where it is. Returns when it is durable, so that a result never tells of a value
    /// that is not there.
    Result.Answer put(Outcome.Large large) {
        try {
            var puts = large.parts().stream()
                    .map(part -> Objects.requireNonNull(store, "there is nowhere to put it")
                            .begin(Blob.of(part), part, large.task().job()))
                    .toList();
            var places = puts.stream().map(BlobTopic.Putting::place).toList();
            return new Result.Done(ByteString.EMPTY, new Result.Place(places, large.passedOn()));
        } catch (RuntimeException e) { // whatever it is, the task must be answered
            return new HandedBack(
                    HandBackReason.BLOB,
                    "its value, in %d parts, cannot be put: %s"
                            .formatted(large.parts().size(), e));
        }
    }
}

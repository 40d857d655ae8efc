package millrace.worker;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.util.Objects;
import millrace.proto.Blob;
import millrace.proto.BlobPlace;
import millrace.proto.Join;
import millrace.proto.Result;
import millrace.proto.Result.Failed;
import millrace.proto.Result.FailureKind;
import millrace.proto.Result.HandBackReason;
import millrace.proto.Result.HandedBack;
import millrace.proto.Task;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/// Puts values elsewhere that do not belong into a record: those that are larger than one may be, and of those
/// that are concatenated also smaller ones, which then never are in the aggregator's memory. Any thread.
final class LargeValues {
    /// From this size on a value that the join only passes on goes elsewhere: smaller ones take less on their way
    /// than to ask for them.
    static final int PASSED_ON_MIN = 32 << 10;

    /// The most bytes of a value that the join adds to others: the aggregator reads it into memory.
    static final int JOINED_MAX = 32 << 20;

    /// Values stay in their records.
    static final LargeValues NOWHERE = new LargeValues(null);

    /// Where values go.
    @FunctionalInterface
    interface Store {
        /// @param job its values lie near each other
        /// @throws KafkaException when it cannot be put
        BlobPlace write(Blob blob, ByteString value, String job);
    }

    /// What a kernel has given.
    sealed interface Outcome {
        /// It is an answer.
        record Answered(Result.Answer answer) implements Outcome {}

        /// It is a value that [#put] makes an answer of.
        ///
        /// @param passedOn whether the join does not look at it
        record Large(Task task, boolean passedOn, ByteString value) implements Outcome {}
    }

    private final @Nullable Store store;

    LargeValues(@Nullable Store store) {
        this.store = store;
    }

    /// What becomes of a value.
    ///
    /// @param value nobody else writes to it
    Outcome of(Task task, Join join, byte[] value) {
        var passedOn = join instanceof Join.Concatenation;
        if (value.length <= (passedOn && store != null ? PASSED_ON_MIN : Result.VALUE_MAX)) {
            return new Outcome.Answered(new Result.Done(UnsafeByteOperations.unsafeWrap(value)));
        }
        var allowed = store == null ? Result.VALUE_MAX : passedOn ? Integer.MAX_VALUE : JOINED_MAX;
        if (value.length > allowed) {
            return new Outcome.Answered(new Failed(
                    FailureKind.TOO_LARGE,
                    "the value of %d items has %d bytes, allowed %d".formatted(task.items(), value.length, allowed),
                    ""));
        }
        return new Outcome.Large(task, passedOn, UnsafeByteOperations.unsafeWrap(value));
    }

    /// Puts a value and tells where it is. Returns when it is durable, so that a result never tells of a value
    /// that is not there.
    Result.Answer put(Outcome.Large large) {
        var value = large.value();
        var blob = Blob.of(value);
        try {
            var place = Objects.requireNonNull(store, "there is nowhere to put it")
                    .write(blob, value, large.task().job());
            return new Result.Done(ByteString.EMPTY, new Result.Place(place, large.passedOn()));
        } catch (RuntimeException e) { // whatever it is, the task must be answered
            return new HandedBack(
                    HandBackReason.BLOB,
                    "its value, blob %s (%d bytes), cannot be put: %s".formatted(blob.hex(), value.size(), e));
        }
    }
}

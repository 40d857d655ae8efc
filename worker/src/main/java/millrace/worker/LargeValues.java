package millrace.worker;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import millrace.proto.Blob;
import millrace.proto.BlobPlace;
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
/// that are concatenated also smaller ones, which then never are in the aggregator's memory. Any thread; the
/// one that computed waits until the value is durable, so that a result never tells of a value that is not there.
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
        BlobPlace write(Blob blob, BlobTopic.Content content, BlobTopic.Meter meter) throws IOException;
    }

    private final @Nullable Store store;

    LargeValues(@Nullable Store store) {
        this.store = store;
    }

    /// The answer with that value in it, or the place where it is.
    ///
    /// @param value nobody else writes to it
    Result.Answer answer(Task task, Join join, byte[] value) {
        var passedOn = join instanceof Join.Concatenation;
        if (value.length <= (passedOn && store != null ? PASSED_ON_MIN : Result.VALUE_MAX)) {
            return new Result.Done(UnsafeByteOperations.unsafeWrap(value));
        }
        var allowed = store == null ? Result.VALUE_MAX : passedOn ? Integer.MAX_VALUE : JOINED_MAX;
        if (store == null || value.length > allowed) {
            return new Failed(
                    FailureKind.TOO_LARGE,
                    "the value of %d items has %d bytes, allowed %d".formatted(task.items(), value.length, allowed),
                    "");
        }
        var blob = Blob.of(value);
        try {
            var place = store.write(blob, () -> new ByteArrayInputStream(value), (_, _) -> {});
            return new Result.Done(ByteString.EMPTY, new Result.Place(place, passedOn));
        } catch (KafkaException | IOException e) {
            return new HandedBack(
                    HandBackReason.BLOB,
                    "its value, blob %s (%d bytes), cannot be put: %s".formatted(blob.hex(), value.length, e));
        }
    }
}

package millrace.aggregator;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.util.function.BooleanSupplier;
import millrace.proto.BlobMissing;
import millrace.proto.BlobPlace;
import millrace.proto.CancelledException;
import millrace.proto.Result;
import millrace.proto.blobs.BlobTopic;
import org.apache.kafka.common.errors.InterruptException;

/// Reads values that are on the topic of blobs. Any thread.
final class PlacedValues {
    /// The most bytes of a value that is brought into memory, as workers have it.
    private static final long JOINED_MAX = 32 << 20;

    private final BlobTopic blobs;
    private final BooleanSupplier stopped;

    /// @param stopped asked often; a yes ends reading with an [InterruptException]
    PlacedValues(BlobTopic blobs, BooleanSupplier stopped) {
        this.blobs = blobs;
        this.stopped = stopped;
    }

    /// The result with its value in it, when the join needs to look at it; handed back when the value is lost,
    /// for the items can be computed again.
    Result brought(Result result) {
        if (!(result.answer() instanceof Result.Done done)) {
            return result;
        }
        var place = done.place();
        if (place == null || place.passedOn()) {
            return result;
        }
        Result.Answer answer;
        try {
            answer = new Result.Done(bytes(place.parts().getFirst()));
        } catch (BlobMissing e) {
            answer = new Result.HandedBack(Result.HandBackReason.BLOB, String.valueOf(e.getMessage()));
        }
        return new Result(
                result.job(),
                result.digest(),
                result.first(),
                result.end(),
                result.attempt(),
                result.emission(),
                result.alone(),
                result.copy(),
                result.worker(),
                result.delivery(),
                result.cost(),
                answer);
    }

    /// The bytes of a value.
    ///
    /// @throws BlobMissing when it is gone or broken, or larger than what workers bring in
    ByteString bytes(BlobPlace place) throws BlobMissing {
        if (place.blob().bytes() > JOINED_MAX) {
            throw new BlobMissing(place.blob(), "too large for a value that is joined, allowed " + JOINED_MAX);
        }
        var bytes = new byte[(int) place.blob().bytes()];
        var at = new int[1];
        read(place, piece -> {
            System.arraycopy(piece, 0, bytes, at[0], piece.length);
            at[0] += piece.length;
        });
        return UnsafeByteOperations.unsafeWrap(bytes);
    }

    /// Reads a value into its digest.
    ///
    /// @throws BlobMissing when it is gone or broken; the digest is then of no use
    void read(ValueReading wanted) throws BlobMissing {
        read(wanted.place(), wanted.digest()::update);
    }

    private void read(BlobPlace place, BlobTopic.Sink sink) throws BlobMissing {
        try {
            blobs.readValue(place, sink, stopped);
        } catch (CancelledException e) {
            throw new InterruptException("the partition is not ours any more");
        } catch (IOException e) {
            throw new AssertionError("memory is written without I/O", e);
        }
    }
}

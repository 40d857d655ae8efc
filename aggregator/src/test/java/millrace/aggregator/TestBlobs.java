package millrace.aggregator;

import com.google.protobuf.ByteString;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import millrace.proto.Blob;
import millrace.proto.BlobPiece;
import millrace.proto.BlobPlace;
import millrace.proto.Counts;
import millrace.proto.OutputPart;
import millrace.proto.Result;
import org.jspecify.annotations.Nullable;

/// The topic of blobs in memory.
final class TestBlobs {
    private final Map<BlobPlace, ByteString> blobs = new HashMap<>();
    private long puts;

    BlobPlace put(ByteString bytes) {
        var blob = Blob.of(bytes.toByteArray());
        var offsets = LongStream.range(0, BlobPiece.count(blob)).boxed().toList();
        var place = new BlobPlace(blob, puts++, 1, offsets, 0);
        blobs.put(place, bytes);
        return place;
    }

    /// Puts counts as a worker does that are too large for a record.
    Result.Place putCounts(byte[] encoded, int partBytes) {
        return new Result.Place(
                Counts.cut(encoded, partBytes).stream().map(this::put).toList(), true);
    }

    @Nullable
    ByteString get(BlobPlace place) {
        return blobs.get(place);
    }

    /// How many were ever put.
    long puts() {
        return puts;
    }

    void clear() {
        blobs.clear();
    }

    /// Does for counts what they want, the given number of times at most.
    void serve(JobValue value, boolean ended, int times) {
        for (var turn = 0; turn < times; turn++) {
            switch (value.wanted(ended)) {
                case null -> {
                    return;
                }
                case OutputPart.Data data -> value.put(data, put(data.bytes()));
                case OutputPart.Placed placed -> value.read(placed, Objects.requireNonNull(get(placed.place())));
            }
        }
    }

    /// Reads all that has to be for the output's digest.
    void read(JobValue value) {
        for (var place = value.toBeRead(Long.MAX_VALUE); place != null; place = value.toBeRead(Long.MAX_VALUE)) {
            var reading = value.reading();
            reading.update(Objects.requireNonNull(get(place)).toByteArray());
            value.read(reading);
        }
    }

    /// The bytes that the parts of an output stand for.
    byte[] together(byte[] parts) {
        var in = new ByteArrayInputStream(parts);
        var output = new ByteArrayOutputStream();
        try {
            for (var part = OutputPart.read(in); part.isPresent(); part = OutputPart.read(in)) {
                var bytes = switch (part.get()) {
                    case OutputPart.Data(var data) -> data;
                    case OutputPart.Placed(var place) -> Objects.requireNonNull(get(place));
                };
                output.writeBytes(bytes.toByteArray());
            }
        } catch (IOException e) {
            throw new AssertionError("a part of ours is refused", e);
        }
        return output.toByteArray();
    }
}

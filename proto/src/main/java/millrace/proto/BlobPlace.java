package millrace.proto;

import static millrace.proto.Check.require;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.List;
import java.util.stream.IntStream;

/// Where the pieces of a blob are.
///
/// @param put       who put it, see [BlobPiece]
/// @param partition of `blobs`, 1 and up
/// @param offsets   of the pieces, in order
/// @param putMillis when it was put, the clock of who did
public record BlobPlace(Blob blob, long put, int partition, List<Long> offsets, long putMillis) implements BlobRecord {
    public BlobPlace {
        offsets = List.copyOf(offsets);
        require(partition > PLACES, "pieces of blob %s in partition %d, allowed 1 and up", blob.hex(), partition);
        require(
                offsets.size() == BlobPiece.count(blob),
                "blob %s has %d pieces, %d are placed",
                blob.hex(),
                BlobPiece.count(blob),
                offsets.size());
        var before = -1L;
        for (var offset : offsets) {
            require(offset > before, "pieces of blob %s are not in order", blob.hex());
            before = offset;
        }
    }

    @Override
    public String key() {
        return blob.hex();
    }

    /// The keys of its pieces: records without a value under these keys remove them.
    public List<String> pieceKeys() {
        return IntStream.range(0, offsets.size())
                .mapToObj(piece -> BlobPiece.key(blob, put, piece))
                .toList();
    }

    public ByteString bytes() {
        return BlobWire.place(this).toByteString();
    }

    /// Reads what [#bytes] gave.
    ///
    /// @throws IllegalArgumentException when it is no place
    public static BlobPlace parse(ByteString bytes) {
        try {
            return BlobWire.place(millrace.v1.BlobPlace.parseFrom(bytes));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("the place of a blob is not protobuf", e);
        }
    }
}

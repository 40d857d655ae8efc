package millrace.proto;

import static millrace.proto.Check.require;

import com.google.protobuf.ByteString;
import java.util.HexFormat;

/// A piece of a blob.
///
/// @param blob  the whole
/// @param put   random: pieces of two who put the same blob do not mix
/// @param piece which, from 0
/// @param data  [#BYTES] bytes, and what is left in the last one
public record BlobPiece(Blob blob, long put, int piece, ByteString data) implements BlobRecord {
    /// Bytes of every piece but the last.
    public static final int BYTES = 900_000;

    public BlobPiece {
        require(0 <= piece && piece < count(blob), "blob %s has no piece %d", blob.hex(), piece);
        require(
                data.size() == bytes(blob, piece),
                "piece %d of blob %s has %d bytes, allowed %d",
                piece,
                blob.hex(),
                data.size(),
                bytes(blob, piece));
    }

    /// How many pieces a blob has.
    public static int count(Blob blob) {
        return Math.toIntExact(Math.ceilDiv(blob.bytes(), (long) BYTES));
    }

    private static long bytes(Blob blob, int piece) {
        return Math.min(BYTES, blob.bytes() - (long) piece * BYTES);
    }

    @Override
    public String key() {
        return key(blob, put, piece);
    }

    /// The key of a piece.
    public static String key(Blob blob, long put, int piece) {
        return blob.hex() + "/" + HexFormat.of().toHexDigits(put) + "/" + piece;
    }
}

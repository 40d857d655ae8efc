package millrace.aggregator;

import com.google.protobuf.ByteString;
import millrace.proto.OutputPiece;

/// Cuts bytes that are larger than a record into pieces.
final class Pieces {
    private Pieces() {}

    static int count(ByteString bytes) {
        return Math.ceilDiv(bytes.size(), OutputPiece.BYTES_MAX);
    }

    static ByteString piece(ByteString bytes, int piece) {
        var first = piece * OutputPiece.BYTES_MAX;
        return bytes.substring(first, Math.min(bytes.size(), first + OutputPiece.BYTES_MAX));
    }
}

package millrace.proto;

import com.google.protobuf.MessageLite;
import java.util.ArrayList;

/// Records of blobs as messages.
final class BlobWire {
    private BlobWire() {}

    static MessageLite write(BlobRecord record) {
        var message = millrace.v1.BlobRecord.newBuilder();
        switch (record) {
            case BlobPiece piece ->
                message.getPieceBuilder()
                        .setDigest(piece.blob().digest())
                        .setBytes(piece.blob().bytes())
                        .setPut(piece.put())
                        .setPiece(piece.piece())
                        .setData(piece.data());
            case BlobPlace place -> message.setPlace(place(place));
        }
        return message.build();
    }

    static BlobRecord read(millrace.v1.BlobRecord message) {
        return switch (message.getRecordCase()) {
            case PIECE -> {
                var piece = message.getPiece();
                yield new BlobPiece(
                        new Blob(piece.getDigest(), piece.getBytes()),
                        piece.getPut(),
                        piece.getPiece(),
                        piece.getData());
            }
            case PLACE -> place(message.getPlace());
            case RECORD_NOT_SET -> throw new IllegalArgumentException("the record is unknown to this release");
        };
    }

    static millrace.v1.BlobPlace place(BlobPlace place) {
        var message = millrace.v1.BlobPlace.newBuilder()
                .setDigest(place.blob().digest())
                .setBytes(place.blob().bytes())
                .setPut(place.put())
                .setPartition(place.partition())
                .setPutMillis(place.putMillis());
        var after = 0L;
        for (var offset : place.offsets()) {
            message.addOffsets(offset - after);
            after = offset + 1;
        }
        return message.build();
    }

    static BlobPlace place(millrace.v1.BlobPlace message) {
        var offsets = new ArrayList<Long>(message.getOffsetsCount());
        var after = 0L;
        for (var gap : message.getOffsetsList()) {
            offsets.add(after + gap);
            after += gap + 1;
        }
        return new BlobPlace(
                new Blob(message.getDigest(), message.getBytes()),
                message.getPut(),
                message.getPartition(),
                offsets,
                message.getPutMillis());
    }
}

package millrace.proto;

import com.google.protobuf.MessageLite;

/// Pieces of outputs and snapshots as messages.
final class OutputWire {
    private OutputWire() {}

    static MessageLite write(OutputPiece piece) {
        return millrace.v1.OutputPiece.newBuilder()
                .setJob(piece.job())
                .setSpecDigest(piece.digest().bytes())
                .setPiece(piece.piece())
                .setPieces(piece.pieces())
                .setData(piece.data())
                .build();
    }

    static OutputPiece read(millrace.v1.OutputPiece message) {
        return new OutputPiece(
                message.getJob(),
                new SpecDigest(message.getSpecDigest()),
                message.getPiece(),
                message.getPieces(),
                message.getData());
    }

    static MessageLite write(Snapshot snapshot) {
        return millrace.v1.Snapshot.newBuilder()
                .setJob(snapshot.job())
                .setSpecDigest(snapshot.digest().bytes())
                .setNumber(snapshot.number())
                .setPiece(snapshot.piece())
                .setPieces(snapshot.pieces())
                .setData(snapshot.data())
                .build();
    }

    static Snapshot read(millrace.v1.Snapshot message) {
        return new Snapshot(
                message.getJob(),
                new SpecDigest(message.getSpecDigest()),
                message.getNumber(),
                message.getPiece(),
                message.getPieces(),
                message.getData());
    }
}

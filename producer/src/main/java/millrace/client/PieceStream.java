package millrace.client;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import millrace.proto.Channel;
import millrace.proto.Ending;
import millrace.proto.OutputPiece;

/// The pieces of an output, one behind the other, read as they are needed. For one thread.
final class PieceStream extends InputStream {
    private final Reader reader;
    private final Channel<OutputPiece> channel;
    private final Ending ending;
    private final Ending.OutputPlace place;
    private byte[] piece = new byte[0];
    private int at;
    private int next;

    PieceStream(Reader reader, Channel<OutputPiece> channel, Ending ending, Ending.OutputPlace place) {
        this.reader = reader;
        this.channel = channel;
        this.ending = ending;
        this.place = place;
    }

    @Override
    public int read() throws IOException {
        return more() ? piece[at++] & 0xff : -1;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, into.length);
        if (length == 0) {
            return 0;
        }
        if (!more()) {
            return -1;
        }
        var bytes = Math.min(length, piece.length - at);
        System.arraycopy(piece, at, into, offset, bytes);
        at += bytes;
        return bytes;
    }

    private boolean more() throws IOException {
        while (at == piece.length) {
            if (next == place.offsets().size()) {
                return false;
            }
            piece = read(next++);
            at = 0;
        }
        return true;
    }

    private byte[] read(int number) throws IOException {
        var placed = reader.at(channel, place.partition(), place.offsets().get(number))
                .filter(found -> found.record().job().equals(ending.job())
                        && found.record().digest().equals(ending.spec().digest())
                        && found.record().piece() == number)
                .orElseThrow(() -> new IOException("piece " + number + " of the output of job " + ending.job()
                        + " is gone: outputs are kept for "
                        + millrace.proto.Topics.OUTPUTS.retention().toDays()
                        + " days"));
        return placed.record().data().toByteArray();
    }
}

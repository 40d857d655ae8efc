package millrace.proto.blobs;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import millrace.proto.BlobMissing;
import millrace.proto.BlobPlace;
import millrace.proto.CancelledException;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/// The bytes of a blob. For one thread.
final class BlobStream extends InputStream {
    private final PieceReaders readers;
    private @Nullable PieceReader reader;
    private byte[] piece = new byte[0];
    private int at;
    private boolean ended;

    /// @param verified whether to verify its digest at its end
    BlobStream(PieceReaders readers, BlobPlace place, boolean verified) {
        this.readers = readers;
        var taken = readers.take();
        reader = taken;
        taken.begin(place, verified);
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
            var current = reader;
            if (ended) {
                return false;
            }
            if (current == null) {
                throw new IOException("the stream is closed");
            }
            byte[] read;
            try {
                read = current.next(() -> false);
            } catch (BlobMissing | CancelledException | KafkaException e) {
                giveBack(false);
                throw new IOException(e.getMessage(), e);
            }
            if (read == null) {
                ended = true;
                giveBack(true);
                return false;
            }
            piece = read;
            at = 0;
        }
        return true;
    }

    private void giveBack(boolean sound) {
        var current = reader;
        reader = null;
        if (current != null) {
            readers.giveBack(current, sound);
        }
    }

    @Override
    public void close() {
        giveBack(true);
    }
}

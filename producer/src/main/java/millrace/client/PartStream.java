package millrace.client;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import millrace.proto.OutputPart;
import millrace.proto.blobs.BlobTopic;

/// The bytes that the parts of an output stand for, read as they are needed. For one thread.
final class PartStream extends InputStream {
    private final InputStream parts;
    private final BlobTopic blobs;
    private InputStream part = InputStream.nullInputStream();
    private boolean ended;

    /// @param parts closed with it
    PartStream(InputStream parts, BlobTopic blobs) {
        this.parts = parts;
        this.blobs = blobs;
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, into.length);
        if (length == 0) {
            return 0;
        }
        while (!ended) {
            var bytes = part.read(into, offset, length);
            if (bytes >= 0) {
                return bytes;
            }
            part.close();
            next();
        }
        return -1;
    }

    private void next() throws IOException {
        var next = OutputPart.read(parts);
        if (next.isEmpty()) {
            ended = true;
        } else {
            part = open(next.get());
        }
    }

    private InputStream open(OutputPart wanted) {
        return switch (wanted) {
            case OutputPart.Data(var bytes) -> bytes.newInput();
            case OutputPart.Placed(var place) -> blobs.openValue(place);
        };
    }

    /// Begins at a later byte; parts before it are not read. To be called first.
    ///
    /// @throws IOException when there are fewer bytes
    void begin(long from) throws IOException {
        for (var left = from; left > 0; ) {
            var next = OutputPart.read(parts).orElseThrow(() -> new EOFException("the output ends before " + from));
            var bytes = switch (next) {
                case OutputPart.Data(var data) -> data.size();
                case OutputPart.Placed(var place) -> place.blob().bytes();
            };
            if (left < bytes) {
                part = open(next);
                part.skipNBytes(left);
            }
            left = Math.max(0, left - bytes);
        }
    }

    @Override
    public void close() throws IOException {
        ended = true;
        part.close();
        parts.close();
    }
}

package millrace.proto;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/// A job's output in its canonical bytes, wherever they are: in memory or in a file too large for it.
public interface OutputSource {
    /// Opens the bytes from the beginning; the caller closes the stream. May be called again.
    InputStream open() throws IOException;

    /// The number of bytes.
    long bytes();

    /// All bytes at once.
    ///
    /// @throws IOException when they cannot be read, or are more than an array holds
    default byte[] readAll() throws IOException {
        try (var in = open()) {
            return in.readAllBytes();
        }
    }

    /// The given bytes; they are not copied.
    static OutputSource of(byte[] bytes) {
        return new OutputSource() {
            @Override
            public InputStream open() {
                return new ByteArrayInputStream(bytes);
            }

            @Override
            public long bytes() {
                return bytes.length;
            }

            @Override
            public byte[] readAll() {
                return bytes;
            }
        };
    }
}

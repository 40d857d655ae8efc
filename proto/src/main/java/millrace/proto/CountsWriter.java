package millrace.proto;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;

/// Writes the canonical bytes of [Counts] from the last key to the first, in parts of a given size. Not for several
/// threads at once.
public final class CountsWriter {
    private static final int ENTRY_BYTES = Varint.BYTES_MAX + Varint.BYTES_MAX;

    // Filled from its end.
    private byte[] buffer;
    private int from;

    /// @param bytes of a part, 1 and up
    public CountsWriter(int bytes) {
        buffer = new byte[bytes];
        from = bytes;
    }

    /// Puts a key before those of this part. A key that is too large for any part has one of its own.
    ///
    /// @param bytes holds the key; copied
    /// @param count 1 and up
    /// @return whether there was room; otherwise nothing has changed, and the part is to be taken
    public boolean put(byte[] bytes, int keyFrom, int length, long count) {
        var size = Varint.size(length) + length + Varint.size(count);
        if (size > from) {
            if (from < buffer.length) {
                return false;
            }
            buffer = new byte[length + ENTRY_BYTES];
            from = buffer.length;
        }
        from -= size;
        var entry = ByteBuffer.wrap(buffer, from, size);
        Varint.put(entry, length);
        entry.put(bytes, keyFrom, length);
        Varint.put(entry, count);
        return true;
    }

    /// Whether nothing was put into this part.
    public boolean isEmpty() {
        return from == buffer.length;
    }

    /// The bytes of this part; another begins.
    public ByteString take() {
        var part = ByteString.copyFrom(buffer, from, buffer.length - from);
        from = buffer.length;
        return part;
    }
}

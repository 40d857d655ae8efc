package millrace.proto;

import java.nio.ByteBuffer;

/// Whole numbers from 0 up in seven bits a byte, the lowest first, a set highest bit saying that more follow.
/// [Cursor#varint] reads them.
final class Varint {
    /// The most bytes of a number: those of [Long#MAX_VALUE].
    static final int BYTES_MAX = 9;

    private Varint() {}

    /// The bytes that [#put] takes.
    static int size(long value) {
        return Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(value) + 6) / 7);
    }

    static void put(ByteBuffer bytes, long value) {
        var rest = value;
        while (rest > 0x7f) {
            bytes.put((byte) ((rest & 0x7f) | 0x80));
            rest >>>= 7;
        }
        bytes.put((byte) rest);
    }
}

package millrace.proto;

import com.google.errorprone.annotations.FormatMethod;

/// Reads canonical bytes that may be hostile: every refusal names what was read and where, and no length is believed
/// before that many bytes are known to be there.
final class Cursor {
    private final String what;
    private final byte[] bytes;
    private int at;

    /// @param what names the encoding in messages
    Cursor(String what, byte[] bytes) {
        this.what = what;
        this.bytes = bytes;
    }

    boolean atEnd() {
        return at == bytes.length;
    }

    int unsignedByte(String field) {
        require(at < bytes.length, "%s is missing", field);
        return bytes[at++] & 0xff;
    }

    /// The next eight bytes, the highest first.
    long fixed64() {
        need(Long.BYTES);
        var value = 0L;
        for (var i = 0; i < Long.BYTES; i++) {
            value = (value << 8) | (bytes[at++] & 0xff);
        }
        return value;
    }

    /// Reads what [Varint#put] wrote, in as few bytes as it takes.
    long varint(String field, long min, long max) {
        var value = 0L;
        var shift = 0;
        int next;
        do {
            require(shift < 7 * Varint.BYTES_MAX, "%s has more than 63 bits", field);
            next = unsignedByte(field);
            value |= (long) (next & 0x7f) << shift;
            shift += 7;
        } while (next > 0x7f);
        require(next != 0 || shift == 7, "%s is longer than it need be", field);
        require(min <= value && value <= max, "%s is %d, allowed %d..%d", field, value, min, max);
        return value;
    }

    /// Passes over `length` bytes and returns the index of the first.
    int skip(int length) {
        need(length);
        at += length;
        return at - length;
    }

    /// Refuses when fewer than `length` bytes are left.
    void need(int length) {
        require(length <= bytes.length - at, "%d bytes are needed, %d are left", length, bytes.length - at);
    }

    @FormatMethod
    void require(boolean holds, String message, Object... arguments) {
        if (!holds) {
            throw new IllegalArgumentException("bad " + what + " at byte " + at + ": " + message.formatted(arguments));
        }
    }
}

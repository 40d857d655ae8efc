package millrace.proto;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Reads what [Counts#encode] wrote from its last key to its first. Not for several threads at once.
public final class CountsReader {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final byte[] encoded;
    private final long total;
    // Where the entries begin, in their order.
    private int[] starts;
    // The entry that is read, or how many there are before the first call of previous().
    private int entry;
    private int at;
    private int from;
    private int length;
    private long count;
    // The key's first bytes, as far as it has them, the highest first: in most comparisons they decide.
    private long head;

    /// Behind the last key.
    ///
    /// @param encoded kept; the caller leaves it as it is
    /// @throws IllegalArgumentException when the bytes are not canonical
    public CountsReader(byte[] encoded) {
        this.encoded = encoded;
        starts = new int[Math.max(16, encoded.length / 16)];
        total = Counts.read(encoded, (_, key, bytes, _) -> append(key - Varint.size(bytes)));
    }

    private void append(int start) {
        if (entry == starts.length) {
            starts = Arrays.copyOf(starts, entry + (entry >> 1));
        }
        starts[entry++] = start;
    }

    /// Moves to the key before; false when there is none.
    public boolean previous() {
        if (entry == 0) {
            return false;
        }
        at = starts[--entry];
        length = (int) varint();
        from = at;
        at += length;
        count = varint();
        head = length >= Long.BYTES ? (long) LONGS.get(encoded, from) : shortHead();
        return true;
    }

    private long shortHead() {
        var value = 0L;
        for (var i = 0; i < length; i++) {
            value |= (encoded[from + i] & 0xffL) << (Long.SIZE - Byte.SIZE * (i + 1));
        }
        return value;
    }

    // All of them have been checked.
    private long varint() {
        var value = 0L;
        var shift = 0;
        byte next;
        do {
            next = encoded[at++];
            value |= (long) (next & 0x7f) << shift;
            shift += 7;
        } while (next < 0);
        return value;
    }

    /// The sum of all counts, wherever it is.
    public long total() {
        return total;
    }

    /// The array that holds the key. Not to be changed.
    public byte[] bytes() {
        return encoded;
    }

    /// Where the key begins.
    public int from() {
        return from;
    }

    /// The key's bytes.
    public int length() {
        return length;
    }

    /// The key's count.
    public long count() {
        return count;
    }

    /// The key's first eight bytes as a number, the first byte the highest, with zeros for those that it has not: of two
    /// keys the one with the larger number, unsigned, comes later.
    public long head() {
        return head;
    }

    /// Whether it is at this key: `bytes[keyFrom]` to `bytes[keyFrom + keyLength - 1]`.
    ///
    /// @param keyHead the key's [#head]
    public boolean hasKey(long keyHead, byte[] bytes, int keyFrom, int keyLength) {
        return head == keyHead && Arrays.equals(encoded, from, from + length, bytes, keyFrom, keyFrom + keyLength);
    }

    /// Compares the keys that both are at, as unsigned bytes.
    public int compareKey(CountsReader other) {
        if (head != other.head) {
            return Long.compareUnsigned(head, other.head);
        }
        return Arrays.compareUnsigned(
                encoded, from, from + length, other.encoded, other.from, other.from + other.length);
    }
}

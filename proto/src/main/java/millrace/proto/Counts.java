package millrace.proto;

import static millrace.proto.Check.require;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.apache.commons.codec.digest.MurmurHash3;

/// Counts by key, made for millions of keys: a hash table over one array that holds all keys. What [Join.CountsByKey]
/// adds; kernels build their partial values with it. Not for several threads at once.
///
/// Encoding: the keys in ascending order of their bytes, unsigned, each its length (a varint), its bytes and its count
/// (a varint, at least 1). So encoded values can be merged in one pass over all of them.
public final class Counts {
    /// The most bytes of a key.
    public static final int KEY_BYTES_MAX = 1 << 16;

    /// The most keys of one table.
    public static final int KEYS_MAX = 1 << 26;

    /// The most bytes of all keys of one table.
    public static final int ALL_KEYS_BYTES_MAX = 1 << 30;

    /// The most bytes of a part that workers cut large counts to: whoever merges values has a part of each in memory.
    public static final int PART_BYTES = 320 << 10;

    /// Is told keys and their counts.
    @FunctionalInterface
    public interface Visitor {
        /// @param bytes  holds the key; not to be changed, nor kept
        /// @param from   where the key begins
        /// @param length the key's bytes, 0 to [#KEY_BYTES_MAX]
        /// @param count  1 and up
        void count(byte[] bytes, int from, int length, long count);
    }

    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private byte[] keys = new byte[256];
    private int[] starts = new int[17]; // key i is keys[starts[i]] to keys[starts[i + 1] - 1]
    private int[] hashes = new int[16];
    private long[] counts = new long[16];
    private int size;
    private long total;

    /// Open addressing, linear probing, at most half full: a key's index + 1, or 0.
    private int[] slots = new int[32];

    /// No keys.
    public Counts() {}

    /// Reads what [#encode] wrote.
    ///
    /// @throws IllegalArgumentException when the bytes are not canonical, or more than a table holds
    public static Counts decode(byte[] encoded) {
        var counts = new Counts();
        counts.addEncoded(encoded);
        return counts;
    }

    /// Tells every key of what [#encode] wrote, in order, without making a table.
    ///
    /// @return the sum of all counts
    /// @throws IllegalArgumentException when the bytes are not canonical; the keys before the fault have been told
    public static long read(byte[] encoded, Visitor visitor) {
        var cursor = new Cursor("counts", encoded);
        var total = 0L;
        var from = 0;
        var length = -1;
        while (!cursor.atEnd()) {
            var lastFrom = from;
            var lastLength = length;
            length = (int) cursor.varint("key's length", 0, KEY_BYTES_MAX);
            from = cursor.skip(length);
            cursor.require(
                    lastLength < 0
                            || Arrays.compareUnsigned(
                                            encoded, lastFrom, lastFrom + lastLength, encoded, from, from + length)
                                    < 0,
                    "a key does not come after the one before it");
            var count = cursor.varint("count", 1, Long.MAX_VALUE);
            cursor.require(count <= Long.MAX_VALUE - total, "the sum of all counts is beyond 2^63 - 1");
            total += count;
            visitor.count(encoded, from, length, count);
        }
        return total;
    }

    /// Cuts what [#encode] wrote into parts, each of which is such an encoding.
    ///
    /// @param encoded  kept; the caller leaves it as it is
    /// @param bytesMax of a part; a larger key has one of its own
    /// @throws IllegalArgumentException when the bytes are not canonical
    public static List<ByteString> cut(byte[] encoded, int bytesMax) {
        var parts = new ArrayList<ByteString>();
        var all = UnsafeByteOperations.unsafeWrap(encoded);
        var ends = new int[2]; // of the parts, and of the keys before
        read(encoded, (_, from, length, count) -> {
            var end = from + length + Varint.size(count);
            if (end - ends[0] > bytesMax && ends[1] > ends[0]) {
                parts.add(all.substring(ends[0], ends[1]));
                ends[0] = ends[1];
            }
            ends[1] = end;
        });
        if (ends[1] > ends[0]) {
            parts.add(all.substring(ends[0], ends[1]));
        }
        return parts;
    }

    /// Adds to the count of a key.
    ///
    /// @param count 1 and up
    /// @throws IllegalArgumentException when the key is too long, the count below 1, or the table full
    public void add(byte[] key, long count) {
        add(key, 0, key.length, count);
    }

    /// Adds to the count of the key `bytes[from]` to `bytes[from + length - 1]`, which is copied if it is new.
    ///
    /// @param count 1 and up
    /// @throws IllegalArgumentException when the key is too long, the count below 1, or the table full
    public void add(byte[] bytes, int from, int length, long count) {
        Objects.checkFromIndexSize(from, length, bytes.length);
        require(length <= KEY_BYTES_MAX, "a key has %d bytes, allowed at most %d", length, KEY_BYTES_MAX);
        require(1 <= count, "a count is %d, allowed 1 and up", count);
        require(count <= Long.MAX_VALUE - total, "the sum of all counts is beyond 2^63 - 1");
        var hash = hash(bytes, from, length);
        var slot = slot(bytes, from, length, hash);
        if (slots[slot] == 0) {
            requireRoom(1, length);
            slots[slot] = append(bytes, from, length, hash) + 1;
        }
        counts[slots[slot] - 1] += count;
        total += count;
        if (2 * size > slots.length) {
            growSlots();
        }
    }

    /// Adds every count of what [#encode] wrote.
    ///
    /// @throws IllegalArgumentException when the bytes are not canonical, or more than the table has room for; the
    ///     table is then unchanged
    public void addEncoded(byte[] encoded) {
        var tally = new Object() {
            int keys;
            int bytes;
        };
        var added = read(encoded, (bytes, from, length, count) -> {
            tally.keys++;
            tally.bytes += length;
        });
        require(added <= Long.MAX_VALUE - total, "the sum of all counts is beyond 2^63 - 1");
        requireRoom(tally.keys, tally.bytes);
        read(encoded, this::add);
    }

    /// The count of a key, 0 when it has none.
    public long get(byte[] key) {
        var slot = slots[slot(key, 0, key.length, hash(key, 0, key.length))];
        return slot == 0 ? 0 : counts[slot - 1];
    }

    /// The number of keys.
    public int size() {
        return size;
    }

    /// The sum of all counts.
    public long total() {
        return total;
    }

    /// What the table takes in memory, in bytes.
    public long memoryBytes() {
        return keys.length + 4L * (starts.length + hashes.length + slots.length) + 8L * counts.length;
    }

    /// The most bytes that a table of many keys takes for each key while it grows and is encoded: what it has
    /// allocated is up to one and a half times what it needs, its slots up to twice, and beside it are an order of
    /// the keys and their encoding.
    ///
    /// @param keyBytes of each key on average
    public static long bytesPerKeyMax(int keyBytes) {
        var table = 3 * (keyBytes + 4L + 4 + 8) / 2 + 4 * 4;
        return table + 2 * 8 + keyBytes + 3;
    }

    /// Tells every key, in ascending order of their bytes, unsigned.
    public void forEach(Visitor visitor) {
        for (var key : sorted()) {
            var index = (int) key;
            visitor.count(keys, starts[index], length(index), counts[index]);
        }
    }

    /// Tells every prefix of keys, of one byte and more up to the whole key, with the sum of the counts of all keys
    /// that begin with it, when that is at least `atLeast`; in ascending order of their bytes, unsigned.
    ///
    /// @param atLeast 1 and up
    public void forEachPrefix(long atLeast, Visitor visitor) {
        var sorted = sorted();
        var sums = new long[size + 1]; // of the counts before each key in this order
        for (var i = 0; i < size; i++) {
            sums[i + 1] = sums[i] + counts[(int) sorted[i]];
        }
        // The end of the run of keys that share the first d bytes with the last key told of; each lies inside the
        // one before. What is below `atLeast` has no extension that is not.
        var ends = new int[16];
        ends[0] = size;
        var depth = 0;
        for (var i = 0; i < size; ) {
            while (ends[depth] <= i) {
                depth--;
            }
            var key = (int) sorted[i];
            var next = i + 1;
            while (depth < length(key)) {
                var end = runEnd(sorted, i, ends[depth], depth);
                if (sums[end] - sums[i] < atLeast) {
                    next = end;
                    break;
                }
                depth++;
                if (depth == ends.length) {
                    ends = Arrays.copyOf(ends, 2 * depth);
                }
                ends[depth] = end;
                visitor.count(keys, starts[key], depth, sums[end] - sums[i]);
            }
            i = next;
        }
    }

    /// The end of the run that begins at `from`, of keys whose byte `depth` is the same; all keys up to `end` share
    /// the bytes before it. Gallops, because most runs are short.
    private int runEnd(long[] sorted, int from, int end, int depth) {
        var wanted = keys[starts[(int) sorted[from]] + depth];
        var inside = from;
        var step = 1;
        while (step < end - inside && keys[starts[(int) sorted[inside + step]] + depth] == wanted) {
            inside += step;
            step *= 2;
        }
        var outside = Math.min(end, inside + step);
        while (outside - inside > 1) {
            var middle = (inside + outside) >>> 1;
            if (keys[starts[(int) sorted[middle]] + depth] == wanted) {
                inside = middle;
            } else {
                outside = middle;
            }
        }
        return outside;
    }

    /// The number of bytes that [#encode] and [#writeTo] give.
    long encodedBytes() {
        long bytes = starts[size];
        for (var i = 0; i < size; i++) {
            bytes += Varint.size(length(i)) + Varint.size(counts[i]);
        }
        return bytes;
    }

    /// The canonical bytes.
    ///
    /// @throws ArithmeticException when they are more than an array holds
    public byte[] encode() {
        var bytes = ByteBuffer.allocate(Math.toIntExact(encodedBytes()));
        for (var key : sorted()) {
            var index = (int) key;
            Varint.put(bytes, length(index));
            bytes.put(keys, starts[index], length(index));
            Varint.put(bytes, counts[index]);
        }
        return bytes.array();
    }

    /// Writes the canonical bytes, in many small writes.
    public void writeTo(OutputStream out) throws IOException {
        var number = new byte[Varint.BYTES_MAX];
        for (var key : sorted()) {
            var index = (int) key;
            write(out, number, keys, starts[index], length(index), counts[index]);
        }
    }

    /// Writes the canonical bytes of the table of what [#forEachPrefix] tells, in many small writes.
    public void writePrefixesTo(OutputStream out, long atLeast) throws IOException {
        var number = new byte[Varint.BYTES_MAX];
        try {
            forEachPrefix(atLeast, (key, from, length, count) -> {
                try {
                    write(out, number, key, from, length, count);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static void write(OutputStream out, byte[] buffer, byte[] key, int from, int length, long count)
            throws IOException {
        var number = ByteBuffer.wrap(buffer);
        Varint.put(number, length);
        out.write(buffer, 0, number.position());
        out.write(key, from, length);
        Varint.put(number.clear(), count);
        out.write(buffer, 0, number.position());
    }

    private void requireRoom(int newKeys, int newBytes) {
        require(newKeys <= KEYS_MAX - size, "the table has %d keys, allowed at most %d", size, KEYS_MAX);
        require(
                newBytes <= ALL_KEYS_BYTES_MAX - starts[size],
                "all keys have %d bytes, allowed at most %d",
                starts[size],
                ALL_KEYS_BYTES_MAX);
    }

    private static int hash(byte[] bytes, int from, int length) {
        return MurmurHash3.hash32x86(bytes, from, length, 0);
    }

    /// The slot of the key, or the free one where it belongs.
    private int slot(byte[] bytes, int from, int length, int hash) {
        var mask = slots.length - 1;
        for (var slot = hash & mask; ; slot = (slot + 1) & mask) {
            var index = slots[slot] - 1;
            if (index < 0
                    || (hashes[index] == hash
                            && Arrays.equals(keys, starts[index], starts[index + 1], bytes, from, from + length))) {
                return slot;
            }
        }
    }

    private int append(byte[] bytes, int from, int length, int hash) {
        if (size == counts.length) {
            var grown = size + (size >> 1);
            starts = Arrays.copyOf(starts, grown + 1);
            hashes = Arrays.copyOf(hashes, grown);
            counts = Arrays.copyOf(counts, grown);
        }
        var start = starts[size];
        if (length > keys.length - start) {
            keys = Arrays.copyOf(keys, Math.max(start + length, start + (start >> 1)));
        }
        System.arraycopy(bytes, from, keys, start, length);
        hashes[size] = hash;
        starts[size + 1] = start + length;
        return size++;
    }

    private void growSlots() {
        slots = new int[2 * slots.length];
        var mask = slots.length - 1;
        for (var index = 0; index < size; index++) {
            var slot = hashes[index] & mask;
            while (slots[slot] != 0) {
                slot = (slot + 1) & mask;
            }
            slots[slot] = index + 1;
        }
    }

    private int length(int index) {
        return starts[index + 1] - starts[index];
    }

    /// All keys in their order, the index of each in the low half. First by their first bytes, as numbers that need no
    /// look at the keys, which are all over the memory; then those that begin alike.
    private long[] sorted() {
        var order = new long[size];
        for (var i = 0; i < size; i++) {
            order[i] = (long) beginning(i) << Integer.SIZE | i;
        }
        Arrays.sort(order);
        for (var i = 0; i < size; ) {
            var end = i + 1;
            while (end < size && order[end] >> Integer.SIZE == order[i] >> Integer.SIZE) {
                end++;
            }
            if (end - i > 1) {
                sortAlike(order, i, end);
            }
            i = end;
        }
        return order;
    }

    /// The first bytes as a number whose order as a signed one is theirs as unsigned bytes. A key that ends before is
    /// not told from one that goes on with zeros.
    private int beginning(int index) {
        var from = starts[index];
        var length = length(index);
        if (length >= Integer.BYTES) {
            return (int) INTS.get(keys, from) ^ Integer.MIN_VALUE;
        }
        var bytes = 0;
        for (var i = 0; i < length; i++) {
            bytes |= (keys[from + i] & 0xff) << (Integer.SIZE - Byte.SIZE * (i + 1));
        }
        return bytes ^ Integer.MIN_VALUE;
    }

    /// Sorts a part by whole keys: a merge sort of our own, because the JDK sorts by a given order only objects, and
    /// millions of them would outweigh the table.
    private void sortAlike(long[] order, int from, int end) {
        if (end - from == 2) {
            if (compare((int) order[from], (int) order[from + 1]) > 0) {
                var first = order[from];
                order[from] = order[from + 1];
                order[from + 1] = first;
            }
            return;
        }
        var source = Arrays.copyOfRange(order, from, end);
        var target = new long[source.length];
        for (var width = 1; width < source.length; width *= 2) {
            for (var start = 0; start < source.length; start += 2 * width) {
                merge(
                        source,
                        target,
                        start,
                        Math.min(start + width, source.length),
                        Math.min(start + 2 * width, source.length));
            }
            var swapped = source;
            source = target;
            target = swapped;
        }
        System.arraycopy(source, 0, order, from, source.length);
    }

    private void merge(long[] from, long[] to, int start, int middle, int end) {
        var left = start;
        var right = middle;
        for (var i = start; i < end; i++) {
            to[i] = right == end || (left < middle && compare((int) from[left], (int) from[right]) < 0)
                    ? from[left++]
                    : from[right++];
        }
    }

    private int compare(int a, int b) {
        return Arrays.compareUnsigned(keys, starts[a], starts[a + 1], keys, starts[b], starts[b + 1]);
    }

    @Override
    public String toString() {
        return size + " keys, " + total + " in all";
    }
}

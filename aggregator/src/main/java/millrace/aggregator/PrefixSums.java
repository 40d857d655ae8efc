package millrace.aggregator;

import java.util.Arrays;
import millrace.proto.Counts;

/// Adds the counts of keys up by their prefixes, of one byte and more up to the whole key, and tells those whose sum is
/// large enough. The keys come from the largest down: so a prefix's sum is final exactly when it is its turn in that
/// order, and no more than the prefixes of one key are in memory.
final class PrefixSums {
    private final long atLeast;
    // The last key, and the sum of each of its prefixes by its length, as far as no longer one has the count.
    private byte[] key = new byte[64];
    private long[] sums = new long[65];
    // Prefixes of more bytes have been told, and those of more than `shared` are final.
    private int depth;
    private int shared;

    /// @param atLeast the smallest sum to be told, 1 and up
    PrefixSums(long atLeast) {
        this.atLeast = atLeast;
    }

    /// This key comes next; nothing changes yet but which prefixes are final.
    void approach(byte[] bytes, int from, int length) {
        var differs = Arrays.mismatch(key, 0, depth, bytes, from, from + length);
        shared = differs < 0 ? depth : differs;
    }

    /// No key comes any more.
    void end() {
        shared = 0;
    }

    /// Whether there are final prefixes left.
    boolean hasFinal() {
        return depth > shared;
    }

    /// Tells the next final prefix whose sum is large enough, if there is one: few are, so the others are passed over.
    void tell(Counts.Visitor visitor) {
        while (depth > shared) {
            var sum = sums[depth];
            sums[depth] = 0;
            sums[--depth] += sum;
            if (sum >= atLeast) {
                visitor.count(key, 0, depth + 1, sum);
                return;
            }
        }
    }

    /// Adds the count of the key that was approached, when nothing final is left.
    void add(byte[] bytes, int from, int length, long count) {
        if (length > key.length) {
            key = Arrays.copyOf(key, Math.max(length, 2 * key.length));
            sums = Arrays.copyOf(sums, key.length + 1);
        }
        System.arraycopy(bytes, from, key, 0, length);
        depth = length;
        sums[length] += count;
    }
}

package millrace.worker.kernels;

/// The counter-based random number generator Philox4x32-10 (J. K. Salmon and others, "Parallel random numbers: as
/// easy as 1, 2, 3", 2011): each counter has its own four words, so any task starts anywhere at no cost.
///
/// Many counters at once, one in each element of arrays, so that C2 makes vector code of it. They differ in their
/// first words alone, so half of the first round and half of the second are done once for all of them, and the other
/// halves are done once for all third words. Two words are in one long, the earlier in its high half: a round then
/// shifts, multiplies and adds without a carry, and half as much goes through memory. For one thread.
final class Philox {
    private static final long WORD = 0xffff_ffffL;
    private static final long MULTIPLIER_0 = 0xd251_1f53L;
    private static final long MULTIPLIER_1 = 0xcd9e_8d57L;
    private static final int WEYL_0 = 0x9e37_79b9;
    private static final int WEYL_1 = 0xbb67_ae85;
    private static final int ROUNDS = 10;

    private final int key0;
    private final int key1;
    private final long[] index;

    // What the third word adds itself to, in the second round: of the first two words and of the last two.
    private final long[] begun01;
    private final long[] begun23;

    /// The second word of the counters, where the first round has it.
    private long second;

    /// @param count counters that are taken at once
    Philox(int count, long key) {
        key0 = (int) key;
        key1 = (int) (key >>> Integer.SIZE);
        index = new long[count];
        for (var i = 0; i < count; i++) {
            index[i] = i;
        }
        begun01 = new long[count];
        begun23 = new long[count];
    }

    /// Takes counters whose first words are `c0`, `c0 + 1` and so on. Each word is the low half of its argument, and
    /// high halves do not matter.
    void begin(long c0, long c1, long c3) {
        second = c1 << Integer.SIZE;
        begin(index, begun01, begun23, c0, (c3 << Integer.SIZE) ^ roundKey(key1, WEYL_1, 0));
    }

    private static void begin(long[] index, long[] begun01, long[] begun23, long c0, long key) {
        for (var i = 0; i < index.length; i++) {
            var first23 = ((c0 + index[i]) & WORD) * MULTIPLIER_0 ^ key;
            begun01[i] = (first23 >>> Integer.SIZE) * MULTIPLIER_1;
            begun23[i] = first23 << Integer.SIZE;
        }
    }

    /// The random words of the counters whose third word is `c2`.
    ///
    /// @param w01 first and second word of each counter: set
    /// @param w23 third and fourth word: set
    void words(int c2, long[] w01, long[] w23) {
        var first01 = (c2 & WORD) * MULTIPLIER_1 ^ second ^ roundKey(key0, WEYL_0, 0);
        var more01 = (first01 << Integer.SIZE) ^ roundKey(key0, WEYL_0, 1);
        var more23 = (first01 >>> Integer.SIZE) * MULTIPLIER_0 ^ roundKey(key1, WEYL_1, 1);
        third(begun01, begun23, more01, more23, w01, w23, roundKey(key0, WEYL_0, 2), roundKey(key1, WEYL_1, 2));
        for (var round = 3; round < ROUNDS; round++) {
            round(w01, w23, roundKey(key0, WEYL_0, round), roundKey(key1, WEYL_1, round));
        }
    }

    private static long roundKey(int key, int weyl, int round) {
        return (long) (key + round * weyl) << Integer.SIZE;
    }

    private static void third(
            long[] begun01,
            long[] begun23,
            long more01,
            long more23,
            long[] w01,
            long[] w23,
            long roundKey0,
            long roundKey1) {
        for (var i = 0; i < w01.length; i++) {
            var a = begun01[i] ^ more01;
            var b = begun23[i] ^ more23;
            w01[i] = (b >>> Integer.SIZE) * MULTIPLIER_1 ^ (a << Integer.SIZE) ^ roundKey0;
            w23[i] = (a >>> Integer.SIZE) * MULTIPLIER_0 ^ (b << Integer.SIZE) ^ roundKey1;
        }
    }

    /// One round of all counters: with two in the loop's body C2 makes no vector code of it.
    private static void round(long[] w01, long[] w23, long roundKey0, long roundKey1) {
        for (var i = 0; i < w01.length; i++) {
            var a = w01[i];
            var b = w23[i];
            w01[i] = (b >>> Integer.SIZE) * MULTIPLIER_1 ^ (a << Integer.SIZE) ^ roundKey0;
            w23[i] = (a >>> Integer.SIZE) * MULTIPLIER_0 ^ (b << Integer.SIZE) ^ roundKey1;
        }
    }
}

package millrace.worker.kernels;

/// The counter-based random number generator Philox4x32-10 (J. K. Salmon and others, "Parallel random numbers: as
/// easy as 1, 2, 3", 2011): each counter has its own four words, so any task starts anywhere at no cost.
///
/// Many counters at once, one in each element of the arrays, so that C2 makes vector code of it. Words are the low
/// halves of longs; the high halves of counters and keys must be zero.
final class Philox {
    private static final long WORD = 0xffff_ffffL;
    private static final long MULTIPLIER_0 = 0xd251_1f53L;
    private static final long MULTIPLIER_1 = 0xcd9e_8d57L;
    private static final int WEYL_0 = 0x9e37_79b9;
    private static final int WEYL_1 = 0xbb67_ae85;
    private static final int ROUNDS = 10;

    private Philox() {}

    /// Replaces the counters in the four arrays by their random words.
    static void apply(long[] c0, long[] c1, long[] c2, long[] c3, int key0, int key1) {
        for (var round = 0; round < ROUNDS; round++) {
            round(c0, c1, c2, c3, (key0 + round * WEYL_0) & WORD, (key1 + round * WEYL_1) & WORD);
        }
    }

    /// One round of all counters: with more in the loop's body C2 makes no vector code of it. High halves become
    /// rubbish.
    private static void round(long[] c0, long[] c1, long[] c2, long[] c3, long key0, long key1) {
        for (var i = 0; i < c0.length; i++) {
            var p = (c0[i] & WORD) * MULTIPLIER_0;
            var q = (c2[i] & WORD) * MULTIPLIER_1;
            c0[i] = (q >>> 32) ^ c1[i] ^ key0;
            c1[i] = q;
            c2[i] = (p >>> 32) ^ c3[i] ^ key1;
            c3[i] = p;
        }
    }
}

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
        for (var round = 0; round < ROUNDS; round += 2) {
            twoRounds(c0, c1, c2, c3, key0 + round * WEYL_0, key1 + round * WEYL_1);
        }
    }

    private static void twoRounds(long[] c0, long[] c1, long[] c2, long[] c3, int key0, int key1) {
        var k0 = key0 & WORD;
        var k1 = key1 & WORD;
        var l0 = (key0 + WEYL_0) & WORD;
        var l1 = (key1 + WEYL_1) & WORD;
        for (var i = 0; i < c0.length; i++) {
            var p = (c0[i] & WORD) * MULTIPLIER_0;
            var q = (c2[i] & WORD) * MULTIPLIER_1;
            var d0 = (q >>> 32) ^ c1[i] ^ k0;
            var d2 = (p >>> 32) ^ c3[i] ^ k1;
            var r = (d0 & WORD) * MULTIPLIER_0;
            var s = (d2 & WORD) * MULTIPLIER_1;
            c0[i] = (s >>> 32) ^ (q & WORD) ^ l0;
            c1[i] = s & WORD;
            c2[i] = (r >>> 32) ^ (p & WORD) ^ l1;
            c3[i] = r & WORD;
        }
    }
}

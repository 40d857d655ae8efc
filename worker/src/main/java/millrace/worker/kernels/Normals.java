package millrace.worker.kernels;

import java.util.stream.LongStream;

/// Standard normal random numbers, one for each seed, path and step: 52 random bits through the [InverseNormal].
///
/// Paths come in batches of [#BATCH]. A [Philox] block has two numbers, for a path of the batch's first half and
/// for the one as far into the second half. For one thread.
final class Normals {
    /// Paths that are made at once; a batch begins at a multiple of it.
    static final int BATCH = 256;

    private static final int HALF = BATCH / 2;
    private static final long WORD = 0xffff_ffffL;

    /// Each place's own number.
    private static final long[] INDEX = LongStream.range(0, HALF).toArray();

    private final int key0;
    private final int key1;
    private final long[] c0 = new long[HALF];
    private final long[] c1 = new long[HALF];
    private final long[] c2 = new long[HALF];
    private final long[] c3 = new long[HALF];
    private final double[] offset = new double[BATCH];
    private final InverseNormal inverse = new InverseNormal(BATCH);

    Normals(long seed) {
        key0 = (int) seed;
        key1 = (int) (seed >>> 32);
    }

    /// Puts the numbers of [#BATCH] paths for a step into `z`.
    ///
    /// @param path a multiple of [#BATCH]
    void fill(long path, int step, double[] z) {
        counters(path / 2, step);
        Philox.apply(c0, c1, c2, c3, key0, key1);
        offsets(c0, c1, offset, 0);
        offsets(c2, c3, offset, HALF);
        inverse.apply(offset, z);
    }

    private void counters(long block, long step) {
        for (var i = 0; i < HALF; i++) {
            c0[i] = block + INDEX[i];
            c1[i] = block >>> 32;
            c2[i] = step;
            c3[i] = 0;
        }
    }

    /// Probabilities less 1/2: the odd multiples of 2^-53 between -1/2 and 1/2.
    private static void offsets(long[] high, long[] low, double[] offset, int at) {
        for (var i = 0; i < HALF; i++) {
            offset[at + i] = (double) ((high[i] << 32 | (low[i] & WORD)) >> 12) * 0x1p-52 + 0x1p-53;
        }
    }
}

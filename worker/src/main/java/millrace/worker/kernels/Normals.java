package millrace.worker.kernels;

/// Standard normal random numbers, one for each seed, path and step: 52 random bits through the [InverseNormal].
///
/// Paths come in batches of [#BATCH]. A [Philox] counter has two numbers, for a path of the batch's first half and
/// for the one as far into the second half. For one thread.
final class Normals {
    /// Paths that are made at once; a batch begins at a multiple of it.
    static final int BATCH = 256;

    private static final int HALF = BATCH / 2;

    private final Philox philox;

    /// The batch that the generator has begun; its first path, or -1.
    private long begun = -1;

    private final long[] low = new long[HALF];
    private final long[] high = new long[HALF];
    private final double[] offset = new double[BATCH];
    private final InverseNormal inverse = new InverseNormal(BATCH);

    Normals(long seed) {
        philox = new Philox(HALF, seed);
    }

    /// Puts the numbers of [#BATCH] paths for a step into `z`: fastest when all steps of a batch follow each other.
    ///
    /// @param path a multiple of [#BATCH]
    void fill(long path, int step, double[] z) {
        if (path != begun) {
            begun = path;
            var block = path / 2;
            philox.begin(block, block >>> Integer.SIZE, 0);
        }
        philox.words(step, low, high);
        offsets(low, offset, 0);
        offsets(high, offset, HALF);
        inverse.apply(offset, z);
    }

    /// Probabilities less 1/2: the odd multiples of 2^-53 between -1/2 and 1/2.
    private static void offsets(long[] words, double[] offset, int at) {
        for (var i = 0; i < HALF; i++) {
            offset[at + i] = (double) (words[i] >> 12) * 0x1p-52 + 0x1p-53;
        }
    }
}

package millrace.worker.kernels;

/// The doubles of numpy's `RandomState`: `uniform()` has the same bits, `normal()` the same but for the last of them,
/// as the logarithm is another.
final class NumpyRandom {
    private final MersenneTwister bits;
    private double kept;
    private boolean isKept;

    NumpyRandom(int seed) {
        bits = new MersenneTwister(seed);
    }

    double uniform() {
        var high = bits.nextInt() >>> 5;
        var low = bits.nextInt() >>> 6;
        return (high * 67108864.0 + low) / 9007199254740992.0;
    }

    /// G. Marsaglia's polar method, which gives two at a time.
    double normal() {
        if (isKept) {
            isKept = false;
            return kept;
        }
        double x;
        double y;
        double square;
        do {
            x = 2 * uniform() - 1;
            y = 2 * uniform() - 1;
            square = x * x + y * y;
        } while (square >= 1 || square == 0);
        var factor = Math.sqrt(-2 * StrictMath.log(square) / square);
        kept = factor * x;
        isKept = true;
        return factor * y;
    }
}

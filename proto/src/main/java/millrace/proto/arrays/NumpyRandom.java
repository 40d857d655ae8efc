package millrace.proto.arrays;

/// The doubles of numpy's `RandomState`: `uniform()` has the same bits, `normal()` the same but for the last of them,
/// as the logarithm is another. Not for several threads at once.
public final class NumpyRandom {
    private final MersenneTwister bits;
    private double kept;
    private boolean isKept;

    /// @param seed 32 bits, all of them allowed
    public NumpyRandom(int seed) {
        bits = new MersenneTwister(seed);
    }

    /// The next double of 53 random bits, at least 0 and below 1.
    public double uniform() {
        var high = bits.nextInt() >>> 5;
        var low = bits.nextInt() >>> 6;
        return (high * 67108864.0 + low) / 9007199254740992.0;
    }

    /// The next double of the normal distribution of mean 0 and deviation 1, by G. Marsaglia's polar method, which
    /// gives two at a time.
    public double normal() {
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

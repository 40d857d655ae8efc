package millrace.worker.kernels;

/// Standard normal random numbers, one for each seed, path and step: 52 random bits through the inverse of the
/// distribution function (M. J. Wichura, algorithm AS 241, 1988), whose relative error is below 2e-15.
///
/// Paths come in batches of [#BATCH]. A Philox block has two numbers, for a path of the batch's first half and for
/// the one as far into the second half. For one thread.
@SuppressWarnings("FloatingPointLiteralPrecision") // the coefficients as published
final class Normals {
    /// Paths that are made at once; a batch begins at a multiple of it.
    static final int BATCH = 256;

    private static final int HALF = BATCH / 2;
    private static final long WORD = 0xffff_ffffL;

    /// Where the formula for the middle ends, as distance from probability 1/2.
    private static final double MIDDLE = 0.425;

    private final int key0;
    private final int key1;
    private final long[] c0 = new long[HALF];
    private final long[] c1 = new long[HALF];
    private final long[] c2 = new long[HALF];
    private final long[] c3 = new long[HALF];
    private final double[] offset = new double[BATCH];
    private final int[] outer = new int[BATCH];

    Normals(long seed) {
        key0 = (int) seed;
        key1 = (int) (seed >>> 32);
    }

    /// Puts the numbers of [#BATCH] paths for a step into `z`.
    ///
    /// @param path a multiple of [#BATCH]
    void fill(long path, int step, double[] z) {
        var block = path / 2;
        for (var i = 0; i < HALF; i++) {
            c0[i] = (block + i) & WORD;
            c1[i] = (block + i) >>> 32;
            c2[i] = step;
            c3[i] = 0;
        }
        Philox.apply(c0, c1, c2, c3, key0, key1);
        offsets(c0, c1, offset, 0);
        offsets(c2, c3, offset, HALF);
        middle(offset, z);
        outside(z);
    }

    /// Probabilities less 1/2: the odd multiples of 2^-53 between -1/2 and 1/2.
    private static void offsets(long[] high, long[] low, double[] offset, int at) {
        for (var i = 0; i < HALF; i++) {
            offset[at + i] = (double) ((high[i] << 32 | low[i]) >> 12) * 0x1p-52 + 0x1p-53;
        }
    }

    private static void middle(double[] offset, double[] z) {
        for (var i = 0; i < BATCH; i++) {
            z[i] = middle(offset[i]);
        }
    }

    private void outside(double[] z) {
        var size = 0;
        for (var i = 0; i < BATCH; i++) {
            outer[size] = i;
            // Without a jump that could not be foreseen: one number in seven is outside.
            size += Math.abs(offset[i]) > MIDDLE ? 1 : 0;
        }
        for (var i = 0; i < size; i++) {
            z[outer[i]] = outside(offset[outer[i]]);
        }
    }

    /// The normal number that is exceeded with probability `1/2 - offset`.
    static double inverse(double offset) {
        return Math.abs(offset) > MIDDLE ? outside(offset) : middle(offset);
    }

    private static double middle(double offset) {
        var r = Math.fma(-offset, offset, MIDDLE * MIDDLE);
        var p = 2.5090809287301226727e+3;
        p = Math.fma(p, r, 3.3430575583588128105e+4);
        p = Math.fma(p, r, 6.7265770927008700853e+4);
        p = Math.fma(p, r, 4.5921953931549871457e+4);
        p = Math.fma(p, r, 1.3731693765509461125e+4);
        p = Math.fma(p, r, 1.9715909503065514427e+3);
        p = Math.fma(p, r, 1.3314166789178437745e+2);
        p = Math.fma(p, r, 3.3871328727963666080e+0);
        var q = 5.2264952788528545610e+3;
        q = Math.fma(q, r, 2.8729085735721942674e+4);
        q = Math.fma(q, r, 3.9307895800092710610e+4);
        q = Math.fma(q, r, 2.1213794301586595867e+4);
        q = Math.fma(q, r, 5.3941960214247511077e+3);
        q = Math.fma(q, r, 6.8718700749205790830e+2);
        q = Math.fma(q, r, 4.2313330701600911252e+1);
        q = Math.fma(q, r, 1);
        return offset * p / q;
    }

    private static double outside(double offset) {
        var r = Math.sqrt(-Elementary.log(0.5 - Math.abs(offset)));
        return Math.copySign(r <= 5 ? outer(r - 1.6) : tail(r - 5), offset);
    }

    private static double outer(double r) {
        var p = 7.74545014278341407640e-4;
        p = Math.fma(p, r, 2.27238449892691845833e-2);
        p = Math.fma(p, r, 2.41780725177450611770e-1);
        p = Math.fma(p, r, 1.27045825245236838258e+0);
        p = Math.fma(p, r, 3.64784832476320460504e+0);
        p = Math.fma(p, r, 5.76949722146069140550e+0);
        p = Math.fma(p, r, 4.63033784615654529590e+0);
        p = Math.fma(p, r, 1.42343711074968357734e+0);
        var q = 1.05075007164441684324e-9;
        q = Math.fma(q, r, 5.47593808499534494600e-4);
        q = Math.fma(q, r, 1.51986665636164571966e-2);
        q = Math.fma(q, r, 1.48103976427480074590e-1);
        q = Math.fma(q, r, 6.89767334985100004550e-1);
        q = Math.fma(q, r, 1.67638483018380384940e+0);
        q = Math.fma(q, r, 2.05319162663775882187e+0);
        q = Math.fma(q, r, 1);
        return p / q;
    }

    private static double tail(double r) {
        var p = 2.01033439929228813265e-7;
        p = Math.fma(p, r, 2.71155556874348757815e-5);
        p = Math.fma(p, r, 1.24266094738807843860e-3);
        p = Math.fma(p, r, 2.65321895265761230930e-2);
        p = Math.fma(p, r, 2.96560571828504891230e-1);
        p = Math.fma(p, r, 1.78482653991729133580e+0);
        p = Math.fma(p, r, 5.46378491116411436990e+0);
        p = Math.fma(p, r, 6.65790464350110377720e+0);
        var q = 2.04426310338993978564e-15;
        q = Math.fma(q, r, 1.42151175831644588870e-7);
        q = Math.fma(q, r, 1.84631831751005468180e-5);
        q = Math.fma(q, r, 7.86869131145613259100e-4);
        q = Math.fma(q, r, 1.48753612908506148525e-2);
        q = Math.fma(q, r, 1.36929880922735805310e-1);
        q = Math.fma(q, r, 5.99832206555887937690e-1);
        q = Math.fma(q, r, 1);
        return p / q;
    }
}

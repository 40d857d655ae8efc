package millrace.worker.kernels;

/// Exponentials and logarithms with the same bits on every machine: `+ - * /` and fused multiply-add in a fixed
/// order. `Math` may use a processor's own, and `StrictMath` is slower, because it also serves what is not needed
/// here.
final class Elementary {
    private static final double LOG2_E = 1.4426950408889634;

    // The high part ends in enough zeros that its product with any exponent is exact.
    private static final double LN2_HIGH = 0.6931471803691238;
    private static final double LN2_LOW = 1.9082149292705877e-10;

    /// Added and subtracted, it rounds to a whole number.
    private static final double ROUNDER = 0x1.8p52;

    /// Arguments of exponentials are cut to this, where results are still normal numbers.
    private static final double EXPONENT_MAX = 700;

    private static final int POWER_MAX = 1022;
    private static final int MANTISSA_BITS = 52;
    private static final int BIAS = 1023;

    /// 2 to the i - [#POWER_MAX].
    private static final double[] POWERS = new double[2 * POWER_MAX + 1];

    static {
        for (var i = 0; i < POWERS.length; i++) {
            POWERS[i] = Double.longBitsToDouble((long) (i - POWER_MAX + BIAS) << MANTISSA_BITS);
        }
    }

    private final double[] fractions;
    private final int[] exponents;

    /// @param length of the arrays that [#exp(double[])] is given
    Elementary(int length) {
        fractions = new double[length];
        exponents = new int[length];
    }

    /// Replaces every number by its exponential, with a relative error below 2^-52. Not for several threads at
    /// once.
    ///
    /// Arguments outside of -700 to 700 count as the nearest of these.
    void exp(double[] x) {
        fractions(x, fractions, exponents);
        // Apart from the vector code, because C2 has none for table look-ups.
        for (var i = 0; i < x.length; i++) {
            x[i] = fractions[i] * POWERS[POWER_MAX + exponents[i]];
        }
    }

    /// Splits the exponential: with k the argument in units of ln 2, rounded, into 2^k and the Taylor series of the
    /// rest, which is at most ln 2 / 2.
    private static void fractions(double[] x, double[] fractions, int[] exponents) {
        for (var i = 0; i < x.length; i++) {
            var a = Math.min(EXPONENT_MAX, Math.max(-EXPONENT_MAX, x[i]));
            var k = a * LOG2_E + ROUNDER - ROUNDER;
            var r = Math.fma(-k, LN2_LOW, Math.fma(-k, LN2_HIGH, a));
            var p = 1.0 / 6227020800.0;
            p = Math.fma(p, r, 1.0 / 479001600);
            p = Math.fma(p, r, 1.0 / 39916800);
            p = Math.fma(p, r, 1.0 / 3628800);
            p = Math.fma(p, r, 1.0 / 362880);
            p = Math.fma(p, r, 1.0 / 40320);
            p = Math.fma(p, r, 1.0 / 5040);
            p = Math.fma(p, r, 1.0 / 720);
            p = Math.fma(p, r, 1.0 / 120);
            p = Math.fma(p, r, 1.0 / 24);
            p = Math.fma(p, r, 1.0 / 6);
            p = Math.fma(p, r, 0.5);
            p = Math.fma(p, r, 1);
            fractions[i] = Math.fma(p, r, 1);
            exponents[i] = (int) k;
        }
    }

    /// The natural logarithm of a positive normal number, with a relative error below 2^-51: with s = (m - 1) / (m
    /// + 1), the series of 2 artanh s, for a mantissa m between sqrt(1/2) and sqrt(2), as minimax polynomial
    /// (fdlibm, e_log.c).
    static double log(double x) {
        var bits = Double.doubleToRawLongBits(x);
        // Mantissas above sqrt(2) are halved.
        var up = ((bits & 0xf_ffff_ffff_ffffL) + 0x9_5f61_998e_f0f0L) >>> MANTISSA_BITS;
        var k = (double) ((bits >> MANTISSA_BITS) - BIAS + up);
        var f = Double.longBitsToDouble((bits & 0xf_ffff_ffff_ffffL) | (BIAS - up) << MANTISSA_BITS) - 1;
        var s = f / (2 + f);
        var z = s * s;
        var p = 0.14798198605116586;
        p = Math.fma(p, z, 0.15313837699209373);
        p = Math.fma(p, z, 0.1818357216161805);
        p = Math.fma(p, z, 0.22222198432149784);
        p = Math.fma(p, z, 0.2857142874366239);
        p = Math.fma(p, z, 0.3999999999940942);
        p = Math.fma(p, z, 0.6666666666666735);
        p *= z;
        var half = 0.5 * f * f;
        return Math.fma(k, LN2_HIGH, f - (half - Math.fma(s, half + p, k * LN2_LOW)));
    }
}

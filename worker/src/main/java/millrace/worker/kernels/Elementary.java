package millrace.worker.kernels;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/// Exponentials and logarithms with the same bits on every machine: `+ - * /` and fused multiply-add in a fixed
/// order. `Math` may use a processor's own, and `StrictMath` is slower, because it also serves what is not needed
/// here.
///
/// Loops over the bits of doubles are apart from those over doubles, and see the arrays as longs: C2 makes vector
/// code of either, but of no loop that turns a double into its bits.
final class Elementary {
    private static final double LOG2_E = 1.4426950408889634;

    // The high part ends in enough zeros that its product with any exponent is exact.
    private static final double LN2_HIGH = 0.6931471803691238;
    private static final double LN2_LOW = 1.9082149292705877e-10;

    /// Added and subtracted, it rounds to a whole number.
    private static final double ROUNDER = 0x1.8p52;

    private static final long ROUNDER_BITS = Double.doubleToRawLongBits(ROUNDER);

    private static final int MANTISSA_BITS = 52;
    private static final long MANTISSA = (1L << MANTISSA_BITS) - 1;
    private static final int BIAS = 1023;

    private final double[] fractions;
    private final double[] exponents;

    /// @param length of the arrays that are given
    Elementary(int length) {
        fractions = new double[length];
        exponents = new double[length];
    }

    /// Puts the exponential of each `factor * x + summand`, which is rounded once, into `y`, with a relative error
    /// below 2^-52. Not for several threads at once.
    ///
    /// @param y as long as `x`; where an argument is not between -700 and 700 the result is rubbish
    void exp(double factor, double[] x, double summand, double[] y) {
        fractions(factor, x, summand, fractions, exponents);
        scale(fractions, exponents, y);
    }

    private static void scale(double[] fractions, double[] exponents, double[] x) {
        var fractionBits = MemorySegment.ofArray(fractions);
        var exponentBits = MemorySegment.ofArray(exponents);
        var bits = MemorySegment.ofArray(x);
        for (var i = 0; i < x.length; i++) {
            var exponent = exponentBits.getAtIndex(JAVA_LONG, i) << MANTISSA_BITS;
            bits.setAtIndex(JAVA_LONG, i, fractionBits.getAtIndex(JAVA_LONG, i) + exponent);
        }
    }

    /// Splits the exponential: with k the argument in units of ln 2, rounded, into 2^k and the Taylor series of the
    /// rest, which is at most ln 2 / 2. The lowest bits of `exponents` become k.
    private static void fractions(double factor, double[] x, double summand, double[] fractions, double[] exponents) {
        for (var i = 0; i < x.length; i++) {
            var a = Math.fma(factor, x[i], summand);
            var rounded = a * LOG2_E + ROUNDER;
            var k = rounded - ROUNDER;
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
            exponents[i] = rounded;
        }
    }

    /// Replaces the first numbers by their natural logarithms, with a relative error below 2^-51. Not for several
    /// threads at once.
    ///
    /// @param x positive normal numbers
    void log(double[] x, int length) {
        split(x, fractions, exponents, length);
        logs(fractions, exponents, x, length);
    }

    /// Splits numbers into mantissas and exponents, each a double's bits, the exponents with the [#ROUNDER] added.
    private static void split(double[] x, double[] fractions, double[] exponents, int length) {
        var numbers = MemorySegment.ofArray(x);
        var fractionBits = MemorySegment.ofArray(fractions);
        var exponentBits = MemorySegment.ofArray(exponents);
        for (var i = 0; i < length; i++) {
            var bits = numbers.getAtIndex(JAVA_LONG, i);
            // Mantissas above sqrt(2) are halved.
            var up = ((bits & MANTISSA) + 0x9_5f61_998e_f0f0L) >>> MANTISSA_BITS;
            exponentBits.setAtIndex(JAVA_LONG, i, (bits >> MANTISSA_BITS) + up + (ROUNDER_BITS - BIAS));
            fractionBits.setAtIndex(JAVA_LONG, i, (bits & MANTISSA) | (BIAS - up) << MANTISSA_BITS);
        }
    }

    /// With s = (m - 1) / (m + 1), the series of 2 artanh s, for a mantissa m between sqrt(1/2) and sqrt(2), as
    /// minimax polynomial (fdlibm, e_log.c).
    private static void logs(double[] fractions, double[] exponents, double[] x, int length) {
        for (var i = 0; i < length; i++) {
            var k = exponents[i] - ROUNDER;
            var f = fractions[i] - 1;
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
            x[i] = Math.fma(k, LN2_HIGH, f - (half - Math.fma(s, half + p, k * LN2_LOW)));
        }
    }
}

package millrace.worker.kernels;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/// The inverse of the standard normal distribution function, with a relative error below 2e-15 (M. J. Wichura,
/// algorithm AS 241, 1988). For one thread.
///
/// One formula serves the middle and is applied to all numbers; the one in seven that is outside is gathered, and
/// does then what it needs in vector code too.
@SuppressWarnings("FloatingPointLiteralPrecision") // the coefficients as published
final class InverseNormal {
    /// Where the middle ends, as distance from probability 1/2.
    private static final double MIDDLE = 0.425;

    private static final long MIDDLE_BITS = Double.doubleToRawLongBits(MIDDLE);

    private final long[] outside;
    private final int[] place;
    private final double[] tail;
    private final double[] root;
    private final Elementary elementary;

    /// @param length of the arrays that [#apply] is given
    InverseNormal(int length) {
        outside = new long[length];
        place = new int[length];
        tail = new double[length];
        root = new double[length];
        elementary = new Elementary(length);
    }

    /// Finds the numbers that are exceeded with the probabilities `1/2 - offset`.
    ///
    /// @param offset between -1/2 and 1/2, without these
    void apply(double[] offset, double[] z) {
        middle(offset, z);
        compare(offset, outside);
        var size = list(outside, place);
        for (var i = 0; i < size; i++) {
            tail[i] = 0.5 - Math.abs(offset[place[i]]);
        }
        elementary.log(tail, size);
        outer(tail, root, size);
        for (var i = 0; i < size; i++) {
            var value = root[i] <= 5 ? tail[i] : outmost(root[i] - 5);
            z[place[i]] = Math.copySign(value, offset[place[i]]);
        }
    }

    /// Finds out which numbers are outside: 1 for these, else 0.
    private static void compare(double[] offset, long[] outside) {
        var offsetBits = MemorySegment.ofArray(offset);
        for (var i = 0; i < offset.length; i++) {
            outside[i] = (MIDDLE_BITS - (offsetBits.getAtIndex(JAVA_LONG, i) & Long.MAX_VALUE)) >>> (Long.SIZE - 1);
        }
    }

    /// Lists the places that are outside, without a jump that nobody could foresee.
    ///
    /// @return how many
    private static int list(long[] outside, int[] place) {
        var size = 0;
        for (var i = 0; i < outside.length; i++) {
            place[size] = i;
            size += (int) outside[i];
        }
        return size;
    }

    private static void middle(double[] offset, double[] z) {
        for (var i = 0; i < offset.length; i++) {
            z[i] = middle(offset[i]);
        }
    }

    /// @param values the logarithms of the probabilities, replaced by the numbers
    /// @param root   what the formulas are in: set
    private static void outer(double[] values, double[] root, int length) {
        for (var i = 0; i < length; i++) {
            root[i] = Math.sqrt(-values[i]);
            values[i] = outer(root[i] - 1.6);
        }
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

    private static double outmost(double r) {
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

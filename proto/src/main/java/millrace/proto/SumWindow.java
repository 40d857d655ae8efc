package millrace.proto;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Adds up doubles of about one size exactly, many at once, in loops that C2 makes vector code of: 0, and what is from
/// a largest size down by 35 binary places. For one thread.
///
/// Each double is split without an error into a multiple of a unit and the rest, by adding and subtracting a large
/// number, and either part is added up in a double of its own for each place. These sums are exact as well: a high
/// part is at most 2^43 units and a rest at most 2^43 of the last places of the smallest double, and a double has room
/// for 2^10 of either.
final class SumWindow {
    /// Doubles that are added at once.
    static final int PLACES = 256;

    private static final int ADDS_MAX = 1 << 10;
    private static final int BITS = 35;
    private static final int HIGH_BITS = 43;
    private static final int MANTISSA_BITS = 52;

    // Between these no sum overflows and no last place is lost.
    private static final int EXPONENT_MIN = -900;
    private static final int EXPONENT_MAX = 1000;

    /// Binary places above the largest of the first doubles.
    private static final int MARGIN = 2;

    private final double[] high = new double[PLACES];
    private final double[] low = new double[PLACES];
    private int room = ADDS_MAX;

    // Bits of the largest double and of the smallest that is not zero.
    private long largest;
    private long smallest;

    /// Added and subtracted, it rounds to the unit of the high parts.
    private double rounder;

    /// Moves the window, which must be empty, to where doubles up to `top` fit with a margin.
    ///
    /// @return false when there is no such window
    boolean move(double top) {
        var exponent = Math.getExponent(top) + 1 + MARGIN;
        if (exponent < EXPONENT_MIN || exponent > EXPONENT_MAX) {
            return false;
        }
        largest = Double.doubleToRawLongBits(Math.scalb(1.0, exponent)) - 1;
        smallest = Double.doubleToRawLongBits(Math.scalb(1.0, exponent - BITS));
        rounder = Math.scalb(1.5, exponent + MANTISSA_BITS - HIGH_BITS);
        return true;
    }

    /// Whether all of [#PLACES] doubles are in the window.
    boolean fits(double[] values) {
        return misfits(values, largest, smallest) >= 0;
    }

    private static long misfits(double[] values, long largest, long smallest) {
        var bits = MemorySegment.ofArray(values);
        var misfits = 0L;
        for (var i = 0; i < values.length; i++) {
            // All in the highest bit: too large, or too small and not zero.
            var size = bits.getAtIndex(JAVA_LONG, i) & Long.MAX_VALUE;
            misfits |= (largest - size) | ((size - smallest) & -size);
        }
        return misfits;
    }

    /// Whether the window, or there is none yet, is below a double.
    boolean isBelow(double top) {
        return Double.doubleToRawLongBits(top) > largest;
    }

    /// Whether more may be added before [#clear].
    boolean hasRoom() {
        return room > 0;
    }

    /// Adds [#PLACES] doubles that fit.
    void add(double[] values) {
        room--;
        split(values, rounder, high, low);
    }

    private static void split(double[] values, double rounder, double[] high, double[] low) {
        for (var i = 0; i < values.length; i++) {
            var value = values[i];
            var part = (value + rounder) - rounder;
            high[i] += part;
            low[i] += value - part;
        }
    }

    boolean isEmpty() {
        return room == ADDS_MAX;
    }

    /// Empties the window, after its parts have been taken.
    void clear() {
        Arrays.fill(high, 0);
        Arrays.fill(low, 0);
        room = ADDS_MAX;
    }

    /// Doubles whose sum is that of what was added.
    double[] high() {
        return high;
    }

    double[] low() {
        return low;
    }
}

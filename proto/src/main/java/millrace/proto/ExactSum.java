package millrace.proto;

import static millrace.proto.Check.require;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The exact sum of any doubles: it depends neither on their order nor on how they were split over several sums, and
/// is rounded once, in [#doubleValue]. Not for several threads at once.
///
/// A fixed-point number that covers every double, in limbs of 32 bits that are kept in longs, so that a carry waits
/// until a thousand doubles were added (R. M. Neal, "Fast exact summation using small and large superaccumulators",
/// 2015).
/// Infinities and NaN behave as in IEEE 754: they stick, and opposite infinities make NaN. It has room for 2^140 of the
/// largest doubles.
///
/// Encoding of a vector of sums: its components one behind the other. A component is one byte, 0 zero, 1 plus infinity,
/// 2 minus infinity, 3 NaN, 4 positive, 5 negative; the last two are followed by `low` and `length` (varints) and
/// `length` bytes, the highest first: the magnitude in units of 2^(8 low - 1074), with neither its first nor its last
/// byte zero.
public final class ExactSum {
    private static final int LIMBS = 70;
    private static final int BYTES = 4 * LIMBS;
    private static final long LIMB_MASK = 0xffff_ffffL;

    // One double changes a limb by less than 2^52: a limb below 2^32 has room for 2^10 of them, and for as many again.
    private static final int ADDS_MAX = 1 << 10;

    // Fewer doubles are not worth a window, which in the end is many doubles itself.
    private static final int FEW = 64;

    private static final int FRACTION_BITS = 52;
    private static final long FRACTION_MASK = (1L << FRACTION_BITS) - 1;
    private static final int EXPONENT_MAX = 0x7ff;

    // The bits are chosen so that "or" adds: plus infinity and minus infinity make NaN, NaN absorbs both.
    private static final int PLUS_INFINITY = 1;
    private static final int MINUS_INFINITY = 2;
    private static final int NAN = 3;
    private static final int POSITIVE = 4;
    private static final int NEGATIVE = 5;

    /// Limb i counts 2^(32 i - 1074). After [#carry] all but the last are in `[0, 2^32)`; the last has the sign.
    private final long[] limbs = new long[LIMBS];

    /// Doubles that may be added before the next carry.
    private int room = ADDS_MAX;

    private int special;

    /// What is added beside the limbs; as soon as there is much.
    private @Nullable SumWindow window;

    /// Zero.
    public ExactSum() {}

    /// Adds one double.
    public void add(double value) {
        if (--room < 0) {
            carry();
            room--;
        }
        put(limbs, Double.doubleToRawLongBits(value));
    }

    /// Adds `values[from]` to `values[to - 1]`, faster than one by one.
    ///
    /// @throws IndexOutOfBoundsException when the array has no such part
    public void add(double[] values, int from, int to) {
        Objects.checkFromToIndex(from, to, values.length);
        for (var start = from; start < to; ) {
            var end = Math.min(to, start + SumWindow.PLACES);
            if (end - start < FEW || !addToWindow(values, start, end)) {
                addToLimbs(values, start, end);
            }
            start = end;
        }
    }

    private void addToLimbs(double[] values, int from, int to) {
        if (room < to - from) {
            carry();
        }
        room -= to - from;
        for (var i = from; i < to; i++) {
            put(limbs, Double.doubleToRawLongBits(values[i]));
        }
    }

    /// Adds doubles to the window, which moves up to where the largest of them fit.
    ///
    /// @return false, and nothing is added, when they are in no window together or are too small for it
    private boolean addToWindow(double[] values, int from, int to) {
        var here = window == null ? new SumWindow() : window;
        window = here;
        var places = from == 0 && to == values.length && to == SumWindow.PLACES
                ? values
                : Arrays.copyOf(Arrays.copyOfRange(values, from, to), SumWindow.PLACES);
        if (!here.fits(places)) {
            var top = 0.0;
            for (var place : places) {
                top = Math.max(top, Math.abs(place));
            }
            if (!here.isBelow(top)) {
                return false;
            }
            emptyWindow();
            if (!here.move(top) || !here.fits(places)) {
                return false;
            }
        }
        if (!here.hasRoom()) {
            emptyWindow();
        }
        here.add(places);
        return true;
    }

    private void emptyWindow() {
        if (window != null && !window.isEmpty()) {
            addToLimbs(window.high(), 0, SumWindow.PLACES);
            addToLimbs(window.low(), 0, SumWindow.PLACES);
            window.clear();
        }
    }

    private void put(long[] into, long bits) {
        var exponent = (int) (bits >>> FRACTION_BITS) & EXPONENT_MAX;
        if (exponent == EXPONENT_MAX) {
            special |= (bits & FRACTION_MASK) != 0 ? NAN : bits < 0 ? MINUS_INFINITY : PLUS_INFINITY;
            return;
        }
        // No branch tells zeros and subnormals from normal numbers, because half of an option's payoffs are zero.
        var normal = (exponent + EXPONENT_MAX) >>> 11;
        var sign = bits >> 63;
        var mantissa = (((bits & FRACTION_MASK) | ((long) normal << FRACTION_BITS)) ^ sign) - sign;
        var position = exponent - normal;
        var limb = position >>> 5;
        var shift = position & 31;
        into[limb] += (mantissa << shift) & LIMB_MASK;
        into[limb + 1] += mantissa >> (32 - shift);
    }

    /// Adds another sum, which keeps its value.
    public void add(ExactSum other) {
        other.emptyWindow();
        var adds = ADDS_MAX - other.room + 1;
        if (adds > room) {
            carry();
            other.carry();
            adds = 1;
        }
        room -= adds;
        for (var i = 0; i < LIMBS; i++) {
            limbs[i] += other.limbs[i];
        }
        special |= other.special;
    }

    /// Whether the sum is zero, exactly.
    public boolean isZero() {
        settle();
        return special == 0 && highest(limbs) < 0;
    }

    /// Whether the sum is neither infinite nor NaN. It may still be too large for a double.
    public boolean isFinite() {
        return special == 0;
    }

    /// The exponent of the sum: the largest `e` with `2^e <= |sum|`; [Integer#MIN_VALUE] for zero, [Integer#MAX_VALUE]
    /// for infinities and NaN.
    public int exponent() {
        if (special != 0) {
            return Integer.MAX_VALUE;
        }
        var magnitude = magnitude();
        var top = highest(magnitude);
        return top < 0 ? Integer.MIN_VALUE : bitLength(magnitude, top) - 1 - 1074;
    }

    /// The sum rounded to the nearest double, ties to even: the same for every order of the doubles. Beyond the largest
    /// double it is infinite; an exact zero is `0.0`.
    public double doubleValue() {
        if (special != 0) {
            return switch (special) {
                case PLUS_INFINITY -> Double.POSITIVE_INFINITY;
                case MINUS_INFINITY -> Double.NEGATIVE_INFINITY;
                default -> Double.NaN;
            };
        }
        var magnitude = magnitude();
        var top = highest(magnitude);
        if (top < 0) {
            return 0.0;
        }
        var dropped = Math.max(0, bitLength(magnitude, top) - (FRACTION_BITS + 1));
        var mantissa = bits(magnitude, dropped);
        if (dropped > 0 && bit(magnitude, dropped - 1)) {
            var tie = true;
            for (var i = 0; tie && i < dropped - 1; i++) {
                tie = !bit(magnitude, i);
            }
            if (!tie || (mantissa & 1) != 0) {
                mantissa++;
            }
        }
        // The mantissa's highest bit adds one to the exponent's field, and so does rounding it up to 2^53.
        var bits = dropped >= EXPONENT_MAX
                ? Double.doubleToRawLongBits(Double.POSITIVE_INFINITY)
                : Math.min(
                        mantissa + ((long) dropped << FRACTION_BITS),
                        Double.doubleToRawLongBits(Double.POSITIVE_INFINITY));
        var value = Double.longBitsToDouble(bits);
        return isNegative() ? -value : value;
    }

    /// The canonical bytes of a vector of sums.
    ///
    /// @throws IllegalArgumentException when there are more than [Join#WIDTH_MAX]
    /// @throws ArithmeticException when a sum is beyond 2^1166, as only merging can reach
    public static byte[] encode(ExactSum... sums) {
        require(sums.length <= Join.WIDTH_MAX, "%d sums, allowed at most %d", sums.length, Join.WIDTH_MAX);
        var bytes = ByteBuffer.allocate(sums.length * (1 + 2 * Varint.size(BYTES) + BYTES));
        for (var sum : sums) {
            sum.encode(bytes);
        }
        return Arrays.copyOf(bytes.array(), bytes.position());
    }

    private void encode(ByteBuffer bytes) {
        if (special != 0) {
            bytes.put((byte) special);
            return;
        }
        var magnitude = magnitude();
        if (magnitude[LIMBS - 1] > LIMB_MASK) {
            throw new ArithmeticException("an exact sum is beyond 2^1166");
        }
        var top = highest(magnitude);
        if (top < 0) {
            bytes.put((byte) 0);
            return;
        }
        var high = (bitLength(magnitude, top) + 7) / 8;
        var low = 0;
        while (byteAt(magnitude, low) == 0) {
            low++;
        }
        bytes.put((byte) (isNegative() ? NEGATIVE : POSITIVE));
        Varint.put(bytes, low);
        Varint.put(bytes, high - low);
        for (var i = high - 1; i >= low; i--) {
            bytes.put(byteAt(magnitude, i));
        }
    }

    /// Reads what [#encode(ExactSum...)] wrote.
    ///
    /// @throws IllegalArgumentException when the bytes are not the canonical bytes of at most [Join#WIDTH_MAX] sums
    public static ExactSum[] decode(byte[] bytes) {
        var cursor = new Cursor("exact sum", bytes);
        var sums = new ArrayList<ExactSum>();
        while (!cursor.atEnd()) {
            require(sums.size() < Join.WIDTH_MAX, "more than %d exact sums", Join.WIDTH_MAX);
            sums.add(decode(cursor));
        }
        return sums.toArray(ExactSum[]::new);
    }

    private static ExactSum decode(Cursor cursor) {
        var sum = new ExactSum();
        var kind = cursor.unsignedByte("kind");
        cursor.require(kind <= NEGATIVE, "kind is %d, allowed 0..%d", kind, NEGATIVE);
        if (kind <= NAN) {
            sum.special = kind;
            return sum;
        }
        var low = (int) cursor.varint("lowest byte", 0, BYTES - 1);
        var length = (int) cursor.varint("length", 1, BYTES - low);
        cursor.need(length);
        for (var i = low + length - 1; i >= low; i--) {
            var value = cursor.unsignedByte("magnitude");
            cursor.require(value != 0 || (i != low && i != low + length - 1), "magnitude begins or ends with zero");
            sum.limbs[i >>> 2] |= (long) value << (8 * (i & 3));
        }
        if (kind == NEGATIVE) {
            negate(sum.limbs);
        }
        return sum;
    }

    /// Brings everything into limbs that are carried.
    private void settle() {
        emptyWindow();
        carry();
    }

    private void carry() {
        carry(limbs);
        room = ADDS_MAX;
    }

    private static void carry(long[] limbs) {
        for (var i = 0; i < LIMBS - 1; i++) {
            limbs[i + 1] += limbs[i] >> 32;
            limbs[i] &= LIMB_MASK;
        }
    }

    private static void negate(long[] limbs) {
        for (var i = 0; i < LIMBS; i++) {
            limbs[i] = -limbs[i];
        }
        carry(limbs);
    }

    /// Whether the finite sum, carried, is below zero.
    private boolean isNegative() {
        return limbs[LIMBS - 1] < 0;
    }

    private long[] magnitude() {
        settle();
        var magnitude = limbs.clone();
        if (isNegative()) {
            negate(magnitude);
        }
        return magnitude;
    }

    /// The index of the highest limb that is not zero, or -1.
    private static int highest(long[] limbs) {
        var top = LIMBS - 1;
        while (top >= 0 && limbs[top] == 0) {
            top--;
        }
        return top;
    }

    private static int bitLength(long[] magnitude, int top) {
        return 32 * top + Long.SIZE - Long.numberOfLeadingZeros(magnitude[top]);
    }

    private static boolean bit(long[] magnitude, int position) {
        return ((magnitude[position >>> 5] >>> (position & 31)) & 1) != 0;
    }

    /// The magnitude without its lowest `dropped` bits; what is left has at most 53.
    private static long bits(long[] magnitude, int dropped) {
        var value = 0L;
        for (var i = FRACTION_BITS; i >= 0; i--) {
            var position = dropped + i;
            value = (value << 1) | (position < 32 * LIMBS && bit(magnitude, position) ? 1 : 0);
        }
        return value;
    }

    private static byte byteAt(long[] magnitude, int index) {
        return (byte) (magnitude[index >>> 2] >>> (8 * (index & 3)));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        if (!(other instanceof ExactSum that) || special != that.special) {
            return false;
        }
        settle();
        that.settle();
        return special != 0 || Arrays.equals(limbs, that.limbs);
    }

    @Override
    public int hashCode() {
        settle();
        return special != 0 ? special : Arrays.hashCode(limbs);
    }

    /// The sum, rounded.
    @Override
    public String toString() {
        return Double.toString(doubleValue());
    }
}

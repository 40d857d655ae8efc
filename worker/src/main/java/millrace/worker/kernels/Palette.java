package millrace.worker.kernels;

/// The colours of points outside the Mandelbrot set: smooth, cyclic, and in linear light, so that they can be
/// averaged.
///
/// All tables are made with `StrictMath`, and everything after them is in integers: the same bits everywhere.
final class Palette {
    private static final int SIZE = 1 << 12;
    private static final int LIGHT_MAX = 0xffff;
    private static final int LIGHT_BITS = 21;
    private static final int LIGHT_SUM_MAX = (1 << LIGHT_BITS) - 1;

    private static final int LOG_BITS = 11;
    private static final int FRACTION_BITS = 12;
    private static final int MANTISSA_BITS = 52;

    // Colours of a cycle of the palette: position, then red, green and blue as displays count them.
    private static final double[][] STOPS = {
        {0.00, 4, 6, 38},
        {0.16, 24, 82, 177},
        {0.36, 134, 181, 229},
        {0.48, 250, 246, 226},
        {0.62, 248, 178, 50},
        {0.78, 153, 62, 18},
        {0.90, 46, 12, 34},
        {1.00, 4, 6, 38},
    };

    /// Places in the palette for each doubling of the iterations: half a cycle.
    private static final int PLACES = SIZE / 2;

    /// log2 of 1 to 2, in units of 2^-[#FRACTION_BITS].
    private static final int[] LOG = new int[1 << LOG_BITS];

    /// Red, green and blue in [#LIGHT_BITS] bits each, from the lowest.
    private static final long[] LIGHT = new long[SIZE];

    private static final int LOG_LOG_ESCAPE;

    /// From light to what displays count, by sRGB (IEC 61966-2-1).
    private static final byte[] DISPLAY = new byte[1 << 12];

    static {
        for (var i = 0; i < LOG.length; i++) {
            LOG[i] = (int) StrictMath.rint(
                    StrictMath.log(1 + (i + 0.5) / LOG.length) / StrictMath.log(2) * (1 << FRACTION_BITS));
        }
        LOG_LOG_ESCAPE = log2(log2(Orbits.ESCAPE));
        for (var i = 0; i < DISPLAY.length; i++) {
            var light = (i + 0.5) / DISPLAY.length;
            var display = light <= 0.0031308 ? 12.92 * light : 1.055 * StrictMath.pow(light, 1 / 2.4) - 0.055;
            DISPLAY[i] = (byte) StrictMath.rint(255 * display);
        }
        var stop = 0;
        for (var i = 0; i < SIZE; i++) {
            var at = (double) i / SIZE;
            while (STOPS[stop + 1][0] <= at) {
                stop++;
            }
            var low = STOPS[stop];
            var high = STOPS[stop + 1];
            var part = (at - low[0]) / (high[0] - low[0]);
            part = part * part * (3 - 2 * part);
            for (var c = 0; c < 3; c++) {
                LIGHT[i] |= linear(low[1 + c] + part * (high[1 + c] - low[1 + c])) << (c * LIGHT_BITS);
            }
        }
    }

    private Palette() {}

    private static long linear(double display) {
        var v = display / 255;
        var light = v <= 0.04045 ? v / 12.92 : StrictMath.pow((v + 0.055) / 1.055, 2.4);
        return (long) StrictMath.rint(LIGHT_MAX * light);
    }

    /// The place in the palette of a point that escaped.
    ///
    /// The iterations become a smooth number, `n - log2(log |z| / log R)` with the escape radius R, and its
    /// logarithm goes around the palette, so that colours do not turn into noise where iterations grow fast.
    ///
    /// @param iterations    1 and up
    /// @param squaredRadius above [Orbits#ESCAPE], at most its square and a little
    static int index(int iterations, double squaredRadius) {
        var smooth = ((long) (iterations + 1) << FRACTION_BITS) - (log2(log2(squaredRadius)) - LOG_LOG_ESCAPE);
        return (int) (((long) log2(smooth) * PLACES) >>> FRACTION_BITS) & (SIZE - 1);
    }

    /// log2 of a positive double.
    private static int log2(double value) {
        var bits = Double.doubleToRawLongBits(value);
        var exponent = (int) (bits >>> MANTISSA_BITS) - 1023;
        return (exponent << FRACTION_BITS) + LOG[(int) (bits >>> (MANTISSA_BITS - LOG_BITS)) & (LOG.length - 1)];
    }

    /// log2 of a positive integer.
    private static int log2(long value) {
        var zeros = Long.numberOfLeadingZeros(value);
        return ((Long.SIZE - 1 - zeros) << FRACTION_BITS)
                + LOG[(int) ((value << zeros << 1) >>> (Long.SIZE - LOG_BITS))];
    }

    /// The light of a place, in one number that may be added to those of other places, 32 in all.
    static long light(int index) {
        return LIGHT[index];
    }

    static int red(long light) {
        return (int) light & LIGHT_SUM_MAX;
    }

    static int green(long light) {
        return (int) (light >>> LIGHT_BITS) & LIGHT_SUM_MAX;
    }

    static int blue(long light) {
        return (int) (light >>> (2 * LIGHT_BITS));
    }

    /// What displays count for an amount of light.
    ///
    /// @param light 0 to 65535
    static byte display(int light) {
        return DISPLAY[light >>> 4];
    }
}

package millrace.worker.kernels;

/// The colours of points outside the Mandelbrot set: smooth, cyclic, and in linear light, so that they can be
/// averaged.
///
/// All tables are made with `StrictMath`, and everything after them is in integers: the same bits everywhere.
final class Palette {
    private static final int SIZE = 1 << 12;
    private static final int LIGHT_MAX = 0xffff;

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

    /// Cycles of the palette for each doubling of the iterations.
    private static final double CYCLES = 0.5;

    /// log2 of 1 to 2, in units of 2^-[#FRACTION_BITS].
    private static final int[] LOG = new int[1 << LOG_BITS];

    /// Red, green and blue in turn.
    private static final char[] LIGHT = new char[3 * SIZE];

    /// From light to what displays count, by sRGB (IEC 61966-2-1).
    private static final byte[] DISPLAY = new byte[1 << 12];

    static {
        for (var i = 0; i < LOG.length; i++) {
            LOG[i] = (int) StrictMath.rint(
                    StrictMath.log(1 + (i + 0.5) / LOG.length) / StrictMath.log(2) * (1 << FRACTION_BITS));
        }
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
                LIGHT[3 * i + c] = light(low[1 + c] + part * (high[1 + c] - low[1 + c]));
            }
        }
    }

    private Palette() {}

    private static char light(double display) {
        var v = display / 255;
        var light = v <= 0.04045 ? v / 12.92 : StrictMath.pow((v + 0.055) / 1.055, 2.4);
        return (char) StrictMath.rint(LIGHT_MAX * light);
    }

    /// The place in the palette of a point that escaped.
    ///
    /// The iterations become a smooth number, `n - log2(log |z| / log R)` with the escape radius R, and its
    /// logarithm goes around the palette, so that colours do not turn into noise where iterations grow fast.
    ///
    /// @param iterations    1 and up
    /// @param squaredRadius above [Orbits#ESCAPE], at most its square and a little
    static int index(int iterations, double squaredRadius) {
        var logRadius = log2(squaredRadius);
        var smooth = ((long) (iterations + 1) << FRACTION_BITS) - (log2(logRadius) - log2(log2(Orbits.ESCAPE)));
        return (int) ((long) (CYCLES * log2((double) smooth) * SIZE) >>> FRACTION_BITS) & (SIZE - 1);
    }

    /// log2 of a positive double.
    private static int log2(double value) {
        var bits = Double.doubleToRawLongBits(value);
        var exponent = (int) (bits >>> MANTISSA_BITS) - 1023;
        return (exponent << FRACTION_BITS) + LOG[(int) (bits >>> (MANTISSA_BITS - LOG_BITS)) & (LOG.length - 1)];
    }

    static int red(int index) {
        return LIGHT[3 * index];
    }

    static int green(int index) {
        return LIGHT[3 * index + 1];
    }

    static int blue(int index) {
        return LIGHT[3 * index + 2];
    }

    /// What displays count for an amount of light.
    ///
    /// @param light 0 to 65535
    static byte display(int light) {
        return DISPLAY[light >>> 4];
    }
}

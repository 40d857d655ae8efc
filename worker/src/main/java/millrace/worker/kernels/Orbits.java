package millrace.worker.kernels;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import millrace.proto.CancelledException;
import millrace.proto.Work;

/// Iterates `z -> z^2 + c` for many points c until each escapes or is known to stay.
///
/// Many orbits advance side by side, in arrays that C2 compiles to vector instructions; an orbit that ends gives
/// its lane to the next point. They are looked at only every [#ROUND] iterations, and the few in which one escaped
/// are done again alone, so the result is that of the plain loop. Fused multiply-adds are exact by IEEE 754
/// and in a fixed order: the same bits from vector, scalar and interpreted code. For one thread.
final class Orbits {
    /// Beyond this squared radius a point has escaped. Larger than the 4 that suffices, for smooth colours.
    static final double ESCAPE = 1 << 16;

    private static final int LANES = 256;
    private static final int STEPS = 4;
    private static final int ADVANCES = 8;
    private static final int ROUND = ADVANCES * STEPS;
    private static final int ROUNDS_BETWEEN_CHECKS = 1 << 12;

    private static final long OUTSIDE = Double.doubleToRawLongBits(Math.nextUp(ESCAPE));
    private static final long NOWHERE = Double.doubleToRawLongBits(Double.NaN);

    private final Work work;
    private final int iterations;

    // Where the orbits are as a round begins, then after each advance. With the last the next round begins.
    private final double[][] x = new double[ADVANCES + 1][LANES];
    private final double[][] y = new double[ADVANCES + 1][LANES];
    private final double[] cx = new double[LANES];
    private final double[] cy = new double[LANES];

    private final double[] squaredRadii = new double[LANES];

    // An earlier point of the orbit (R. P. Brent's cycle detection): who comes back to it exactly never escapes.
    // As bits.
    private final long[] markX = new long[LANES];
    private final long[] markY = new long[LANES];
    private final long[] nextMark = new long[LANES];

    private final long[] done = new long[LANES];
    private final long[] ends = new long[LANES];
    private final int[] ended = new int[LANES];
    private final int[] columnOf = new int[LANES];
    private int lanes;

    // The next point.
    private int column;
    private int row;

    private int rounds;

    // The orbits that escaped in this round: where they are as the advance begins in which they do, the iterations
    // until then, their columns, and their squared distances from 0 after each step, a block of them for each.
    private final double[] escapeX = new double[LANES];
    private final double[] escapeY = new double[LANES];
    private final double[] escapeCx = new double[LANES];
    private final double[] escapeCy = new double[LANES];
    private final int[] escapeDone = new int[LANES];
    private final int[] escapeColumn = new int[LANES];
    private final double[] escapeRadii = new double[STEPS * LANES];
    private int escaping;

    /// What becomes of the points. Those that stay are not told.
    interface Escapes {
        /// @param column        the place of the point's real part
        /// @param iterations    after which the orbit was beyond [#ESCAPE] for the first time, 1 and up
        /// @param squaredRadius the squared distance from 0 that it had then
        void escaped(int column, int iterations, double squaredRadius);
    }

    Orbits(Work work, int iterations) {
        this.work = work;
        this.iterations = iterations;
    }

    /// Iterates the points whose real parts are in `columns` and whose imaginary parts are in `rows`.
    void run(double[] columns, double[] rows, Escapes escapes) throws CancelledException {
        column = 0;
        row = 0;
        lanes = 0;
        while (lanes < LANES && begin(lanes, columns, rows)) {
            lanes++;
        }
        while (lanes > 0) {
            if (++rounds % ROUNDS_BETWEEN_CHECKS == 0) {
                work.checkCancelled();
            }
            swap(x);
            swap(y);
            for (var i = 0; i < ADVANCES; i++) {
                advance(x[i], y[i], x[i + 1], y[i + 1], cx, cy, lanes);
            }
            escaping = 0;
            for (var i = findEnded(x[ADVANCES], y[ADVANCES]) - 1; i >= 0; i--) {
                var lane = ended[i];
                escape(lane);
                if (!begin(lane, columns, rows)) {
                    move(--lanes, lane);
                }
            }
            tell(escapes);
        }
    }

    /// [#STEPS] iterations of every lane: with more in the loop's body C2 makes no vector code of it.
    ///
    /// `x^2 - y^2` wants y with either sign and `2xy` wants it doubled, which would be two more instructions for
    /// each iteration. So every other y is computed as `-y / 2`, whose bits are those of y but for sign and
    /// exponent.
    private static void advance(
            double[] x, double[] y, double[] nextX, double[] nextY, double[] cx, double[] cy, int lanes) {
        for (var lane = 0; lane < lanes; lane++) {
            var a = x[lane];
            var b = y[lane];
            var p = cx[lane];
            var q = cy[lane];
            var minusHalfQ = -0.5 * q;
            var minusB = -b;
            var a1 = Math.fma(a, a, Math.fma(minusB, b, p));
            var minusHalfB1 = Math.fma(a, minusB, minusHalfQ);
            var twiceB1 = -4 * minusHalfB1;
            var a2 = Math.fma(a1, a1, Math.fma(minusHalfB1, twiceB1, p));
            var b2 = Math.fma(a1, twiceB1, q);
            var minusB2 = -b2;
            var a3 = Math.fma(a2, a2, Math.fma(minusB2, b2, p));
            var minusHalfB3 = Math.fma(a2, minusB2, minusHalfQ);
            var twiceB3 = -4 * minusHalfB3;
            nextX[lane] = Math.fma(a3, a3, Math.fma(minusHalfB3, twiceB3, p));
            nextY[lane] = Math.fma(a3, twiceB3, q);
        }
    }

    /// Lists the lanes whose orbits ended in this round, and sets marks.
    ///
    /// @return how many
    private int findEnded(double[] x, double[] y) {
        squaredRadii(x, y, squaredRadii, lanes);
        findEnded(x, y, squaredRadii, markX, markY, done, iterations, ends, lanes);
        mark(x, y, markX, markY, nextMark, done, lanes);
        return list(ends, ended, lanes);
    }

    private static void squaredRadii(double[] x, double[] y, double[] radii, int lanes) {
        for (var lane = 0; lane < lanes; lane++) {
            radii[lane] = squaredRadius(x[lane], y[lane]);
        }
    }

    /// Counts the round's iterations, and finds 1 for the orbits that escaped, are at the limit or came back to
    /// their marks, and 0 for those that go on. Sees doubles as longs, because C2 makes no vector code of a loop
    /// that turns a double into its bits.
    private static void findEnded(
            double[] x,
            double[] y,
            double[] radii,
            long[] markX,
            long[] markY,
            long[] done,
            long iterations,
            long[] ends,
            int lanes) {
        var xBits = MemorySegment.ofArray(x);
        var yBits = MemorySegment.ofArray(y);
        var radiusBits = MemorySegment.ofArray(radii);
        for (var lane = 0; lane < lanes; lane++) {
            var after = done[lane] + ROUND;
            done[lane] = after;
            var movedX = xBits.getAtIndex(JAVA_LONG, lane) ^ markX[lane];
            var movedY = yBits.getAtIndex(JAVA_LONG, lane) ^ markY[lane];
            var moved = movedX | movedY;
            var inside = (radiusBits.getAtIndex(JAVA_LONG, lane) & Long.MAX_VALUE) - OUTSIDE;
            ends[lane] = ~(inside & (after - iterations) & (moved | -moved)) >>> (Long.SIZE - 1);
        }
    }

    /// Marks the orbits for which it is time.
    private static void mark(
            double[] x, double[] y, long[] markX, long[] markY, long[] nextMark, long[] done, int lanes) {
        var xBits = MemorySegment.ofArray(x);
        var yBits = MemorySegment.ofArray(y);
        for (var lane = 0; lane < lanes; lane++) {
            // All bits where it is time.
            var mark = ((done[lane] ^ nextMark[lane]) - 1) >> (Long.SIZE - 1);
            nextMark[lane] += done[lane] & mark;
            markX[lane] ^= (markX[lane] ^ xBits.getAtIndex(JAVA_LONG, lane)) & mark;
            markY[lane] ^= (markY[lane] ^ yBits.getAtIndex(JAVA_LONG, lane)) & mark;
        }
    }

    /// Lists the lanes of which something holds. Which these are cannot be predicted, so nothing here branches on
    /// it.
    private static int list(long[] holds, int[] list, int lanes) {
        var size = 0;
        for (var lane = 0; lane < lanes; lane++) {
            list[size] = lane;
            size += (int) holds[lane];
        }
        return size;
    }

    /// Finds the advance in which an ended orbit escaped, if it did: the first after which it was outside. When
    /// that is cannot be predicted, so nothing here branches on it.
    private void escape(int lane) {
        var advance = 0;
        for (var i = 1; i < ADVANCES; i++) {
            advance += inside(x[i][lane], y[i][lane]);
        }
        escapeX[escaping] = x[advance][lane];
        escapeY[escaping] = y[advance][lane];
        escapeCx[escaping] = cx[lane];
        escapeCy[escaping] = cy[lane];
        escapeDone[escaping] = (int) done[lane] - ROUND + advance * STEPS;
        escapeColumn[escaping] = columnOf[lane];
        escaping += 1 - inside(squaredRadii[lane]);
    }

    /// Does the advances in which orbits escaped again, to find the iterations after which they were outside, and
    /// tells.
    private void tell(Escapes escapes) {
        again(escapeX, escapeY, escapeCx, escapeCy, escapeRadii, escaping);
        for (var i = 0; i < escaping; i++) {
            var steps = 0;
            for (var step = 0; step < STEPS - 1; step++) {
                steps += inside(escapeRadii[step * LANES + i]);
            }
            var n = escapeDone[i] + steps + 1;
            if (n <= iterations) {
                escapes.escaped(escapeColumn[i], n, escapeRadii[steps * LANES + i]);
            }
        }
    }

    private static void again(double[] x, double[] y, double[] cx, double[] cy, double[] radii, int count) {
        for (var i = 0; i < count; i++) {
            var a = x[i];
            var b = y[i];
            var p = cx[i];
            var q = cy[i];
            var a1 = Math.fma(a, a, Math.fma(-b, b, p));
            var b1 = Math.fma(a + a, b, q);
            var a2 = Math.fma(a1, a1, Math.fma(-b1, b1, p));
            var b2 = Math.fma(a1 + a1, b1, q);
            var a3 = Math.fma(a2, a2, Math.fma(-b2, b2, p));
            var b3 = Math.fma(a2 + a2, b2, q);
            radii[i] = squaredRadius(a1, b1);
            radii[LANES + i] = squaredRadius(a2, b2);
            radii[2 * LANES + i] = squaredRadius(a3, b3);
            var a4 = Math.fma(a3, a3, Math.fma(-b3, b3, p));
            var b4 = Math.fma(a3 + a3, b3, q);
            radii[3 * LANES + i] = squaredRadius(a4, b4);
        }
    }

    private static double squaredRadius(double a, double b) {
        return a * a + b * b;
    }

    /// 1 for what has not escaped. An orbit that escaped long ago has become NaN, whose bits without the sign are
    /// above those of all numbers.
    private static int inside(double a, double b) {
        return inside(squaredRadius(a, b));
    }

    private static int inside(double squaredRadius) {
        var bits = Double.doubleToRawLongBits(squaredRadius) & Long.MAX_VALUE;
        return (int) ((bits - OUTSIDE) >>> (Long.SIZE - 1));
    }

    private static void swap(double[][] orbits) {
        var first = orbits[0];
        orbits[0] = orbits[ADVANCES];
        orbits[ADVANCES] = first;
    }

    /// Gives the lane the next point that is not known to stay; false when there is none.
    private boolean begin(int lane, double[] columns, double[] rows) {
        while (row < rows.length) {
            while (column < columns.length) {
                var p = columns[column];
                var q = rows[row];
                if (!stays(p, q)) {
                    x[ADVANCES][lane] = 0;
                    y[ADVANCES][lane] = 0;
                    cx[lane] = p;
                    cy[lane] = q;
                    markX[lane] = NOWHERE;
                    markY[lane] = NOWHERE;
                    nextMark[lane] = ROUND;
                    done[lane] = 0;
                    columnOf[lane] = column++;
                    return true;
                }
                column++;
            }
            column = 0;
            row++;
        }
        return false;
    }

    /// Whether c is in the main cardioid or in the disk left of it.
    private static boolean stays(double p, double q) {
        var qq = q * q;
        var s = (p - 0.25) * (p - 0.25) + qq;
        return s * (s + (p - 0.25)) <= 0.25 * qq || (p + 1) * (p + 1) + qq <= 0.0625;
    }

    private void move(int from, int to) {
        x[ADVANCES][to] = x[ADVANCES][from];
        y[ADVANCES][to] = y[ADVANCES][from];
        cx[to] = cx[from];
        cy[to] = cy[from];
        markX[to] = markX[from];
        markY[to] = markY[from];
        nextMark[to] = nextMark[from];
        done[to] = done[from];
        columnOf[to] = columnOf[from];
    }
}

package millrace.worker.kernels;

import millrace.proto.CancelledException;
import millrace.proto.Work;

/// Iterates `z -> z^2 + c` for many points c until each escapes or is known to stay.
///
/// Many orbits advance side by side, in arrays that C2 compiles to vector instructions; an orbit that ends gives
/// its lane to the next point. They are looked at only every [#ROUND] iterations, and the round in which one
/// escaped is done again alone, so the result is that of the plain loop. Fused multiply-adds are exact by IEEE 754
/// and in a fixed order: the same bits from vector, scalar and interpreted code. For one thread.
final class Orbits {
    /// Beyond this squared radius a point has escaped. Larger than the 4 that suffices, for smooth colours.
    static final double ESCAPE = 1 << 16;

    private static final int LANES = 256;
    private static final int STEPS = 4;
    private static final int ROUND = 4 * STEPS;
    private static final int ROUNDS_BETWEEN_CHECKS = 1 << 12;

    private final Work work;
    private final int iterations;

    private final double[] x = new double[LANES];
    private final double[] y = new double[LANES];
    private final double[] cx = new double[LANES];
    private final double[] cy = new double[LANES];

    // As the round began.
    private final double[] oldX = new double[LANES];
    private final double[] oldY = new double[LANES];

    // An earlier point of the orbit (R. P. Brent's cycle detection): who comes back to it exactly never escapes.
    private final double[] markX = new double[LANES];
    private final double[] markY = new double[LANES];
    private final int[] nextMark = new int[LANES];

    private final int[] done = new int[LANES];
    private final int[] columnOf = new int[LANES];
    private int lanes;

    // The next point.
    private int column;
    private int row;

    private int rounds;

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
            System.arraycopy(x, 0, oldX, 0, lanes);
            System.arraycopy(y, 0, oldY, 0, lanes);
            for (var i = 0; i < ROUND; i += STEPS) {
                advance(x, y, cx, cy, lanes);
            }
            for (var lane = lanes - 1; lane >= 0; lane--) {
                if (ended(lane, escapes) && !begin(lane, columns, rows)) {
                    move(--lanes, lane);
                }
            }
        }
    }

    /// [#STEPS] iterations of every lane: with more in the loop's body C2 makes no vector code of it.
    private static void advance(double[] x, double[] y, double[] cx, double[] cy, int lanes) {
        for (var lane = 0; lane < lanes; lane++) {
            var a = x[lane];
            var b = y[lane];
            var p = cx[lane];
            var q = cy[lane];
            var a1 = Math.fma(a, a, Math.fma(-b, b, p));
            var b1 = Math.fma(a + a, b, q);
            var a2 = Math.fma(a1, a1, Math.fma(-b1, b1, p));
            var b2 = Math.fma(a1 + a1, b1, q);
            var a3 = Math.fma(a2, a2, Math.fma(-b2, b2, p));
            var b3 = Math.fma(a2 + a2, b2, q);
            x[lane] = Math.fma(a3, a3, Math.fma(-b3, b3, p));
            y[lane] = Math.fma(a3 + a3, b3, q);
        }
    }

    /// Whether the lane's orbit ended in this round.
    private boolean ended(int lane, Escapes escapes) {
        var a = x[lane];
        var b = y[lane];
        // Not "greater": an orbit that escaped long ago has become NaN.
        if (!(a * a + b * b <= ESCAPE)) {
            escaped(lane, escapes);
            return true;
        }
        done[lane] += ROUND;
        if (done[lane] >= iterations || (a == markX[lane] && b == markY[lane])) {
            return true;
        }
        if (done[lane] >= nextMark[lane]) {
            nextMark[lane] = 2 * done[lane];
            markX[lane] = a;
            markY[lane] = b;
        }
        return false;
    }

    /// Does the last round again, to find the iteration after which the orbit was outside.
    private void escaped(int lane, Escapes escapes) {
        var a = oldX[lane];
        var b = oldY[lane];
        var i = done[lane];
        double squaredRadius;
        do {
            var c = a;
            a = Math.fma(a, a, Math.fma(-b, b, cx[lane]));
            b = Math.fma(c + c, b, cy[lane]);
            squaredRadius = a * a + b * b;
            i++;
        } while (squaredRadius <= ESCAPE);
        if (i <= iterations) {
            escapes.escaped(columnOf[lane], i, squaredRadius);
        }
    }

    /// Gives the lane the next point that is not known to stay; false when there is none.
    private boolean begin(int lane, double[] columns, double[] rows) {
        while (row < rows.length) {
            while (column < columns.length) {
                var p = columns[column];
                var q = rows[row];
                if (!stays(p, q)) {
                    x[lane] = 0;
                    y[lane] = 0;
                    cx[lane] = p;
                    cy[lane] = q;
                    markX[lane] = Double.NaN;
                    markY[lane] = Double.NaN;
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
        x[to] = x[from];
        y[to] = y[from];
        cx[to] = cx[from];
        cy[to] = cy[from];
        markX[to] = markX[from];
        markY[to] = markY[from];
        nextMark[to] = nextMark[from];
        done[to] = done[from];
        columnOf[to] = columnOf[from];
    }
}

package millrace.worker.kernels;

/// A layer in which every unit sees every input: a unit is its bias plus the sum over the inputs, in order, of input
/// times weight, each added with one rounding, in float32. Any thread.
final class DenseLayer {
    /// Rows that are evaluated together: what is loaded of the weights serves as many.
    static final int ROWS = 4;

    /// Inputs that are added together: a sum is loaded and stored once for as many.
    private static final int INPUTS = 4;

    /// By input, then unit. C2 makes vector code of loops over units that index all their arrays alike; it adds the
    /// same numbers in the same order.
    private final float[][] weights;

    private final float[] bias;

    private final int units;

    /// @param weights by input, then unit, each row from [#sums]
    /// @param bias    from [#sums]
    DenseLayer(float[][] weights, float[] bias, int units) {
        this.weights = weights;
        this.bias = bias;
        this.units = units;
    }

    /// An array for a number of each unit, and somewhat longer: with the object's header of 12 bytes it fills whole
    /// cache lines, so that arrays made one after the other begin at the same place in theirs. Vector code, whose
    /// first step is as short as it has to be to go on at the beginning of a line, then does so in all of them.
    static float[] sums(int units) {
        return new float[units + (13 - units & 15)];
    }

    /// Evaluates several rows, so that weights come from the first-level cache for all but the first [#ROWS].
    ///
    /// @param in  rows, a multiple of [#ROWS]
    /// @param out as many, from [#sums]
    void run(float[][] in, float[][] out) {
        for (var row : out) {
            System.arraycopy(bias, 0, row, 0, units);
        }
        var k = 0;
        for (; k + INPUTS <= weights.length; k += INPUTS) {
            for (var row = 0; row < in.length; row += ROWS) {
                add(in, out, row, k);
            }
        }
        for (; k < weights.length; k++) {
            for (var row = 0; row < in.length; row++) {
                add(in[row][k], weights[k], out[row], units);
            }
        }
    }

    private void add(float[][] in, float[][] out, int row, int k) {
        add(
                in[row],
                in[row + 1],
                in[row + 2],
                in[row + 3],
                k,
                weights[k],
                weights[k + 1],
                weights[k + 2],
                weights[k + 3],
                out[row],
                out[row + 1],
                out[row + 2],
                out[row + 3],
                units);
    }

    /// [#ROWS] rows by [#INPUTS] inputs: with more in the loop's body C2 makes no vector code of it.
    private static void add(
            float[] in0,
            float[] in1,
            float[] in2,
            float[] in3,
            int k,
            float[] a,
            float[] b,
            float[] c,
            float[] d,
            float[] out0,
            float[] out1,
            float[] out2,
            float[] out3,
            int units) {
        float a0 = in0[k], b0 = in0[k + 1], c0 = in0[k + 2], d0 = in0[k + 3];
        float a1 = in1[k], b1 = in1[k + 1], c1 = in1[k + 2], d1 = in1[k + 3];
        float a2 = in2[k], b2 = in2[k + 1], c2 = in2[k + 2], d2 = in2[k + 3];
        float a3 = in3[k], b3 = in3[k + 1], c3 = in3[k + 2], d3 = in3[k + 3];
        for (var i = 0; i < units; i++) {
            var wa = a[i];
            var wb = b[i];
            var wc = c[i];
            var wd = d[i];
            out0[i] = Math.fma(d0, wd, Math.fma(c0, wc, Math.fma(b0, wb, Math.fma(a0, wa, out0[i]))));
            out1[i] = Math.fma(d1, wd, Math.fma(c1, wc, Math.fma(b1, wb, Math.fma(a1, wa, out1[i]))));
            out2[i] = Math.fma(d2, wd, Math.fma(c2, wc, Math.fma(b2, wb, Math.fma(a2, wa, out2[i]))));
            out3[i] = Math.fma(d3, wd, Math.fma(c3, wc, Math.fma(b3, wb, Math.fma(a3, wa, out3[i]))));
        }
    }

    private static void add(float in, float[] weights, float[] out, int units) {
        for (var i = 0; i < units; i++) {
            out[i] = Math.fma(in, weights[i], out[i]);
        }
    }

    /// What is below zero becomes zero; NaN stays.
    static void relu(float[] values) {
        for (var i = 0; i < values.length; i++) {
            values[i] = Math.max(values[i], 0);
        }
    }

    /// Probabilities in place of the first `classes` values: exp(x - max) over their sum, in float64.
    static void softmax(float[] values, int classes) {
        var max = Float.NEGATIVE_INFINITY;
        for (var i = 0; i < classes; i++) {
            max = Math.max(max, values[i]);
        }
        var powers = new double[classes];
        for (var i = 0; i < classes; i++) {
            powers[i] = StrictMath.exp((double) values[i] - max);
        }
        var sum = 0.0;
        for (var power : powers) {
            sum += power;
        }
        for (var i = 0; i < classes; i++) {
            values[i] = (float) (powers[i] / sum);
        }
    }
}

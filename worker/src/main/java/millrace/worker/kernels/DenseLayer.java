package millrace.worker.kernels;

/// A layer in which every unit sees every input: a unit is its bias plus the sum over the inputs, in order, of input
/// times weight, in float32. Any thread.
final class DenseLayer {
    /// By input, then unit. C2 makes vector code of loops over units that index all their arrays alike; it adds the
    /// same numbers in the same order.
    private final float[][] weights;

    private final float[] bias;

    DenseLayer(float[][] weights, float[] bias) {
        this.weights = weights;
        this.bias = bias;
    }

    int units() {
        return bias.length;
    }

    /// Evaluates several rows at once, so that weights come from the first-level cache for all but one of them, and
    /// goes through four inputs at once, so that each sum is stored once for four products.
    ///
    /// @param rows how many of `in` and `out` are meant, from the first on
    void run(float[][] in, float[][] out, int rows) {
        for (var row = 0; row < rows; row++) {
            System.arraycopy(bias, 0, out[row], 0, bias.length);
        }
        var k = 0;
        for (; k + 4 <= weights.length; k += 4) {
            for (var row = 0; row < rows; row++) {
                add(in[row], k, weights[k], weights[k + 1], weights[k + 2], weights[k + 3], out[row]);
            }
        }
        for (; k < weights.length; k++) {
            for (var row = 0; row < rows; row++) {
                add(in[row][k], weights[k], out[row]);
            }
        }
    }

    private static void add(float[] in, int k, float[] a, float[] b, float[] c, float[] d, float[] out) {
        var inA = in[k];
        var inB = in[k + 1];
        var inC = in[k + 2];
        var inD = in[k + 3];
        for (var i = 0; i < out.length; i++) {
            out[i] = (((out[i] + inA * a[i]) + inB * b[i]) + inC * c[i]) + inD * d[i];
        }
    }

    private static void add(float in, float[] weights, float[] out) {
        for (var i = 0; i < out.length; i++) {
            out[i] += in * weights[i];
        }
    }

    /// What is below zero becomes zero; NaN stays.
    static void relu(float[] values) {
        for (var i = 0; i < values.length; i++) {
            values[i] = values[i] < 0 ? 0 : values[i];
        }
    }

    /// Probabilities in place of logits: exp(x - max) over their sum, in float64.
    static void softmax(float[] values) {
        var max = Float.NEGATIVE_INFINITY;
        for (var value : values) {
            max = Math.max(max, value);
        }
        var powers = new double[values.length];
        for (var i = 0; i < values.length; i++) {
            powers[i] = StrictMath.exp((double) values[i] - max);
        }
        var sum = 0.0;
        for (var power : powers) {
            sum += power;
        }
        for (var i = 0; i < values.length; i++) {
            values[i] = (float) (powers[i] / sum);
        }
    }
}

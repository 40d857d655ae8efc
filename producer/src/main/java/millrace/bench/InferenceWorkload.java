package millrace.bench;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleSupplier;
import millrace.client.Output;
import millrace.proto.Description;
import millrace.proto.arrays.NumpyRandom;
import millrace.proto.kernels.Mlp;

/// Expensive initialisation: a net of 784 inputs, 512 units and 10 classes, with random weights, evaluated on 10,000
/// rows again and again. As published with 10 times all rows for each core.
final class InferenceWorkload implements Workload {
    private static final int ROWS = 10_000;
    private static final int FEATURES = 784;
    private static final int UNITS = 512;
    private static final int CLASSES = 10;
    private static final int REPEATS_OF_CORE = 10;
    private static final double TOLERANCE = 1e-5;
    private static final int CHECKED_ROWS = 50;

    private final int rows;

    InferenceWorkload() {
        this(ROWS);
    }

    /// A smaller one.
    InferenceWorkload(int rows) {
        this.rows = rows;
    }

    // Each array has a seed of its own, so that it can be drawn again to check.
    private static DoubleSupplier inputValues() {
        return new NumpyRandom(1)::uniform;
    }

    private static DoubleSupplier hiddenWeights() {
        return weights(2, FEATURES);
    }

    private static DoubleSupplier hiddenBias() {
        return weights(3, FEATURES);
    }

    private static DoubleSupplier outputWeights() {
        return weights(4, UNITS);
    }

    private static DoubleSupplier outputBias() {
        return weights(5, UNITS);
    }

    // So wide that sums are about as large as their terms' number does not show.
    private static DoubleSupplier weights(int seed, int inputs) {
        var random = new NumpyRandom(seed);
        var width = 2 / Math.sqrt(inputs);
        return () -> (2 * random.uniform() - 1) * width;
    }

    @Override
    public String name() {
        return "b3";
    }

    @Override
    public String summary() {
        return "inference with a net that is loaded once in a process, against one JVM";
    }

    @Override
    public Description weak(Inputs inputs, int cores) throws IOException {
        return new Mlp(
                inputs.floats(inputValues(), rows, FEATURES),
                inputs.floats(hiddenWeights(), FEATURES, UNITS),
                inputs.floats(hiddenBias(), UNITS),
                inputs.floats(outputWeights(), UNITS, CLASSES),
                inputs.floats(outputBias(), CLASSES),
                REPEATS_OF_CORE * cores,
                rows,
                FEATURES,
                UNITS,
                CLASSES);
    }

    @Override
    public List<Variant> others(Inputs inputs, Description weak, int cores, double times) {
        var net = (Mlp) weak;
        var repeats = (int) Math.ceil(net.repeats() * times);
        var job = new Mlp(
                net.inputs(),
                net.hiddenWeights(),
                net.hiddenBias(),
                net.outputWeights(),
                net.outputBias(),
                repeats,
                rows,
                FEATURES,
                UNITS,
                CLASSES);
        return List.of(new Variant("all rows %d times".formatted(repeats), job, 0.97));
    }

    @Override
    public void check(Output weak) throws IOException, WrongAnswer {
        var rowValues = inputValues();
        var hiddenWeights = floats(hiddenWeights(), FEATURES * UNITS);
        var hiddenBias = floats(hiddenBias(), UNITS);
        var outputWeights = floats(outputWeights(), UNITS * CLASSES);
        var outputBias = floats(outputBias(), CLASSES);
        try (var in = new DataInputStream(weak.canonical().open())) {
            var bytes = ByteBuffer.allocate(Float.BYTES * CLASSES).order(ByteOrder.LITTLE_ENDIAN);
            for (var row = 0; row < Math.min(CHECKED_ROWS, rows); row++) {
                var hidden = layer(floats(rowValues, FEATURES), hiddenWeights, hiddenBias);
                Arrays.setAll(hidden, unit -> Math.max(0, hidden[unit]));
                var must = softmax(layer(hidden, outputWeights, outputBias));
                in.readFully(bytes.array());
                for (var one = 0; one < CLASSES; one++) {
                    var is = bytes.getFloat(Float.BYTES * one);
                    if (!(Math.abs(is - must[one]) <= TOLERANCE * must[one])) {
                        throw new WrongAnswer("the probability of class %d of row %d is %s, must be %s"
                                .formatted(one, row, is, must[one]));
                    }
                }
            }
        }
    }

    private static double[] floats(DoubleSupplier next, int count) {
        var values = new double[count];
        Arrays.setAll(values, _ -> (float) next.getAsDouble());
        return values;
    }

    // Another way than the kernel's: in double.
    private static double[] layer(double[] in, double[] weights, double[] bias) {
        var out = bias.clone();
        for (var i = 0; i < in.length; i++) {
            for (var unit = 0; unit < out.length; unit++) {
                out[unit] += in[i] * weights[i * out.length + unit];
            }
        }
        return out;
    }

    private static double[] softmax(double[] logits) {
        var largest = Arrays.stream(logits).max().orElseThrow();
        var powers =
                Arrays.stream(logits).map(logit -> Math.exp(logit - largest)).toArray();
        var sum = Arrays.stream(powers).sum();
        return Arrays.stream(powers).map(power -> power / sum).toArray();
    }
}

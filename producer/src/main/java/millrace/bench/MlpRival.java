package millrace.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import millrace.proto.arrays.NumpyRandom;
import millrace.proto.kernels.Mlp;

/// numpy on one thread, with the BLAS that it was built with, evaluating the published workload's net.
final class MlpRival implements Rival {
    private static final int ROWS = 10_000;
    private static final int FEATURES = 784;
    private static final int UNITS = 512;
    private static final int CLASSES = 10;
    private static final int REPEATS = 5;
    private static final double TOLERANCE = 1e-5;

    @Override
    public String name() {
        return "mlp";
    }

    @Override
    public String program() {
        return "numpy";
    }

    @Override
    public double floor() {
        return 0.5;
    }

    @Override
    public Match prepare(Inputs inputs, NativePrograms programs)
            throws IOException, InterruptedException, MissingProgram {
        var python = programs.python("numpy");
        var random = new NumpyRandom(42);
        // The usual spread of weights before a training.
        var rows = inputs.floats(random::uniform, ROWS, FEATURES);
        var hiddenWeights = inputs.floats(() -> random.normal() * Math.sqrt(2.0 / FEATURES), FEATURES, UNITS);
        var hiddenBias = inputs.floats(() -> random.normal() / 10, UNITS);
        var outputWeights = inputs.floats(() -> random.normal() * Math.sqrt(2.0 / UNITS), UNITS, CLASSES);
        var outputBias = inputs.floats(() -> random.normal() / 10, CLASSES);
        var results = programs.file("results");
        var command = new ArrayList<>(
                List.of(python.toString(), programs.source("mlp.py").toString()));
        Stream.of(rows, hiddenWeights, hiddenBias, outputWeights, outputBias)
                .forEach(blob -> command.add(inputs.file(blob).toString()));
        command.addAll(List.of(Integer.toString(REPEATS), results.toString()));
        return new Match(
                new Mlp(
                        rows,
                        hiddenWeights,
                        hiddenBias,
                        outputWeights,
                        outputBias,
                        REPEATS,
                        ROWS,
                        FEATURES,
                        UNITS,
                        CLASSES),
                command,
                (value, _) ->
                        Near.check("the probabilities", floats(value), floats(Files.readAllBytes(results)), TOLERANCE));
    }

    private static double[] floats(byte[] bytes) {
        var floats = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        var doubles = new double[floats.remaining()];
        for (var i = 0; i < doubles.length; i++) {
            doubles[i] = floats.get(i);
        }
        return doubles;
    }
}

package millrace.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.util.List;
import millrace.proto.arrays.NumpyRandom;
import millrace.proto.kernels.Convolve;

/// scipy's direct convolution of the published workload's image, of which every fifth row and column is kept.
final class ConvolveRival implements Rival {
    private static final int SIDE = 3000;
    private static final int FILTERS = 8;
    private static final int FILTER = 4;
    private static final int STRIDE = 5;
    private static final double TOLERANCE = 1e-12;

    @Override
    public String name() {
        return "convolve";
    }

    @Override
    public String program() {
        return "scipy's convolve2d";
    }

    @Override
    public double floor() {
        return 5;
    }

    @Override
    public Match prepare(Inputs inputs, NativePrograms programs)
            throws IOException, InterruptedException, MissingProgram {
        var python = programs.python("numpy", "scipy");
        var random = new NumpyRandom(42);
        var image = inputs.doubles(random::uniform, SIDE, SIDE);
        var filters = inputs.doubles(random::normal, FILTERS, FILTER, FILTER);
        var results = programs.file("results");
        return new Match(
                new Convolve(image, filters, STRIDE, Convolve.Form.FULL, SIDE, SIDE, FILTERS, FILTER, FILTER),
                List.of(
                        python.toString(),
                        programs.source("convolve.py").toString(),
                        inputs.file(image).toString(),
                        inputs.file(filters).toString(),
                        Integer.toString(STRIDE),
                        results.toString()),
                (value, _) ->
                        Near.check("the results", doubles(value), doubles(Files.readAllBytes(results)), TOLERANCE));
    }

    private static double[] doubles(byte[] bytes) {
        var doubles = new double[bytes.length / Double.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asDoubleBuffer().get(doubles);
        return doubles;
    }
}

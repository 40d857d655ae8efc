package millrace.bench;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import millrace.client.Output;
import millrace.proto.Blob;
import millrace.proto.Description;
import millrace.proto.arrays.NumpyRandom;
import millrace.proto.kernels.Convolve;
import millrace.proto.kernels.Convolve.Form;

/// Numerical data that all tasks share: an image of 3000 by 3000 float64, random, is convolved in full with filters of
/// 4 by 4, of which every fifth row and column is kept. As published with a filter for each core.
final class ConvolutionWorkload implements Workload {
    private static final int SIDE = 3000;
    private static final int FILTER = 4;
    private static final int STRIDE = 5;
    private static final int SEED = 42;
    /// An output of 116 MB, which stays on the brokers' disk for each run.
    private static final int FILTERS_MAX = 40;

    /// The sum of the first filter's result, by numpy and scipy.
    private static final double SUM = -1204801.8718995696;

    private static final double TOLERANCE = 1e-12;

    @Override
    public String name() {
        return "b1";
    }

    @Override
    public String summary() {
        return "convolution of an image that all tasks share, against one JVM";
    }

    // Drawn as the other program did: the image and then the filters.
    @Override
    public Description weak(Inputs inputs, int cores) throws IOException {
        var random = new NumpyRandom(SEED);
        var image = inputs.doubles(random::uniform, SIDE, SIDE);
        return job(image, inputs.doubles(random::normal, cores, FILTER, FILTER), cores, Form.FULL);
    }

    private static Convolve job(Blob image, Blob filters, int count, Form form) {
        return new Convolve(image, filters, STRIDE, form, SIDE, SIDE, count, FILTER, FILTER);
    }

    @Override
    public List<Variant> others(Inputs inputs, Description weak, int cores, double times) throws IOException {
        var image = ((Convolve) weak).image();
        var count = (int) Math.min(FILTERS_MAX, Math.ceil(cores * times));
        var filters = inputs.doubles(new NumpyRandom(SEED + 1)::normal, count, FILTER, FILTER);
        return List.of(
                new Variant("%d filters".formatted(count), job(image, filters, count, Form.FULL), 0.97),
                new Variant(
                        "%d filters, only what is kept".formatted(count), job(image, filters, count, Form.STRIDED), 0));
    }

    // The same filters, computed in full and only where it is kept.
    @Override
    public boolean othersAgree() {
        return true;
    }

    @Override
    public void check(Output weak) throws IOException, WrongAnswer {
        var side = (SIDE + FILTER - 1 + STRIDE - 1) / STRIDE;
        var sum = 0.0;
        try (var in = new DataInputStream(weak.canonical().open())) {
            var row = ByteBuffer.allocate(Double.BYTES * side).order(ByteOrder.LITTLE_ENDIAN);
            for (var y = 0; y < side; y++) {
                in.readFully(row.array());
                for (var x = 0; x < side; x++) {
                    sum += row.getDouble(Double.BYTES * x);
                }
            }
        }
        if (!(Math.abs(sum - SUM) <= TOLERANCE * Math.abs(SUM))) {
            throw new WrongAnswer("the sum of the first filter's result is %s, must be %s".formatted(sum, SUM));
        }
    }
}

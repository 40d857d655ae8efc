package millrace.worker.kernels;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.OptionalLong;
import java.util.stream.Stream;
import millrace.proto.BadInput;
import millrace.proto.Blob;
import millrace.proto.Kernel;
import millrace.proto.Work;
import millrace.proto.arrays.NpyArray;
import millrace.proto.kernels.Mlp;

/// Evaluates rows with a net that is loaded once in a process.
public final class MlpKernel implements Kernel<Mlp> {
    // As bits, so that NaN has one pattern of them.
    private static final VarHandle FLOATS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    /// Rows that are evaluated at once: their sums, of 512 units each, and four rows of weights fill 32 KB of the
    /// first-level cache, and weights are fetched into it a twelfth as often.
    private static final int BATCH = 3 * DenseLayer.ROWS;

    private record Net(DenseLayer hidden, DenseLayer output) {}

    @Override
    public Class<Mlp> description() {
        return Mlp.class;
    }

    /// The rows of the result, and a batch's rows of each layer. The net is warm state.
    @Override
    public OptionalLong liveBytes(Mlp job, long first, long end) {
        return OptionalLong.of(
                Float.BYTES * ((end - first + BATCH) * job.classes() + (long) BATCH * (job.features() + job.units())));
    }

    @Override
    public byte[] compute(Mlp job, Work work, long first, long end) throws Exception {
        var net = work.warm(
                "mlp %s %s %s %s %d %d %d"
                        .formatted(
                                job.hiddenWeights(),
                                job.hiddenBias(),
                                job.outputWeights(),
                                job.outputBias(),
                                job.features(),
                                job.units(),
                                job.classes()),
                () -> new Net(
                        layer(work, job.hiddenWeights(), job.hiddenBias(), job.features(), job.units()),
                        layer(work, job.outputWeights(), job.outputBias(), job.units(), job.classes())));
        var inputs = array(work, "the array of inputs", job.inputs(), job.rows(), job.features());
        var in = new float[BATCH][job.features()];
        var hidden = sums(job.units());
        var out = sums(job.classes());
        var bytes = new byte[Math.multiplyExact((int) (end - first), Float.BYTES * job.classes())];
        for (var item = first; item < end; item += BATCH) {
            work.checkCancelled();
            var rows = (int) Math.min(BATCH, end - item);
            for (var row = 0; row < rows; row++) {
                inputs.reals((item + row) % job.rows() * job.features(), job.features(), in[row], 0);
            }
            net.hidden.run(in, hidden);
            for (var row = 0; row < rows; row++) {
                DenseLayer.relu(hidden[row]);
            }
            net.output.run(hidden, out);
            for (var row = 0; row < rows; row++) {
                put(out[row], job.classes(), bytes, (int) (item - first) + row);
            }
        }
        return bytes;
    }

    private static float[][] sums(int units) {
        return Stream.generate(() -> DenseLayer.sums(units)).limit(BATCH).toArray(float[][]::new);
    }

    private static void put(float[] logits, int classes, byte[] bytes, int row) {
        DenseLayer.softmax(logits, classes);
        for (var i = 0; i < classes; i++) {
            FLOATS.set(bytes, Float.BYTES * (row * classes + i), Float.floatToIntBits(logits[i]));
        }
    }

    private static DenseLayer layer(Work work, Blob weights, Blob bias, int inputs, int units) throws Exception {
        var weightsArray = array(work, "an array of weights", weights, inputs, units);
        var biasArray = array(work, "an array of biases", bias, units);
        var rows = new float[inputs][];
        for (var i = 0; i < inputs; i++) {
            rows[i] = DenseLayer.sums(units);
            weightsArray.reals((long) i * units, units, rows[i], 0);
        }
        var biases = new float[units];
        biasArray.reals(0, units, biases, 0);
        return new DenseLayer(rows, biases, units);
    }

    private static NpyArray array(Work work, String name, Blob blob, long... shape) throws Exception {
        var array = new NpyArray(name, work.blob(blob));
        array.requireShape(name, shape);
        if (array.header().type().isComplex()) {
            throw new BadInput(name + " has complex numbers, allowed: real ones");
        }
        return array;
    }
}

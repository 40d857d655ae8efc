package millrace.worker.kernels;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.OptionalLong;
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

    private record Net(DenseLayer hidden, DenseLayer output) {}

    @Override
    public Class<Mlp> description() {
        return Mlp.class;
    }

    /// The rows of the result, and two rows of each layer. The net is warm state.
    @Override
    public OptionalLong liveBytes(Mlp job, long first, long end) {
        return OptionalLong.of(Float.BYTES * ((end - first + 2) * job.classes() + 2L * (job.features() + job.units())));
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
        var in = new float[2][job.features()];
        var hidden = new float[2][job.units()];
        var out = new float[2][job.classes()];
        var bytes = new byte[Math.multiplyExact((int) (end - first), Float.BYTES * job.classes())];
        for (var item = first; item < end; item += 2) {
            work.checkCancelled();
            var second = Math.min(item + 1, end - 1); // the last of an odd number is computed twice
            inputs.reals(item % job.rows() * job.features(), job.features(), in[0], 0);
            inputs.reals(second % job.rows() * job.features(), job.features(), in[1], 0);
            net.hidden.run(in[0], in[1], hidden[0], hidden[1]);
            DenseLayer.relu(hidden[0]);
            DenseLayer.relu(hidden[1]);
            net.output.run(hidden[0], hidden[1], out[0], out[1]);
            put(out[0], bytes, (int) (item - first));
            put(out[1], bytes, (int) (second - first));
        }
        return bytes;
    }

    private static void put(float[] logits, byte[] bytes, int row) {
        DenseLayer.softmax(logits);
        for (var i = 0; i < logits.length; i++) {
            FLOATS.set(bytes, Float.BYTES * (row * logits.length + i), Float.floatToIntBits(logits[i]));
        }
    }

    private static DenseLayer layer(Work work, Blob weights, Blob bias, int inputs, int units) throws Exception {
        var weightsArray = array(work, "an array of weights", weights, inputs, units);
        var biasArray = array(work, "an array of biases", bias, units);
        var rows = new float[inputs][units];
        for (var i = 0; i < inputs; i++) {
            weightsArray.reals((long) i * units, units, rows[i], 0);
        }
        var biases = new float[units];
        biasArray.reals(0, units, biases, 0);
        return new DenseLayer(rows, biases);
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

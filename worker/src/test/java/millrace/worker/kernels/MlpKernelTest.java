package millrace.worker.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import millrace.proto.BadInput;
import millrace.proto.KernelType;
import millrace.proto.OutputSource;
import millrace.proto.Ranges;
import millrace.proto.arrays.NpyArray;
import millrace.proto.kernels.Mlp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MlpKernelTest {
    private static final List<String> ARRAYS =
            List.of("inputs", "hidden-weights", "hidden-bias", "output-weights", "output-bias");

    private final MlpKernel kernel = new MlpKernel();
    private final BlobWork work = new BlobWork();

    @TempDir
    Path folder;

    /// The net of the benchmark, on fewer rows.
    @Test
    void numpyAgrees() throws Exception {
        Python.run(folder, """
                x = random.uniform(size=(250, 784)).astype('f4')
                w, b = (random.normal(size=(784, 512)) / 28).astype('f4'), random.normal(size=512).astype('f4')
                v, c = (random.normal(size=(512, 10)) / 22).astype('f4'), random.normal(size=10).astype('f4')
                for name, array in zip('%s'.split(), (x, np.asfortranarray(w), b, v, c)):
                    np.save(name, array)
                """.formatted(String.join(" ", ARRAYS)));
        var job = described(Map.of("repeats", "3"));
        assertThat(job.items()).isEqualTo(750);
        var output = inPieces(job, new Random(1));
        assertThat(output).isEqualTo(kernel.compute(job, work, 0, 750));
        var file = new ByteArrayOutputStream();
        job.write(OutputSource.of(output), Ranges.of(0, 750), file);
        Files.write(folder.resolve("actual.npy"), file.toByteArray());
        Python.run(folder, """
                x, w, b, v, c = [np.load(name + '.npy') for name in '%s'.split()]
                logits = np.maximum(x @ w + b, 0) @ v + c
                powers = np.exp(logits - logits.max(axis=1, keepdims=True))
                expected = powers / powers.sum(axis=1, keepdims=True)
                actual = np.load('actual.npy')
                assert actual.dtype == np.float32 and actual.shape == (750, 10)
                for repeat in np.split(actual, 3):
                    np.testing.assert_allclose(repeat, expected, rtol=1e-5)
                """.formatted(String.join(" ", ARRAYS)));
    }

    static LongStream seeds() {
        return LongStream.range(0, 20);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void bitsAreThoseOfThePlainSumHoweverItIsCut(long seed) throws Exception {
        var random = new Random(seed);
        int rows = random.nextInt(1, 30);
        int features = random.nextInt(1, 50);
        int units = random.nextInt(1, 70);
        int classes = random.nextInt(1, 12);
        var in = array(random, rows, features);
        var weights = array(random, features, units);
        var bias = array(random, units);
        var outWeights = array(random, units, classes);
        var outBias = array(random, classes);
        var job = new Mlp(
                work.put(in),
                work.put(weights),
                work.put(bias),
                work.put(outWeights),
                work.put(outBias),
                2,
                rows,
                features,
                units,
                classes);
        var expected = ByteBuffer.allocate(2 * rows * classes * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (var row = 0; row < 2 * rows; row++) {
            var hidden = plain(row(in, row % rows, features), weights, bias, units);
            for (var i = 0; i < units; i++) {
                hidden[i] = Math.max(hidden[i], 0);
            }
            var logits = plain(hidden, outWeights, outBias, classes);
            DenseLayer.softmax(logits, classes);
            for (var value : logits) {
                expected.putFloat(value);
            }
        }
        assertThat(ByteBuffer.wrap(inPieces(job, random))).isEqualTo(expected.flip());
    }

    @Test
    void softmaxOfLargeLogitsIsFinite() {
        var values = new float[] {1e30f, 1e30f, -1e30f};
        DenseLayer.softmax(values, 3);
        assertThat(values).containsExactly(0.5f, 0.5f, 0);
    }

    @Test
    void arraysThatDoNotFitAreRefusedBeforeAnythingIsSubmitted() throws Exception {
        write(5, 7, 3, 2);
        assertThat(described(Map.of()).items()).isEqualTo(5);
        Files.write(folder.resolve("hidden-bias.npy"), NpyFile.floats(() -> 1, 4));
        assertThatThrownBy(() -> described(Map.of()))
                .isInstanceOf(BadInput.class)
                .hasMessage("--units is '3', but " + folder.resolve("hidden-bias.npy") + " makes it 4");
        Files.write(folder.resolve("hidden-bias.npy"), NpyFile.floats(() -> 1, 4, 1));
        assertThatThrownBy(() -> described(Map.of())).hasMessageContaining("has the shape (4, 1), allowed: 1 axes");
    }

    @Test
    void arraysOfAnotherShapeThanTheJobSaysAreRefused() throws Exception {
        write(5, 7, 3, 2);
        var right = described(Map.of());
        var wrong = new Mlp(
                right.inputs(),
                right.outputWeights(),
                right.hiddenBias(),
                right.outputWeights(),
                right.outputBias(),
                1,
                5,
                7,
                3,
                2);
        assertThatThrownBy(() -> kernel.compute(wrong, work, 0, 1))
                .isInstanceOf(BadInput.class)
                .hasMessage("an array of weights has the shape (3, 2), the job says (7, 3)");
    }

    private void write(int rows, int features, int units, int classes) throws IOException {
        Files.write(folder.resolve("inputs.npy"), NpyFile.floats(() -> 1, rows, features));
        Files.write(folder.resolve("hidden-weights.npy"), NpyFile.floats(() -> 1, features, units));
        Files.write(folder.resolve("hidden-bias.npy"), NpyFile.floats(() -> 1, units));
        Files.write(folder.resolve("output-weights.npy"), NpyFile.floats(() -> 1, units, classes));
        Files.write(folder.resolve("output-bias.npy"), NpyFile.floats(() -> 1, classes));
    }

    private Mlp described(Map<String, String> options) throws IOException {
        var type = KernelType.of(Mlp.class);
        var texts = new TreeMap<>(options);
        ARRAYS.forEach(name -> texts.put(name, folder.resolve(name + ".npy").toString()));
        var complete = type.complete(texts);
        for (var name : ARRAYS) {
            complete.put(
                    name,
                    work.put(Files.readAllBytes(folder.resolve(name + ".npy"))).toString());
        }
        return type.parse(complete);
    }

    private static byte[] array(Random random, long... shape) {
        return NpyFile.floats(random::nextGaussian, shape);
    }

    private static float[] row(byte[] file, int row, int columns) {
        var values = new float[columns];
        new NpyArray("array", MemorySegment.ofArray(file)).reals((long) row * columns, columns, values, 0);
        return values;
    }

    private static float[] plain(float[] in, byte[] weights, byte[] bias, int units) {
        var out = row(bias, 0, units);
        for (var k = 0; k < in.length; k++) {
            var row = row(weights, k, units);
            for (var i = 0; i < units; i++) {
                out[i] = Math.fma(in[k], row[i], out[i]);
            }
        }
        return out;
    }

    private byte[] inPieces(Mlp job, Random random) throws Exception {
        var bytes = new ByteArrayOutputStream();
        for (var first = 0L; first < job.items(); ) {
            var end = Math.min(job.items(), first + random.nextInt(1, 90));
            bytes.writeBytes(kernel.compute(job, work, first, end));
            first = end;
        }
        return bytes.toByteArray();
    }
}

package millrace.worker.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import millrace.proto.BadInput;
import millrace.proto.KernelType;
import millrace.proto.OutputSource;
import millrace.proto.Ranges;
import millrace.proto.arrays.NpyArray;
import millrace.proto.arrays.NumpyRandom;
import millrace.proto.kernels.Convolve;
import millrace.proto.kernels.Convolve.Form;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ConvolveKernelTest {
    private final ConvolveKernel kernel = new ConvolveKernel();
    private final BlobWork work = new BlobWork();

    @TempDir
    Path folder;

    /// The sum is that of a program in numpy and scipy.
    @ParameterizedTest
    @EnumSource(Form.class)
    void largeRandomImageHasTheSumOfTheOracle(Form form) throws Exception {
        var random = new NumpyRandom(42);
        var job = job(
                form,
                5,
                NpyFile.doubles(random::uniform, 3000, 3000),
                NpyFile.doubles(random::normal, 4, 4),
                3000,
                3000,
                1,
                4,
                4);
        assertThat(job.items()).isEqualTo(601);
        assertThat(job.outWidth()).isEqualTo(601);
        var sum = 0.0;
        for (var value : doubles(kernel.compute(job, work, 0, job.items()))) {
            sum += value;
        }
        assertThat(sum).isCloseTo(-1204801.8718995696, within(1204801e-12));
    }

    static java.util.stream.LongStream seeds() {
        return java.util.stream.LongStream.range(0, 40);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void bothFormsHaveTheBitsOfThePlainSumHoweverTheyAreCut(long seed) throws Exception {
        var random = new Random(seed);
        var height = random.nextInt(1, 40);
        var width = random.nextInt(1, seed % 3 == 0 ? 700 : 40);
        var filters = random.nextInt(1, 4);
        var filterHeight = random.nextInt(1, 8);
        var filterWidth = random.nextInt(1, 11);
        var image = NpyFile.doubles(random::nextGaussian, height, width);
        var bank = NpyFile.doubles(() -> random.nextGaussian() * 1e5, filters, filterHeight, filterWidth);
        var stride = random.nextInt(1, 7);
        var strided = job(Form.STRIDED, stride, image, bank, height, width, filters, filterHeight, filterWidth);
        var full = job(Form.FULL, stride, image, bank, height, width, filters, filterHeight, filterWidth);
        var expected = plain(strided, image, bank);
        assertThat(doubles(inPieces(strided, random))).isEqualTo(expected);
        assertThat(doubles(inPieces(full, random))).isEqualTo(expected);
        assertThat(doubles(kernel.compute(full, work, 0, full.items()))).isEqualTo(expected);
    }

    private static double[] plain(Convolve job, byte[] imageFile, byte[] filtersFile) {
        var image = new NpyArray("image", MemorySegment.ofArray(imageFile));
        var filters = new NpyArray("filters", MemorySegment.ofArray(filtersFile));
        var out = new double[(int) job.items() * job.outWidth()];
        for (var n = 0; n < out.length; n++) {
            var filter = n / job.outWidth() / job.outHeight();
            var y = n / job.outWidth() % job.outHeight() * job.stride();
            var x = n % job.outWidth() * job.stride();
            for (var i = 0; i < job.filterHeight(); i++) {
                for (var j = 0; j < job.filterWidth(); j++) {
                    if (0 <= y - i && y - i < job.height() && 0 <= x - j && x - j < job.width()) {
                        out[n] += filters.part((filter * job.filterHeight() + i) * job.filterWidth() + j, 0)
                                * image.part((y - i) * job.width() + x - j, 0);
                    }
                }
            }
        }
        return out;
    }

    @Test
    void scipyAgrees() throws Exception {
        Python.run(folder, """
                from scipy.signal import convolve2d
                with open('cases', 'w') as cases:
                    for n in range(30):
                        shape, taps = random.randint(1, 60, 2), random.randint(1, 9, 2)
                        image = random.normal(size=shape)
                        dtype = ['f8', '>f8', 'f4', 'i2', 'u1', 'bool'][n % 6]
                        image = (image * 100).astype(dtype)
                        filters = random.normal(size=(1 + n % 3, *taps))
                        stride = 1 + n % 4
                        np.save('image%d.npy' % n, np.asfortranarray(image) if n % 2 else image)
                        np.save('filters%d.npy' % n, filters[0] if len(filters) == 1 else filters)
                        np.save('expected%d.npy' % n, np.array(
                                [convolve2d(image.astype('f8'), f)[::stride, ::stride] for f in filters]))
                        print(stride, file=cases)
                """);
        var strides = Files.readAllLines(folder.resolve("cases"));
        for (var n = 0; n < strides.size(); n++) {
            var job = described(
                    Map.of("stride", strides.get(n), "form", n % 2 == 0 ? "full" : "strided"),
                    folder.resolve("image" + n + ".npy"),
                    folder.resolve("filters" + n + ".npy"));
            var expected = array(Files.readAllBytes(folder.resolve("expected" + n + ".npy")));
            var file = new ByteArrayOutputStream();
            job.write(OutputSource.of(kernel.compute(job, work, 0, job.items())), Ranges.of(0, job.items()), file);
            Files.write(folder.resolve("actual" + n + ".npy"), file.toByteArray());
            var actual = array(file.toByteArray());
            assertThat(actual.header().shape())
                    .as("case %d", n)
                    .isEqualTo(expected.header().shape());
            for (var i = 0; i < actual.header().elements(); i++) {
                assertThat(actual.part(i, 0)).as("case %d", n).isCloseTo(expected.part(i, 0), within(1e-9));
            }
        }
        Python.run(folder, """
                for n in range(30):
                    np.testing.assert_allclose(
                            np.load('actual%d.npy' % n), np.load('expected%d.npy' % n), rtol=1e-12, atol=1e-11)
                """);
    }

    @Test
    void missingRowsAreNaN() throws Exception {
        var job = job(Form.FULL, 1, NpyFile.doubles(() -> 1, 3, 4), NpyFile.doubles(() -> 2, 1, 1), 3, 4, 1, 1, 1);
        var done = Ranges.of(1, 2);
        var file = new ByteArrayOutputStream();
        job.write(OutputSource.of(kernel.compute(job, work, 1, 2)), done, file);
        var array = array(file.toByteArray());
        assertThat(array.part(3, 0)).isNaN();
        assertThat(array.part(4, 0)).isEqualTo(2);
        assertThat(array.part(8, 0)).isNaN();
    }

    @Test
    void filtersThatAreNotFiniteAreRefused() {
        var job = job(
                Form.FULL, 1, NpyFile.doubles(() -> 1, 3, 4), NpyFile.doubles(() -> Double.NaN, 1, 1), 3, 4, 1, 1, 1);
        assertThatThrownBy(() -> kernel.compute(job, work, 0, 1))
                .isInstanceOf(BadInput.class)
                .hasMessage("number 0 of filter 0 is NaN, allowed: finite ones");
    }

    @Test
    void shapesThatTheJobDoesNotSayAreRefused() {
        var job = job(Form.FULL, 1, NpyFile.doubles(() -> 1, 3, 4), NpyFile.doubles(() -> 1, 1, 1), 4, 3, 1, 1, 1);
        assertThatThrownBy(() -> kernel.compute(job, work, 0, 1))
                .isInstanceOf(BadInput.class)
                .hasMessage("the image has the shape (3, 4), the job says (4, 3)");
    }

    @Test
    void shapesFollowFromTheFiles() throws Exception {
        var image = Files.write(folder.resolve("i.npy"), NpyFile.doubles(() -> 1, 3, 4));
        var filters = Files.write(folder.resolve("f.npy"), NpyFile.doubles(() -> 1, 7, 2, 5));
        var job = described(Map.of(), image, filters);
        assertThat(job.height()).isEqualTo(3);
        assertThat(job.width()).isEqualTo(4);
        assertThat(job.filterCount()).isEqualTo(7);
        assertThat(job.outHeight()).isEqualTo(4);
        assertThat(job.outWidth()).isEqualTo(8);
        assertThatThrownBy(() -> described(Map.of("width", "5"), image, filters))
                .isInstanceOf(BadInput.class)
                .hasMessage("--width is '5', but " + image + " makes it 4");
        assertThatThrownBy(() -> described(Map.of(), filters, filters))
                .hasMessage(filters + " has the shape (7, 2, 5), allowed: 2 axes");
        Files.writeString(image, "not an array");
        assertThatThrownBy(() -> described(Map.of(), image, filters))
                .hasMessage(image + " is no array that can be used: it does not begin as a .npy file does");
    }

    private Convolve described(Map<String, String> options, Path image, Path filters) throws IOException {
        var texts = new HashMap<>(options);
        texts.put("image", image.toString());
        texts.put("filters", filters.toString());
        var type = KernelType.of(Convolve.class);
        var complete = type.complete(texts);
        complete.put("image", work.put(Files.readAllBytes(image)).toString());
        complete.put("filters", work.put(Files.readAllBytes(filters)).toString());
        return type.parse(complete);
    }

    private Convolve job(
            Form form,
            int stride,
            byte[] image,
            byte[] filters,
            int height,
            int width,
            int filterCount,
            int filterHeight,
            int filterWidth) {
        return new Convolve(
                work.put(image),
                work.put(filters),
                stride,
                form,
                height,
                width,
                filterCount,
                filterHeight,
                filterWidth);
    }

    private byte[] inPieces(Convolve job, Random random) throws Exception {
        var bytes = new ByteArrayOutputStream();
        for (var first = 0L; first < job.items(); ) {
            var end = Math.min(job.items(), first + random.nextInt(1, 60));
            bytes.writeBytes(kernel.compute(job, work, first, end));
            first = end;
        }
        return bytes.toByteArray();
    }

    private static NpyArray array(byte[] file) {
        return new NpyArray("array", MemorySegment.ofArray(file));
    }

    private static double[] doubles(byte[] bytes) {
        var doubles = new double[bytes.length / Double.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asDoubleBuffer().get(doubles);
        return doubles;
    }
}

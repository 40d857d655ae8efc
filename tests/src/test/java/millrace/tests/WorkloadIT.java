package millrace.tests;

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
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.DoubleSupplier;
import millrace.client.JobFailed;
import millrace.client.JobOptions;
import millrace.client.Millrace;
import millrace.proto.Blob;
import millrace.proto.Counts;
import millrace.proto.Description;
import millrace.proto.Ending;
import millrace.proto.KernelType;
import millrace.proto.Policy;
import millrace.proto.Result.FailureKind;
import millrace.proto.arrays.Npy;
import millrace.proto.arrays.NpyArray;
import millrace.proto.arrays.NpyType;
import millrace.proto.kernels.Convolve;
import millrace.proto.kernels.Mlp;
import millrace.proto.kernels.PrefixCount;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Jobs over shared files, on a fleet of two workers of one core each: what one fleet computes, any fleet does.
class WorkloadIT {
    @RegisterExtension
    static final TestBroker BROKER = new TestBroker();

    @TempDir
    static Path folder;

    private static Millrace client;

    @BeforeAll
    static void start() {
        var fleet = BROKER.fleet().withRoles();
        for (var worker = 0; worker < 2; worker++) {
            fleet.worker(1, "-Djava.io.tmpdir=" + folder);
        }
        client = fleet.client();
        fleet.awaitWorkers(client, 2);
    }

    /// The figures are those of a program in numpy that has all documents in memory.
    @Test
    void prefixesOfTwentyDocumentsAreThoseOfTheOracle() throws Exception {
        var output = client.submit(new PrefixCount(Blob.EMPTY, 20, 10_000, false, 1234, 19, 4))
                .get(TestFleet.PATIENCE);
        var digest = MessageDigest.getInstance("SHA-256");
        var lengths = new TreeMap<Boolean, Integer>();
        Counts.read(output.canonical().readAll(), (bytes, from, length, count) -> {
            assertThat(count).isGreaterThanOrEqualTo(4);
            lengths.merge(length == 1, 1, Integer::sum);
            digest.update((byte) length);
            digest.update(bytes, from, length);
        });
        assertThat(lengths).isEqualTo(Map.of(true, 256, false, 23_899));
        assertThat(HexFormat.of().formatHex(digest.digest())).startsWith("7c65e66e9492ed1a");
    }

    /// The other fleet's aggregator may hold about a tenth of the counts.
    @Test
    void countsBeyondTheAggregatorsMemoryHaveTheBytesOfOneTable() throws Exception {
        var job = new PrefixCount(Blob.EMPTY, 80, 1_000, false, 1234, 19, 2);
        var expected = client.submit(job).get(TestFleet.PATIENCE);
        try (var fleet = BROKER.fleet()) {
            fleet.role("producer", Map.of("producer.job-partitions", "1", "producer.task-partitions", "1"));
            fleet.role("aggregator", Map.of("aggregator.job-bytes-max", Integer.toString(1 << 20)));
            fleet.worker(1, "-Djava.io.tmpdir=" + folder);
            var small = fleet.client();
            fleet.awaitWorkers(small, 1);
            var output = small.submit(job, JobOptions.DEFAULT.withPolicy(Policy.DEFAULT.withTaskItems(2)))
                    .get(TestFleet.PATIENCE);
            assertThat(output.digest()).isEqualTo(expected.digest());
            assertThat(output.ending().output())
                    .isNotNull()
                    .extracting(Ending.OutputPlace::parts)
                    .isEqualTo(true);
            assertThat(output.canonical().readAll())
                    .isEqualTo(expected.canonical().readAll());
        }
    }

    @Test
    void textIsCountedAcrossItsBlocks() throws Exception {
        var file = Files.writeString(folder.resolve("text"), "mill race\n".repeat(50_000));
        var job = described(PrefixCount.class, Map.of("at-least", "1"), Map.of("file", file));
        assertThat(client.submit(job).get(TestFleet.PATIENCE).text())
                .isEqualTo("50000\tm\n50000\tmi\n50000\tmil\n50000\tr\n50000\tra\n50000\trac");
    }

    @Test
    void convolutionHasTheSameBytesInBothFormsAndForAnyCut() throws Exception {
        var random = new Random(1);
        var files = Map.of(
                "image", array("image", NpyType.FLOAT64, random::nextDouble, 500, 700),
                "filters", array("filters", NpyType.FLOAT64, random::nextGaussian, 6, 4, 4));
        var full = described(Convolve.class, Map.of("stride", "5", "form", "full"), files);
        var strided = described(Convolve.class, Map.of("stride", "5", "form", "strided"), files);
        var output = client.submit(full).get(TestFleet.PATIENCE);
        assertThat(client.submit(strided).get(TestFleet.PATIENCE).digest()).isEqualTo(output.digest());
        assertThat(client.submit(full, JobOptions.DEFAULT.withPolicy(Policy.DEFAULT.withTaskItems(77)))
                        .get(TestFleet.PATIENCE)
                        .digest())
                .isEqualTo(output.digest());
        var file = new ByteArrayOutputStream();
        output.writeTo(file);
        var result = new NpyArray("result", MemorySegment.ofArray(file.toByteArray()));
        assertThat(result.header().shapeText()).isEqualTo("(6, 101, 141)");
        var image = new NpyArray("image", MemorySegment.ofArray(Files.readAllBytes(files.get("image"))));
        var filters = new NpyArray("filters", MemorySegment.ofArray(Files.readAllBytes(files.get("filters"))));
        assertThat(result.part(0, 0)).isEqualTo(filters.part(0, 0) * image.part(0, 0));
    }

    @Test
    void netGivesTheSameBytesForAnyCut() throws Exception {
        var random = new Random(2);
        var files = Map.of(
                "inputs", array("inputs", NpyType.FLOAT32, random::nextDouble, 300, 784),
                "hidden-weights", array("w", NpyType.FLOAT32, () -> random.nextGaussian() / 28, 784, 512),
                "hidden-bias", array("b", NpyType.FLOAT32, random::nextGaussian, 512),
                "output-weights", array("v", NpyType.FLOAT32, () -> random.nextGaussian() / 22, 512, 10),
                "output-bias", array("c", NpyType.FLOAT32, random::nextGaussian, 10));
        var job = described(Mlp.class, Map.of("repeats", "20"), files);
        var output = client.submit(job).get(TestFleet.PATIENCE);
        assertThat(client.submit(job, JobOptions.DEFAULT.withPolicy(Policy.DEFAULT.withTaskItems(123)))
                        .get(TestFleet.PATIENCE)
                        .digest())
                .isEqualTo(output.digest());
        var bytes = output.canonical().readAll();
        var once = Arrays.copyOf(bytes, bytes.length / 20);
        for (var repeat = 1; repeat < 20; repeat++) {
            assertThat(Arrays.copyOfRange(bytes, repeat * once.length, (repeat + 1) * once.length))
                    .isEqualTo(once);
        }
        var probabilities = new float[10];
        ByteBuffer.wrap(once).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(probabilities);
        var sum = 0f;
        for (var probability : probabilities) {
            sum += probability;
        }
        assertThat(sum).isCloseTo(1, within(1e-5f));
        assertThat(output.ending().tally().extra().warmNanos()).isPositive();
    }

    @Test
    void fileThatIsAnotherThanTheJobSaysFailsItForGood() throws Exception {
        var files = Map.of(
                "image", array("small", NpyType.FLOAT64, () -> 1, 3, 4),
                "filters", array("one", NpyType.FLOAT64, () -> 1, 1, 1));
        var right = described(Convolve.class, Map.of(), files);
        var wrong = new Convolve(right.image(), right.filters(), 1, Convolve.Form.FULL, 30, 40, 1, 1, 1);
        assertThatThrownBy(() -> client.submit(wrong).get(TestFleet.PATIENCE))
                .isInstanceOfSatisfying(JobFailed.class, e -> {
                    assertThat(e.ending().reason()).contains("the image has the shape (3, 4), the job says (30, 40)");
                    assertThat(e.ending().failure()).extracting("kind").isEqualTo(FailureKind.BAD_PARAMETERS);
                });
    }

    /// As the command line does it: what follows from files is read from them, then their blobs are put.
    private static <D extends Description> D described(
            Class<D> description, Map<String, String> options, Map<String, Path> files) throws IOException {
        var texts = new TreeMap<>(options);
        files.forEach((parameter, file) -> texts.put(parameter, file.toString()));
        var complete = KernelType.of(description).complete(texts);
        for (var file : files.entrySet()) {
            complete.put(file.getKey(), client.put(file.getValue()).toString());
        }
        return KernelType.of(description).parse(complete);
    }

    private static Path array(String name, NpyType type, DoubleSupplier values, long... shape) throws IOException {
        var header = Npy.of(type, shape);
        var bytes = Arrays.copyOf(header.header(), (int) header.fileBytes());
        var numbers = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).position(header.headerBytes());
        while (numbers.hasRemaining()) {
            if (type == NpyType.FLOAT32) {
                numbers.putFloat((float) values.getAsDouble());
            } else {
                numbers.putDouble(values.getAsDouble());
            }
        }
        return Files.write(folder.resolve(name + ".npy"), bytes);
    }
}

package millrace.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import millrace.client.Millrace;
import millrace.client.Output;
import millrace.proto.Blob;
import millrace.proto.Counts;
import millrace.proto.Description;
import millrace.proto.Ending;
import millrace.proto.KernelType;
import millrace.proto.WorkerCost;
import millrace.proto.kernels.Convolve;
import millrace.proto.kernels.Mlp;
import millrace.proto.kernels.PrefixCount;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The three public benchmarks in full size: shared data, state, warm models. Each on one worker and on three, of which
/// one is killed in the middle, with an aggregator of 256 MB; numpy and scipy compute the same. Takes three minutes:
/// `-Dmillrace.loads=full`.
@EnabledIfSystemProperty(named = "millrace.loads", matches = "full")
class LoadsIT {
    @RegisterExtension
    static final TestBroker BROKER = new TestBroker();

    private static final int FILTERS = 200;
    private static final int REPEATS = 20;

    private static final String MAKE = """
            import numpy as np, sys
            folder = sys.argv[1] + '/'
            r = np.random.RandomState(42)
            np.save(folder + 'image.npy', r.uniform(size=(3000, 3000)))
            np.save(folder + 'filters.npy', r.normal(size=(%d, 4, 4)))
            r = np.random.RandomState(7)
            f = np.float32
            np.save(folder + 'inputs.npy', r.uniform(size=(10000, 784)).astype(f))
            np.save(folder + 'hidden-weights.npy', (r.normal(size=(784, 512)) / 28).astype(f))
            np.save(folder + 'hidden-bias.npy', r.normal(size=512).astype(f))
            np.save(folder + 'output-weights.npy', (r.normal(size=(512, 10)) / 22).astype(f))
            np.save(folder + 'output-bias.npy', r.normal(size=10).astype(f))
            """.formatted(FILTERS);

    /// Every result against sums of shifted images, and two of them against scipy's own convolution.
    private static final String CHECK_CONVOLUTION = """
            import numpy as np, sys
            from scipy.signal import convolve2d
            folder = sys.argv[1] + '/'
            image, filters = np.load(folder + 'image.npy'), np.load(folder + 'filters.npy')
            out = np.load(sys.argv[2], mmap_mode='r')
            assert out.shape == (len(filters), 601, 601) and out.dtype == np.float64, (out.shape, out.dtype)
            padded = np.pad(image, 3)
            windows = [[np.ascontiguousarray(padded[3 - i:, 3 - j:][:3003:5, :3003:5])
                        for j in range(4)] for i in range(4)]
            for n, f in enumerate(filters):
                expected = sum(f[i, j] * windows[i][j] for i in range(4) for j in range(4))
                assert np.allclose(out[n], expected, rtol=1e-12, atol=1e-12), n
            for n in (0, len(filters) - 1):
                assert np.allclose(out[n], convolve2d(image, filters[n])[::5, ::5], rtol=1e-12, atol=1e-12), n
            print(repr(float(out[0].sum())))
            """;

    private static final String CHECK_NET = """
            import numpy as np, sys
            folder = sys.argv[1] + '/'
            load = lambda name: np.load(folder + name + '.npy')
            hidden = np.maximum(load('inputs') @ load('hidden-weights') + load('hidden-bias'), 0)
            logits = (hidden @ load('output-weights') + load('output-bias')).astype(np.float64)
            e = np.exp(logits - logits.max(axis=1, keepdims=True))
            expected = e / e.sum(axis=1, keepdims=True)
            out = np.load(sys.argv[2], mmap_mode='r').reshape(-1, 10000, 10)
            print(len(out), max(float(np.max(np.abs(part - expected) / expected)) for part in out))
            """;

    /// By benchmark: what one fleet computed, the other computes, too.
    private static final Map<String, String> DIGESTS = new TreeMap<>();

    @TempDir
    static Path folder;

    @BeforeAll
    static void makeArrays() throws Exception {
        python(MAKE, folder);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void benchmarksGiveTheirOraclesThoughAWorkerIsKilled(int workers) throws Exception {
        try (var fleet = BROKER.fleet()) {
            fleet.role("producer", Map.of("producer.job-partitions", "2", "producer.task-partitions", "1"));
            var aggregator = fleet.process("aggregator", List.of("-Xmx256m"));
            var children = new ArrayList<Child>();
            for (var worker = 0; worker < workers; worker++) {
                // Three cores and a heap that cannot hold the image twice.
                children.add(fleet.worker(workers == 1 ? 3 : 1, "-Xmx128m", "-Djava.io.tmpdir=" + folder));
            }
            try (var client = Millrace.connect(fleet.cluster())) {
                fleet.awaitWorkers(client, workers);
                convolution(client, children);
                prefixes(client, children);
                net(client, children);
            }
            assertThat(aggregator.starts()).as("starts of the aggregator").isEqualTo(1);
            assertThat(aggregator.isAlive()).isTrue();
        }
    }

    private static void convolution(Millrace client, List<Child> workers) throws Exception {
        var job = described(
                client,
                Convolve.class,
                Map.of("stride", "5", "form", "full"),
                Map.of("image", folder.resolve("image.npy"), "filters", folder.resolve("filters.npy")));
        var output = runWithAKill("convolve", client, job, workers);
        assertThat(output.canonical().bytes()).isEqualTo(FILTERS * 601L * 601 * Double.BYTES);
        for (var worker : workers) {
            // The image is in it once, whatever its cores, or was not needed again after a restart.
            assertThat(mapped(worker.pid(), job.image().hex())).isLessThanOrEqualTo(1);
        }
        var file = folder.resolve("convolved.npy");
        output.save(file);
        var sum = Double.parseDouble(python(CHECK_CONVOLUTION, folder, file).strip());
        Files.delete(file);
        assertThat(sum / -1204801.8718995696 - 1).isBetween(-1e-12, 1e-12);
    }

    private static void prefixes(Millrace client, List<Child> workers) throws Exception {
        var output = runWithAKill(
                "prefix-count", client, new PrefixCount(Blob.EMPTY, 20, 10_000, false, 1234, 19, 4), workers);
        var digest = MessageDigest.getInstance("SHA-256");
        var counts = new int[1];
        Counts.read(output.canonical().readAll(), (bytes, from, length, count) -> {
            assertThat(count).isGreaterThanOrEqualTo(4);
            counts[0]++;
            digest.update((byte) length);
            digest.update(bytes, from, length);
        });
        assertThat(counts[0]).isEqualTo(24_155);
        assertThat(HexFormat.of().formatHex(digest.digest())).startsWith("7c65e66e9492ed1a");
    }

    private static void net(Millrace client, List<Child> workers) throws Exception {
        var files = new TreeMap<String, Path>();
        for (var name : List.of("inputs", "hidden-weights", "hidden-bias", "output-weights", "output-bias")) {
            files.put(name, folder.resolve(name + ".npy"));
        }
        var job = described(client, Mlp.class, Map.of("repeats", Integer.toString(REPEATS)), files);
        var output = runWithAKill("mlp", client, job, workers);
        var file = folder.resolve("probabilities.npy");
        output.save(file);
        var told = python(CHECK_NET, folder, file).strip().split(" ");
        assertThat(told[0]).isEqualTo(Integer.toString(REPEATS));
        assertThat(Double.parseDouble(told[1])).as("relative error").isLessThan(1e-5);
    }

    /// Kills a worker in the middle of the job; its supervisor starts it again.
    private static Output runWithAKill(String name, Millrace client, Description description, List<Child> workers)
            throws Exception {
        var job = client.submit(description);
        job.progress(); // follows from now on
        var victim = workers.getFirst();
        var killed = victim.pid();
        await(job.id() + " has begun")
                .atMost(TestFleet.PATIENCE)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> job.progress().fraction() > 0);
        victim.kill();
        assertThat(job.progress().fraction()).as("done of %s at the kill", name).isLessThan(1);
        await("another start of the worker").atMost(TestFleet.PATIENCE).until(() -> victim.pid() != killed);
        var output = job.get(TestFleet.PATIENCE);
        assertThat(output.ending().state()).isEqualTo(Ending.State.SUCCEEDED);
        assertThat(output.digest()).isEqualTo(DIGESTS.computeIfAbsent(name, _ -> output.digest()));
        tell(name, workers.size(), output.ending());
        return output;
    }

    private static void tell(String name, int workers, Ending ending) {
        var tally = ending.tally();
        var heaps = tally.detail().workers().stream()
                .mapToLong(WorkerCost::heapPeak)
                .max()
                .orElse(0);
        var resident = tally.detail().workers().stream()
                .mapToLong(WorkerCost::residentPeak)
                .max()
                .orElse(0);
        System.out.printf(
                Locale.ROOT,
                "%s, workers: %d; %.1f s, CPU %.1f s, tasks %d, twice %d, output %d MB, blobs %d MB in %.1f s,"
                        + " warm-up %.1f s, a worker's heap up to %d MB, resident up to %d MB%n",
                name,
                workers,
                (ending.endedMillis() - ending.submittedMillis()) / 1e3,
                tally.cpuNanos() / 1e9,
                tally.tasks(),
                tally.duplicates(),
                tally.valueBytes() / 1_000_000,
                tally.extra().blobBytes() / 1_000_000,
                tally.extra().blobNanos() / 1e9,
                tally.extra().warmNanos() / 1e9,
                heaps / 1_000_000,
                resident / 1_000_000);
    }

    /// How often a process has mapped a file whose name has the text.
    private static long mapped(long pid, String text) throws IOException {
        try (var lines = Files.lines(Path.of("/proc", Long.toString(pid), "maps"))) {
            return lines.filter(line -> line.contains(text)).count();
        }
    }

    private static <D extends Description> D described(
            Millrace client, Class<D> description, Map<String, String> options, Map<String, Path> files)
            throws IOException {
        var texts = new TreeMap<>(options);
        files.forEach((parameter, file) -> texts.put(parameter, file.toString()));
        var complete = KernelType.of(description).complete(texts);
        for (var file : files.entrySet()) {
            complete.put(file.getKey(), client.put(file.getValue()).toString());
        }
        return KernelType.of(description).parse(complete);
    }

    /// What a script prints.
    private static String python(String script, Path... arguments) throws Exception {
        var command = new ArrayList<>(List.of("/usr/bin/python3", "-c", script));
        Arrays.stream(arguments).map(Path::toString).forEach(command::add);
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }
}

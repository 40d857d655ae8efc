package millrace.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import millrace.cli.EmbeddedFleet;
import millrace.client.Millrace;
import millrace.proto.Cluster;
import millrace.proto.ExitCode;
import millrace.proto.Refusal;
import millrace.proto.Topics;
import millrace.proto.Wire;
import millrace.proto.kernels.Spin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// Two starts. A cold run: the launcher, a fleet of its own, a small job, its output. And a worker's: its JVM, with the
/// launcher's archive of what workers load, for a fleet that is up and has a job of one item and nobody to compute it.
///
/// A worker waits for the share group to let it in, which is the brokers' doing and depends on their settings. So it
/// is measured by itself, with a client that is warm, and allowed for.
final class Start implements Benchmark {
    private static final double COLD_RUN_SECONDS_MAX = 5;
    private static final double WORKER_SECONDS_MAX = 1;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int LAST_LINES = 5;

    @Override
    public String name() {
        return "start";
    }

    @Override
    public String summary() {
        return "a cold 'millrace run primes --to 1e6', from the shell to the output; a worker, to its first task";
    }

    @Override
    public List<Figure> run(Bench bench) throws Exception {
        var launcher = launcher();
        var seconds = new ArrayList<Double>();
        try (var home = new BenchFolder(bench.data())) { // finds no fleet that is up
            for (var run = 0; run < bench.runs(); run++) {
                seconds.add(once(launcher, home.path()));
            }
        }
        var figures =
                new ArrayList<>(List.of(Figure.atMost(COLD_RUN_SECONDS_MAX, "cold run of a small job", "s", seconds)));
        figures.addAll(workers(bench));
        return figures;
    }

    private static List<Figure> workers(Bench bench) throws Exception {
        var joins = new ArrayList<Double>();
        var starts = new ArrayList<Double>();
        try (var fleet = bench.fleet(0, bench.cores(), Map.of());
                var millrace = Millrace.connect(fleet.cluster())) {
            var _ = join(fleet.cluster());
            for (var run = 0; run < bench.runs(); run++) {
                joins.add(join(fleet.cluster()));
                starts.add(worker(fleet, millrace));
                bench.say()
                        .accept("worker: %.2f s, the group lets a client in after %.2f s"
                                .formatted(starts.getLast(), joins.getLast()));
            }
        }
        var join = Figure.of("the share group lets a warm client in, which is allowed for", "s", joins);
        return List.of(
                Figure.atMost(
                        WORKER_SECONDS_MAX + join.median(),
                        "a worker, from its start to the end of a job that waits for it",
                        "s",
                        starts),
                join);
    }

    // From subscribing to the first assignment: what a worker's lane waits for, without its JVM.
    private static double join(Cluster cluster) {
        var settings = cluster.client(Map.of(
                ConsumerConfig.GROUP_ID_CONFIG,
                Topics.workersGroup(cluster.fleet()),
                ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class.getName(),
                ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class.getName()));
        try (var consumer = new KafkaShareConsumer<byte[], byte[]>(settings)) {
            var started = System.nanoTime();
            consumer.subscribe(List.of(new Wire(cluster.fleet()).tasks().topic()));
            while (!isMember(consumer)) {
                var _ = consumer.poll(Duration.ofMillis(5));
                if (System.nanoTime() - started > PATIENCE.toNanos()) {
                    throw new Refusal(ExitCode.KAFKA, "the share group lets nobody in");
                }
            }
            return (System.nanoTime() - started) / 1e9;
        }
    }

    private static boolean isMember(KafkaShareConsumer<byte[], byte[]> consumer) {
        return consumer.metrics().values().stream()
                .filter(metric -> metric.metricName().name().equals("rebalance-total"))
                .anyMatch(metric -> metric.metricValue() instanceof Double count && count > 0);
    }

    // The job's task is out long before the JVM is up. Stopped in good order, the worker leaves its group, and the next
    // one finds nobody else in it.
    private static double worker(EmbeddedFleet fleet, Millrace millrace) throws Exception {
        var job = millrace.submit(new Spin(1, 0));
        var command = new ProcessBuilder(fleet.workerCommand())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        var started = System.nanoTime();
        var worker = command.start();
        try {
            var ending = job.ending(PATIENCE);
            var seconds = (System.nanoTime() - started) / 1e9;
            Bench.check("the sum of one item", job.output(ending).text().strip(), "0");
            return seconds;
        } finally {
            worker.destroy();
            if (!worker.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                worker.destroyForcibly();
            }
        }
    }

    private static double once(Path launcher, Path home) throws IOException, InterruptedException, WrongAnswer {
        var errors = home.resolve("stderr");
        var run =
                new ProcessBuilder(launcher.toString(), "run", "primes", "--to", "1e6").redirectError(errors.toFile());
        run.environment().remove("MILLRACE_BOOTSTRAP_SERVERS");
        for (var name : List.of("XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")) {
            run.environment().put(name, home.toString());
        }
        var started = System.nanoTime();
        var process = run.start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        var status = process.waitFor();
        var seconds = (System.nanoTime() - started) / 1e9;
        if (status != ExitCode.SUCCEEDED.number()) {
            throw new Refusal(
                    ExitCode.MACHINE,
                    "'millrace run' ended with status %d:\n%s".formatted(status, last(Files.readString(errors))));
        }
        Bench.check("the number of primes below 1e6", output.strip(), "78498");
        return seconds;
    }

    /// The last lines, in which a command says why it gives up.
    static String last(String text) {
        var lines = text.strip().lines().toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
    }

    private static Path launcher() {
        var launcher = Benchmarks.home().resolve("millrace");
        if (!Files.isExecutable(launcher)) {
            throw new Refusal(ExitCode.MACHINE, "the launcher is not at " + launcher + "; use ./millrace bench start");
        }
        return launcher;
    }
}

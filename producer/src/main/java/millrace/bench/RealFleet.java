package millrace.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import millrace.cli.EmbeddedBroker;
import millrace.client.JobOptions;
import millrace.client.Millrace;
import millrace.client.WorkerSummary;
import millrace.proto.Cluster;
import millrace.proto.Policy;
import millrace.proto.Refusal;
import millrace.proto.kernels.Spin;

/// A broker here and every role in a process of its own: a fleet whose parts can be killed one by one.
final class RealFleet implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /// What a producer or an aggregator has to do with, whatever passes through it.
    static final int HEAP_MEGABYTES = 256;

    private static final int WORKER_HEAP_MEGABYTES = 512;

    /// A task for each item.
    static final JobOptions SINGLE = JobOptions.DEFAULT.withPolicy(Policy.DEFAULT.withTaskItems(1));

    private final BenchFolder folder;
    private final EmbeddedBroker broker;
    private final List<RoleProcess> processes = new ArrayList<>();
    final RoleProcess aggregator;
    private final Cluster cluster;
    final Millrace millrace;

    RealFleet(Path data) throws IOException {
        this(data, _ -> List.of());
    }

    /// @param arguments for the producer and the aggregator, by role
    RealFleet(Path data, Function<String, List<String>> arguments) throws IOException {
        folder = new BenchFolder(data);
        broker = EmbeddedBroker.start(folder.path());
        cluster = Cluster.at(broker.bootstrapServers(), "bench");
        try {
            start("producer", arguments.apply("producer"));
            aggregator = start("aggregator", arguments.apply("aggregator"));
            millrace = connect(cluster);
        } catch (IOException | RuntimeException e) {
            stop();
            throw e;
        }
    }

    // Once the producer has made the topics, which on a machine with much to do takes longer than clients wait.
    private static Millrace connect(Cluster cluster) {
        var until = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                return Millrace.connect(cluster);
            } catch (Refusal e) {
                if (System.nanoTime() > until) {
                    throw e;
                }
            }
        }
    }

    RoleProcess start(String role, List<String> arguments) throws IOException {
        var started = RoleProcess.of(role, cluster, HEAP_MEGABYTES, arguments);
        processes.add(started);
        return started;
    }

    /// Starts a worker and does not wait for it.
    ///
    /// @param settings each `KEY=VALUE`
    RoleProcess launchWorker(int cores, String... settings) throws IOException {
        var arguments = new ArrayList<String>();
        for (var setting : settings) {
            arguments.addAll(List.of("--set", setting));
        }
        var worker = RoleProcess.worker(cluster, cores, WORKER_HEAP_MEGABYTES, arguments);
        processes.add(worker);
        return worker;
    }

    /// Starts a worker of one core and waits until it has been heard of.
    RoleProcess startWorker() throws IOException {
        return startWorker(1);
    }

    /// Starts a worker and waits until it has been heard of.
    ///
    /// @param settings each `KEY=VALUE`
    RoleProcess startWorker(int cores, String... settings) throws IOException {
        var worker = launchWorker(cores, settings);
        var until = System.nanoTime() + PATIENCE.toNanos();
        while (live().stream().noneMatch(one -> isOf(one, worker))) {
            if (System.nanoTime() > until) {
                throw new IOException("worker " + worker.pid() + " does not come");
            }
        }
        return worker;
    }

    /// As `millrace up` does once the first workers have come; a cluster of its own has such heartbeats from the start.
    void settle() {
        EmbeddedBroker.settle(cluster);
    }

    /// Whether that worker is this process: a worker's name holds its host, its process and some random digits.
    static boolean isOf(WorkerSummary worker, RoleProcess process) {
        return worker.heartbeat().worker().contains("-" + process.pid() + "-");
    }

    /// The processes of all roles that were started; the broker is in this one.
    List<RoleProcess> processes() {
        return List.copyOf(processes);
    }

    /// CPU seconds of all roles since they started and of this process, which has the broker.
    ///
    /// @throws IllegalStateException when one has ended
    double cpuSeconds() {
        var cpu = ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
        for (var process : processes) {
            cpu = cpu.plus(process.cpu());
        }
        return cpu.toNanos() / 1e9;
    }

    /// The workers that give signs of life.
    List<WorkerSummary> live() {
        return millrace.workers(Duration.ofMillis(300)).stream()
                .filter(WorkerSummary::live)
                .toList();
    }

    /// Returns when each worker has computed: one that was only heard of may not be in the share group yet.
    void warmUp(Bench bench) throws Exception {
        do {
            var _ = bench.time(millrace, new Spin(200, 1_000), SINGLE);
        } while (live().stream().anyMatch(worker -> worker.heartbeat().tasks() == 0));
    }

    static void sleep(Duration time) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(time.toNanos());
    }

    @Override
    public void close() {
        millrace.close();
        stop();
    }

    private void stop() {
        processes.forEach(RoleProcess::close);
        broker.close();
        folder.close();
    }
}

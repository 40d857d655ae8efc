package millrace.bench;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import millrace.cli.EmbeddedBroker;
import millrace.client.Millrace;
import millrace.client.WorkerSummary;
import millrace.proto.Cluster;

/// A broker here and every role in a process of its own: a fleet whose parts can be killed one by one.
final class RealFleet implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Path folder;
    private final EmbeddedBroker broker;
    private final List<RoleProcess> processes = new ArrayList<>();
    final RoleProcess aggregator;
    private final Cluster cluster;
    final Millrace millrace;

    RealFleet(Path data) throws IOException {
        Files.createDirectories(data);
        folder = Files.createTempDirectory(data, "bench-");
        broker = EmbeddedBroker.start(folder);
        cluster = Cluster.at(broker.bootstrapServers(), "bench");
        start("producer", List.of());
        aggregator = start("aggregator", List.of());
        millrace = Millrace.connect(cluster);
    }

    RoleProcess start(String role, List<String> arguments) throws IOException {
        var started = new RoleProcess(role, cluster, arguments);
        processes.add(started);
        return started;
    }

    /// Starts a worker of one core and waits until it has been heard of.
    RoleProcess startWorker() throws IOException {
        var worker = start("worker", List.of("--set", "worker.cores=1"));
        var until = System.nanoTime() + PATIENCE.toNanos();
        while (live().stream().noneMatch(one -> isOf(one, worker))) {
            if (System.nanoTime() > until) {
                throw new IOException("worker " + worker.pid() + " does not come");
            }
        }
        return worker;
    }

    /// Whether that worker is this process: a worker's name holds its host, its process and some random digits.
    static boolean isOf(WorkerSummary worker, RoleProcess process) {
        return worker.heartbeat().worker().contains("-" + process.pid() + "-");
    }

    /// The workers that give signs of life.
    List<WorkerSummary> live() {
        return millrace.workers(Duration.ofMillis(300)).stream()
                .filter(WorkerSummary::live)
                .toList();
    }

    static void sleep(Duration time) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(time.toNanos());
    }

    @Override
    public void close() throws IOException {
        millrace.close();
        processes.forEach(RoleProcess::close);
        broker.close();
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path of, IOException problem) throws IOException {
                Files.delete(of);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}

package millrace.tests;

import static org.awaitility.Awaitility.await;

import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import millrace.client.Job;
import millrace.client.Millrace;
import millrace.client.WorkerSummary;
import millrace.proto.Cluster;
import millrace.proto.Role;
import millrace.proto.blobs.BlobFolder;

/// A fleet of its own on the tests' broker. Its roles are processes that can be killed, or run in this JVM.
final class TestFleet implements AutoCloseable {
    /// Long enough for a machine that has much else to do; what is meant to be fast says so itself.
    static final Duration PATIENCE = Duration.ofMinutes(3);

    private static final List<String> JAVA = List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:+UseCompactObjectHeaders",
            "-XX:-UsePerfData",
            "-Xshare:auto",
            "--sun-misc-unsafe-memory-access=allow",
            "--enable-native-access=ALL-UNNAMED");

    private final Cluster cluster;
    private final List<Child> children = Collections.synchronizedList(new ArrayList<>());
    private final Deque<Runnable> closing = new ConcurrentLinkedDeque<>();

    TestFleet(String bootstrapServers, String name) {
        cluster = Cluster.at(bootstrapServers, name);
    }

    Cluster cluster() {
        return cluster;
    }

    /// Starts a producer and an aggregator in this JVM.
    TestFleet withRoles() {
        role("producer", Map.of("producer.job-partitions", "2", "producer.task-partitions", "1"));
        role("aggregator", Map.of());
        return this;
    }

    /// Plays a role in this JVM.
    Role.Running role(String name, Map<String, String> flags) {
        var role = RoleMain.start(name, cluster, flags);
        closing.push(role::close);
        return role;
    }

    /// Plays a role in a process of its own.
    Child process(String name, String... flags) {
        return process(name, List.of(), flags);
    }

    /// @param options of its JVM
    Child process(String name, List<String> options, String... flags) {
        var command = new ArrayList<>(java(options));
        command.addAll(List.of(RoleMain.class.getName(), name, cluster.bootstrapServers(), cluster.fleet()));
        command.addAll(List.of(flags));
        return add(new Child(name + "-" + children.size(), command, false));
    }

    /// Starts a main class from another class path than this JVM's, for a short life.
    ///
    /// @param name    of the process, before its number
    /// @param command the class and its arguments
    Child process(String name, List<Path> classPath, List<String> command) {
        var path = classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
        return add(new Child(
                name + "-" + children.size(),
                Stream.of(JAVA, List.of("-XX:TieredStopAtLevel=1", "-cp", path), command)
                        .flatMap(List::stream)
                        .toList(),
                false));
    }

    /// Starts a worker, which is started again whenever it ends.
    ///
    /// @param options of its JVM
    Child worker(int cores, String... options) {
        var command = new ArrayList<>(java(List.of(options)));
        command.addAll(List.of(
                "millrace.worker.Main",
                "--bootstrap-server",
                cluster.bootstrapServers(),
                "--fleet",
                cluster.fleet(),
                "--set",
                "worker.cores=" + cores,
                "--exit-with-parent"));
        return add(new Child("worker-" + children.size(), command, true));
    }

    private static List<String> java(List<String> options) {
        return Stream.of(JAVA, options, List.of("-cp", System.getProperty("java.class.path")))
                .flatMap(List::stream)
                .toList();
    }

    /// A client of it, closed with it.
    Millrace client() {
        var client = Millrace.connect(cluster);
        closing.push(client::close);
        return client;
    }

    /// A client that puts files into a folder.
    Millrace client(BlobFolder folder) {
        var client = Millrace.connect(cluster, folder);
        closing.push(client::close);
        return client;
    }

    /// Waits until so many workers live.
    ///
    /// @return their ids
    List<String> awaitWorkers(Millrace client, int number) {
        return await().atMost(PATIENCE)
                .until(
                        () -> client.workers(Duration.ofSeconds(3)).stream()
                                .filter(WorkerSummary::live)
                                .map(worker -> worker.heartbeat().worker())
                                .toList(),
                        live -> live.size() >= number);
    }

    /// Waits until a part of the job's items is done, or more.
    static void awaitDone(Job job, double fraction) throws InterruptedException {
        job.progress(); // follows from now on
        await("%s is %.0f %% done".formatted(job.id(), 100 * fraction))
                .atMost(PATIENCE)
                .until(() -> job.progress().fraction() >= fraction);
    }

    private Child add(Child child) {
        children.add(child);
        closing.push(child::close);
        return child;
    }

    /// What its processes have said last.
    String logs() {
        synchronized (children) {
            return children.stream().map(Child::log).collect(Collectors.joining());
        }
    }

    /// Ends everything at once, the latest started first. May be called again.
    @Override
    public void close() {
        for (var part = closing.poll(); part != null; part = closing.poll()) {
            part.run();
        }
    }
}

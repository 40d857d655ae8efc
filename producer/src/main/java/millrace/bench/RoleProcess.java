package millrace.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import millrace.cli.EmbeddedFleet;
import millrace.cli.Launcher;
import millrace.cli.Main;
import millrace.proto.Cluster;
import millrace.proto.ExitCode;

/// A role in a process of its own, as on another machine. Its standard input is a pipe that only this process holds, so
/// it sees its end, however it ended, and ends too.
final class RoleProcess implements AutoCloseable {
    private final String role;
    private final Process process;

    private RoleProcess(String role, List<String> command) throws IOException {
        this.role = role;
        process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /// @param heapMegabytes its largest heap
    /// @param arguments     of the role's command, after those that name the cluster
    static RoleProcess of(String role, Cluster cluster, int heapMegabytes, List<String> arguments) throws IOException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heapMegabytes + "m",
                "-XX:+UseSerialGC",
                "-XX:+UseCompactObjectHeaders",
                "-XX:+ExitOnOutOfMemoryError",
                "-Djava.awt.headless=true",
                "--sun-misc-unsafe-memory-access=allow"));
        // As the launcher starts roles.
        command.addAll(Launcher.compilers());
        Launcher.archive("commands.aot").ifPresent(command::add);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), RoleProcess.class.getName(), role));
        command.addAll(arguments(cluster, arguments));
        return new RoleProcess(role, command);
    }

    /// A worker with the options that fleets start theirs with, so that what is measured is what runs.
    ///
    /// @param heapMegabytes its largest heap
    /// @param arguments     after those that name the cluster
    static RoleProcess worker(Cluster cluster, int cores, int heapMegabytes, List<String> arguments)
            throws IOException {
        var all = new ArrayList<>(arguments);
        all.add("--exit-with-parent");
        return new RoleProcess(
                "worker", EmbeddedFleet.workerCommand(cores, (long) heapMegabytes << 20, arguments(cluster, all)));
    }

    private static List<String> arguments(Cluster cluster, List<String> more) {
        var arguments =
                new ArrayList<>(List.of("--bootstrap-server", cluster.bootstrapServers(), "--fleet", cluster.fleet()));
        arguments.addAll(more);
        return arguments;
    }

    long pid() {
        return process.pid();
    }

    String role() {
        return role;
    }

    /// CPU time since it started.
    ///
    /// @throws IllegalStateException when it has ended
    Duration cpu() {
        return process.info().totalCpuDuration().orElseThrow(() -> new IllegalStateException(role + " has ended"));
    }

    /// Resident memory. Where the system has no `/proc`, the peak is what there is at the moment, and no page is known
    /// to be a file's.
    ///
    /// @throws IOException when it has ended, or the system has no `ps` either
    Resident resident() throws IOException {
        var status = Path.of("/proc/" + pid() + "/status");
        if (Files.isReadable(status)) {
            return Resident.of(Files.readString(status));
        }
        var ps = new ProcessBuilder("ps", "-o", "rss=", "-p", Long.toString(pid())).start();
        try (var answer = ps.inputReader(StandardCharsets.US_ASCII)) {
            var kibibytes = answer.readLine();
            if (kibibytes == null) {
                throw new IOException(role + " has ended");
            }
            var now = Long.parseLong(kibibytes.strip()) << 10;
            return new Resident(now, now, 0);
        }
    }

    /// Its exit status; empty while it runs, which one that is about to end may do for some seconds.
    OptionalInt status() throws InterruptedException {
        return process.waitFor(5, TimeUnit.SECONDS) ? OptionalInt.of(process.exitValue()) : OptionalInt.empty();
    }

    /// As kill -9; returns when it is dead.
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("process " + pid() + " does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // ---- inside that process

    /// Runs the role's command until it ends or the process that started it does.
    public static void main(String[] arguments) {
        Thread.ofPlatform().daemon().name("parent").start(RoleProcess::leaveWithParent);
        Main.main(arguments);
    }

    private static void leaveWithParent() {
        try {
            System.in.transferTo(OutputStream.nullOutputStream()); // a parent has nothing to say
        } catch (IOException e) {
            // as good as its end
        }
        Runtime.getRuntime().halt(ExitCode.INTERRUPTED.number());
    }
}

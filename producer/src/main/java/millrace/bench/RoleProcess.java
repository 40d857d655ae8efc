package millrace.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import millrace.proto.Cluster;

/// A role in a process of its own, as on another machine.
final class RoleProcess implements AutoCloseable {
    private final String role;
    private final Process process;

    /// @param heapMegabytes its largest heap
    /// @param arguments     of the role's command, after those that name the cluster
    RoleProcess(String role, Cluster cluster, int heapMegabytes, List<String> arguments) throws IOException {
        this.role = role;
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heapMegabytes + "m",
                "-XX:+UseSerialGC",
                "-XX:+UseCompactObjectHeaders",
                "-Djava.awt.headless=true",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                "millrace.cli.Main",
                role,
                "--bootstrap-server",
                cluster.bootstrapServers(),
                "--fleet",
                cluster.fleet()));
        command.addAll(arguments);
        process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    long pid() {
        return process.pid();
    }

    String role() {
        return role;
    }

    /// CPU time since it started.
    ///
    /// @throws IOException when it has ended
    Duration cpu() throws IOException {
        return process.info().totalCpuDuration().orElseThrow(() -> new IOException(role + " has ended"));
    }

    /// Resident memory in bytes.
    ///
    /// @throws IOException when it has ended, or the system has no `ps`
    long residentBytes() throws IOException {
        var ps = new ProcessBuilder("ps", "-o", "rss=", "-p", Long.toString(pid())).start();
        try (var answer = ps.inputReader(StandardCharsets.US_ASCII)) {
            var kibibytes = answer.readLine();
            if (kibibytes == null) {
                throw new IOException(role + " has ended");
            }
            return Long.parseLong(kibibytes.strip()) << 10;
        }
    }

    /// As kill -9; returns when it is dead.
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    void signal(String name) throws IOException, InterruptedException {
        var kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start();
        if (kill.waitFor() != 0) {
            throw new IOException("kill -" + name + " " + pid() + " failed");
        }
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
}

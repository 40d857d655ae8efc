package millrace.tests;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/// A role's process, and the last it said. It ends with this JVM: its standard input is a pipe from here.
final class Child implements AutoCloseable {
    private static final int LINES_MAX = 150;

    private final String name;
    private final List<String> command;
    private final boolean restarting;
    private final Queue<String> lines = new ArrayDeque<>();
    private volatile Process process;
    private volatile boolean closing;
    private int starts;

    /// @param restarting whether it is started again when it ends, as a supervisor would
    Child(String name, List<String> command, boolean restarting) {
        this.name = name;
        this.command = List.copyOf(command);
        this.restarting = restarting;
        process = launch();
    }

    private synchronized Process launch() {
        starts++;
        try {
            var started = new ProcessBuilder(command).redirectErrorStream(true).start();
            Thread.ofVirtual().start(() -> listen(started));
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void listen(Process from) {
        try (var reader = new BufferedReader(from.inputReader(StandardCharsets.UTF_8))) {
            for (var line = reader.readLine(); line != null; line = reader.readLine()) {
                say(line);
            }
            say("ended with status " + from.waitFor());
            if (restarting && !closing) {
                restart();
            }
        } catch (IOException e) {
            say("says nothing more: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void restart() {
        if (!closing) {
            process = launch();
        }
    }

    private synchronized void say(String line) {
        lines.add(line);
        if (lines.size() > LINES_MAX) {
            lines.remove();
        }
    }

    long pid() {
        return process.pid();
    }

    /// How often it has been started.
    synchronized int starts() {
        return starts;
    }

    /// Whether it has said that of late.
    synchronized boolean said(String text) {
        return lines.stream().anyMatch(line -> line.contains(text));
    }

    /// The last lines, each after its name.
    synchronized String log() {
        var text = new StringBuilder();
        lines.forEach(line -> text.append(name).append("| ").append(line).append('\n'));
        return text.toString();
    }

    /// As kill -9.
    void kill() {
        process.destroyForcibly();
    }

    /// As kill: it may hand back what it has.
    void terminate() {
        process.destroy();
    }

    /// Its exit status, when it ends within 30 s.
    int status() throws InterruptedException {
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            throw new AssertionError(name + " has not ended within 30 s");
        }
        return process.exitValue();
    }

    /// Stops it as the kernel's scheduler would: it does not run, and does not know.
    void freeze() throws IOException, InterruptedException {
        signal("STOP");
    }

    void thaw() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String signal) throws IOException, InterruptedException {
        var kill = new ProcessBuilder("kill", "-" + signal, Long.toString(pid())).start();
        if (kill.waitFor() != 0) {
            throw new IOException("kill -" + signal + " " + pid() + " failed");
        }
    }

    @Override
    public void close() {
        Process last;
        synchronized (this) {
            closing = true;
            last = process;
        }
        last.destroyForcibly();
        try {
            last.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

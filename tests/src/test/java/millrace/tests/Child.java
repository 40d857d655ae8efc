package millrace.tests;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// A role's process, and the last it said. It ends with this JVM: its standard input is a pipe from here.
public final class Child implements AutoCloseable {
    private static final int LINES_MAX = 150;

    private record Run(Process process, Thread reader) {}

    private final String name;
    private final List<String> command;
    private final boolean restarting;
    private final Consumer<String> listener;
    private final Queue<String> lines = new ArrayDeque<>();
    private volatile Run run;
    private volatile boolean closing;
    private int starts;

    /// @param restarting whether it is started again when it ends, as a supervisor would
    Child(String name, List<String> command, boolean restarting) {
        this(name, command, restarting, _ -> {});
    }

    /// @param restarting whether it is started again when it ends, as a supervisor would
    /// @param listener   gets every line it says, after its name; called by one thread at a time
    public Child(String name, List<String> command, boolean restarting, Consumer<String> listener) {
        this.name = name;
        this.command = List.copyOf(command);
        this.restarting = restarting;
        this.listener = listener;
        run = launch();
    }

    private synchronized Run launch() {
        starts++;
        try {
            var started = new ProcessBuilder(command).redirectErrorStream(true).start();
            // A virtual thread that reads from a process keeps its carrier: with a few children nothing virtual runs.
            var listening = Thread.ofPlatform().daemon().name(name);
            return new Run(started, listening.start(() -> listen(started)));
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
            run = launch();
        }
    }

    private synchronized void say(String line) {
        listener.accept(name + "| " + line);
        lines.add(line);
        if (lines.size() > LINES_MAX) {
            lines.remove();
        }
    }

    public long pid() {
        return run.process().pid();
    }

    public boolean isAlive() {
        return run.process().isAlive();
    }

    /// How often it has been started.
    synchronized int starts() {
        return starts;
    }

    /// Whether it has said that of late.
    public synchronized boolean said(String text) {
        return lines.stream().anyMatch(line -> line.contains(text));
    }

    /// The last lines, each after its name.
    public synchronized String log() {
        var text = new StringBuilder();
        lines.forEach(line -> text.append(name).append("| ").append(line).append('\n'));
        return text.toString();
    }

    /// As kill -9.
    public void kill() {
        run.process().destroyForcibly();
    }

    /// As kill: it may hand back what it has.
    public void terminate() {
        run.process().toHandle().destroy(); // Process.destroy() would also close its standard input, a parent's end
    }

    /// Its exit status, when it ends within 30 s.
    public int status() throws InterruptedException {
        if (!run.process().waitFor(30, TimeUnit.SECONDS)) {
            throw new AssertionError(name + " has not ended within 30 s");
        }
        return run.process().exitValue();
    }

    /// Stops it as the kernel's scheduler would: it does not run, and does not know.
    public void freeze() throws IOException, InterruptedException {
        signal("STOP");
    }

    public void thaw() throws IOException, InterruptedException {
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
        Run last;
        synchronized (this) {
            closing = true;
            last = run;
        }
        last.process().destroyForcibly();
        try {
            last.process().waitFor();
            last.reader().join(); // the listener hears nothing after this
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

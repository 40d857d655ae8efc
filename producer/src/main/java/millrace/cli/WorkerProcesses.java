package millrace.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import millrace.proto.ExitCode;
import millrace.proto.Refusal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Worker processes on this machine, each started again when it ends: at once after a run of some length, with
/// growing pauses when it ends soon. Their standard input is a pipe that only this process holds, so they see
/// its end, however it ended, and end too.
final class WorkerProcesses implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerProcesses.class);

    private static final Duration PAUSE_MIN = Duration.ofMillis(200);
    private static final Duration PAUSE_MAX = Duration.ofSeconds(10);
    private static final Duration LONG_RUN = Duration.ofSeconds(30);
    // A worker that cannot start for a reason of this machine or its settings cannot start the next time either.
    private static final int HOPELESS_STARTS = 3;

    private static final @Nullable String RECORDING = System.getProperty("millrace.aot.record");
    private static final int END_SECONDS = RECORDING == null ? 10 : 60;

    static final int FEW_CORES = 2;
    private static final long HEAP_MEGABYTES_AT_FIRST = 32;

    private final List<String> command;
    private final Map<String, String> environment;
    private final Consumer<String> say;
    private final List<Slot> slots = new ArrayList<>();
    private volatile boolean closing;

    /// @param command     of one worker
    /// @param environment variables to add
    /// @param say         takes what a worker writes, line by line
    WorkerProcesses(List<String> command, Map<String, String> environment, Consumer<String> say) {
        this.command = List.copyOf(command);
        this.environment = Map.copyOf(environment);
        this.say = say;
    }

    /// The command of one worker: the Java that runs this, its class path, and the options that suit computing.
    ///
    /// @param cores     that one worker computes on
    /// @param heapBytes its largest heap
    /// @param more      folders and jars to add to the class path: kernels of the user's own
    static List<String> command(int cores, long heapBytes, List<Path> more, List<String> arguments) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx" + heapBytes / (1 << 20) + "m");
        command.addAll(collector(cores, heapBytes));
        // What the compilers needed once goes back to the machine: a sixth of a small worker.
        command.add("-XX:TrimNativeHeapInterval=5000");
        command.add("-XX:+UseCompactObjectHeaders");
        command.add("-XX:+ExitOnOutOfMemoryError");
        // Lets the cores' threads run below Kafka's. Who is not root may lower priorities too, but is warned.
        command.add("-XX:ThreadPriorityPolicy=1");
        // With that policy the compilers would run above all else, and a start waits for its own code's compilation. So
        // they run above the cores' threads, whose code they make faster, and below Kafka's.
        command.add("-XX:CompilerThreadPriority=1");
        command.add("-XX:+UnlockDiagnosticVMOptions");
        command.add("-XX:-PrintWarnings");
        // What the archive's recording profiled was one kernel of many: compiled by that, others stay slow for good.
        command.add("-XX:-AOTReplayTraining");
        command.add("-XX:-UsePerfData");
        command.add("-Xlog:disable");
        command.add("-Xlog:all=error:stderr");
        command.addAll(aheadOfTime());
        command.add("-Djava.awt.headless=true");
        command.addAll(Logging.asHere());
        command.add("--sun-misc-unsafe-memory-access=allow");
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("-cp");
        // In this order, because an archive holds for what its class path begins with.
        var classPath = new ArrayList<>(List.of(System.getProperty("java.class.path")));
        more.forEach(path -> classPath.add(path.toAbsolutePath().toString()));
        command.add(String.join(System.getProperty("path.separator"), classPath));
        command.add("millrace.worker.Main");
        command.addAll(arguments);
        return command;
    }

    // On few cores a collector that keeps the heap small: large arrays are never copied, and what becomes garbage among
    // the old is collected long before the heap is full. The serial and the parallel collector let garbage that has
    // become old fill the heap first, which values of megabytes do within a few jobs.
    private static List<String> collector(int cores, long heapBytes) {
        return cores > FEW_CORES
                ? List.of("-XX:+UseParallelGC")
                : List.of(
                        "-XX:+UseG1GC",
                        "-Xms" + Math.min(heapBytes / (1 << 20), HEAP_MEGABYTES_AT_FIRST) + "m",
                        "-XX:ParallelGCThreads=1",
                        "-XX:ConcGCThreads=1",
                        "-XX:G1ConcRefinementThreads=0", // one would wake up every 50 ms
                        // Grows rather late: when collecting takes a third of the time. Kernels keep their data in
                        // arrays.
                        "-XX:GCTimeRatio=2",
                        "-XX:G1PeriodicGCInterval=60000");
    }

    // The launcher's archive of what workers load; or where to record one.
    private static List<String> aheadOfTime() {
        if (RECORDING != null) {
            // Workers replay no training, so the archive has none.
            return List.of("-XX:-AOTRecordTraining", "-XX:AOTMode=record", "-XX:AOTConfiguration=" + RECORDING);
        }
        // Mapped where it was made for, its pages need no change, so that all workers share them.
        return Launcher.archive("worker.aot")
                .map(archive -> List.of(archive, "-XX:ArchiveRelocationMode=0"))
                .orElse(List.of());
    }

    /// Starts so many workers; returns when their processes run, which is before they are ready.
    ///
    /// @throws Refusal when the first cannot be started at all ([ExitCode#MACHINE])
    void start(int workers) {
        for (var number = 1; number <= workers; number++) {
            var slot = new Slot(number);
            slot.launch();
            slots.add(slot);
            Thread.ofPlatform().daemon().name("worker-" + number).start(slot::keep);
        }
    }

    /// The processes that run now.
    List<ProcessHandle> processes() {
        return slots.stream()
                .map(slot -> slot.process)
                .filter(process -> process != null && process.isAlive())
                .map(Process::toHandle)
                .toList();
    }

    /// Ends them at once and waits until they have: their fleet goes with them, so there is nobody to hand
    /// tasks back to.
    @Override
    public void close() {
        closing = true;
        slots.forEach(Slot::end);
        for (var slot : slots) {
            slot.awaitEnd();
        }
    }

    /// One worker, over all its lives.
    private final class Slot {
        private final int number;
        private volatile @Nullable Process process;

        Slot(int number) {
            this.number = number;
        }

        synchronized void launch() {
            if (closing) {
                return;
            }
            var builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().putAll(environment);
            try {
                var started = builder.start();
                process = started;
                Thread.ofPlatform().daemon().name("worker-" + number + "-says").start(() -> relay(started));
            } catch (IOException e) {
                throw new Refusal(ExitCode.MACHINE, "cannot start a worker process: " + e.getMessage(), e);
            }
        }

        void keep() {
            var pause = PAUSE_MIN;
            var hopeless = 0;
            while (true) {
                var current = process;
                if (current == null || closing) {
                    return;
                }
                var started = System.nanoTime();
                try {
                    var status = current.waitFor();
                    if (closing) {
                        return;
                    }
                    var ran = Duration.ofNanos(System.nanoTime() - started);
                    hopeless = status == ExitCode.USAGE.number() ? hopeless + 1 : 0;
                    if (hopeless == HOPELESS_STARTS) {
                        say.accept("worker " + number + " cannot start and is given up");
                        return;
                    }
                    pause = ran.compareTo(LONG_RUN) > 0 ? PAUSE_MIN : pause;
                    say.accept("worker %d (process %d) ended with status %d; started again in %s"
                            .formatted(number, current.pid(), status, Units.time(pause)));
                    TimeUnit.NANOSECONDS.sleep(pause.toNanos());
                    launch();
                    pause = pause.multipliedBy(2).compareTo(PAUSE_MAX) > 0 ? PAUSE_MAX : pause.multipliedBy(2);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                } catch (Refusal e) {
                    LOG.warn("worker {} is not started again: {}", number, e.getMessage());
                    return;
                }
            }
        }

        private void relay(Process from) {
            try (var lines = new BufferedReader(from.inputReader(StandardCharsets.UTF_8))) {
                for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (!closing) {
                        say.accept("worker " + number + ": " + line);
                    }
                }
            } catch (IOException e) {
                LOG.debug("worker {} says nothing more", number, e);
            }
        }

        synchronized void end() {
            if (process != null) {
                if (RECORDING == null) {
                    process.destroyForcibly();
                } else {
                    process.destroy(); // writes what it has recorded
                }
            }
        }

        void awaitEnd() {
            var last = process;
            if (last != null) {
                // The operating system ends a killed process soon, whatever we are asked to do meanwhile.
                last.toHandle()
                        .onExit()
                        .orTimeout(END_SECONDS, TimeUnit.SECONDS)
                        .exceptionally(_ -> null)
                        .join();
            }
        }
    }
}

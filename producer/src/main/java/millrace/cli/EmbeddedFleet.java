package millrace.cli;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import millrace.client.Millrace;
import millrace.proto.BadInput;
import millrace.proto.Cluster;
import millrace.proto.ExitCode;
import millrace.proto.Heartbeat;
import millrace.proto.Refusal;
import millrace.proto.Role;
import millrace.proto.Settings;
import millrace.proto.Text;
import org.jspecify.annotations.Nullable;

/// A whole fleet on this machine, on 127.0.0.1 only: broker, producer and aggregator in this process, workers
/// in processes of their own, so that a kernel that goes wild takes nobody with it. Closed, it leaves nothing
/// running and nothing on disk.
///
/// Any thread may call the methods.
public final class EmbeddedFleet implements AutoCloseable {
    /// What is to be started.
    ///
    /// @param fleet       its name
    /// @param workers     worker processes, 0 to 256; default 1
    /// @param cores       that each worker computes on, 1 to 1,024, or 0 (default): this machine's, divided
    ///                    among them
    /// @param port        of the broker, or 0 (default) for a free one
    /// @param data        where the broker's data folder is made
    /// @param kernels     jars and folders with kernels of the user's own, for the workers
    /// @param settings    of all roles, by key; a role takes those that start with its name
    /// @param environment variables, for settings
    public record Plan(
            String fleet,
            int workers,
            int cores,
            int port,
            Path data,
            List<Path> kernels,
            Map<String, String> settings,
            Map<String, String> environment) {
        /// The most worker processes on one machine.
        public static final int WORKERS_MAX = 256;

        public Plan {
            require(0 <= workers && workers <= WORKERS_MAX, "--workers is " + workers + ", allowed 0.." + WORKERS_MAX);
            require(0 <= cores && cores <= 1024, "--cores is " + cores + ", allowed 1..1024, or 0 for all");
            require(0 <= port && port <= 65_535, "--port is " + port + ", allowed 1..65535, or 0 for a free one");
            kernels = List.copyOf(kernels);
            settings = Map.copyOf(settings);
            environment = Map.copyOf(environment);
        }

        /// The same with these settings too.
        Plan with(Map<String, String> more) {
            var all = new TreeMap<>(settings);
            all.putAll(more);
            return new Plan(fleet, workers, cores, port, data, kernels, all, environment);
        }

        /// A fleet named `millrace` with its data under `data`.
        public static Plan of(int workers, Path data) {
            return new Plan("millrace", workers, 0, 0, data, List.of(), Map.of(), Map.of());
        }

        /// This plan with one more setting of a role.
        public Plan with(String key, String value) {
            return with(Map.of(key, value));
        }

        int coresOfWorker() {
            return cores != 0 ? cores : Math.max(1, Runtime.getRuntime().availableProcessors() / Math.max(1, workers));
        }

        private static void require(boolean holds, String message) {
            if (!holds) {
                throw new BadInput(message);
            }
        }
    }

    private static final long HEAP_MIN = 256L << 20;
    private static final long HEAP_MAX = 8L << 30;
    // Broker, producer and aggregator live in this process, and the page cache wants some.
    private static final double WORKERS_SHARE_OF_MEMORY = 0.6;

    private static final List<String> ROLES = List.of("producer", "aggregator", "worker");

    private static final Duration SETTLED_AFTER = Duration.ofSeconds(10);

    private final DataFolder data;
    private final WorkerProcesses workers;
    private final CompletableFuture<Refusal> trouble = new CompletableFuture<>();
    private final Map<String, Role.Running> roles = new LinkedHashMap<>();
    private @Nullable EmbeddedBroker broker;
    private final Plan plan;
    private final Cluster cluster;
    private boolean closed;

    private EmbeddedFleet(Plan plan, DataFolder data, Consumer<String> say) {
        this.plan = plan;
        this.data = data;
        var port = plan.port() == 0 ? EmbeddedBroker.freePort() : plan.port();
        cluster = Cluster.at("127.0.0.1:" + port, plan.fleet());
        workers = new WorkerProcesses(workerCommand(plan, cluster), plan.environment(), say);
    }

    /// Starts a fleet.
    ///
    /// @param say takes what the workers write and what becomes of them, line by line, from any thread
    /// @return when jobs can be submitted; workers may still be on their way
    /// @throws Refusal when something of this machine is in the way ([ExitCode#MACHINE]); nothing is left behind
    public static EmbeddedFleet start(Plan plan, Consumer<String> say) {
        var fleet = of(plan, say);
        fleet.begin();
        return fleet;
    }

    /// Checks settings of all roles, by key.
    ///
    /// @throws BadInput with every unknown key and bad value
    static void check(Map<String, String> settings) {
        var roles = roles();
        var problems = new ArrayList<>(ofNoRole(settings.keySet()));
        for (var name : ROLES) {
            var role = role(roles, name);
            try {
                var _ = Settings.resolve(role.settings(), flags(role, settings), Map.of(), Map.of());
            } catch (BadInput e) {
                problems.addAll(e.problems());
            }
        }
        if (!problems.isEmpty()) {
            throw new BadInput(problems);
        }
    }

    /// What is wrong with keys that belong to no role, a sentence for each.
    static List<String> ofNoRole(Set<String> keys) {
        var roles = roles().keySet();
        return keys.stream()
                .filter(key -> roles.stream().noneMatch(role -> key.startsWith(role + ".")))
                .map(key -> "setting '" + Text.line(key, 60) + "' is unknown, allowed: keys that start with "
                        + String.join(", ", roles) + " and a dot")
                .toList();
    }

    /// A fleet that is checked and has its folder, and runs nothing yet.
    ///
    /// @throws BadInput when a setting is wrong
    /// @throws Refusal when there is no room for it ([ExitCode#MACHINE])
    static EmbeddedFleet of(Plan plan, Consumer<String> say) {
        var roles = roles();
        for (var name : ROLES) {
            settings(role(roles, name), plan);
        }
        if (plan.port() != 0) {
            EmbeddedBroker.checkFree(plan.port());
        }
        return new EmbeddedFleet(plan, DataFolder.open(plan.data()), say);
    }

    /// Starts it; see [#start]. The workers' processes come first and find the broker when it is there, because
    /// a JVM takes as long to start as a broker does.
    void begin() {
        var roles = roles();
        try {
            // Whoever comes first makes the topics, so with settings about them the producer has to.
            var workersFirst = plan.settings().keySet().stream().noneMatch(key -> key.startsWith("producer."));
            if (workersFirst) {
                workers.start(plan.workers());
            }
            startBroker();
            start(role(roles, "producer"));
            start(role(roles, "aggregator"));
            if (!workersFirst) {
                workers.start(plan.workers());
            }
            CompletableFuture.delayedExecutor(SETTLED_AFTER.toSeconds(), TimeUnit.SECONDS)
                    .execute(this::settle);
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /// The roles on the class path, by name.
    static Map<String, Role> roles() {
        var roles = new TreeMap<String, Role>();
        ServiceLoader.load(Role.class).forEach(role -> roles.put(role.name(), role));
        return roles;
    }

    static Role role(Map<String, Role> roles, String name) {
        var role = roles.get(name);
        if (role == null) {
            throw new Refusal(
                    ExitCode.MACHINE,
                    "role " + name + " is not on the class path, found: " + String.join(", ", roles.keySet()));
        }
        return role;
    }

    private static Settings settings(Role role, Plan plan) {
        return Settings.resolve(role.settings(), flags(role, plan.settings()), plan.environment(), Map.of());
    }

    private static Map<String, String> flags(Role role, Map<String, String> settings) {
        var flags = new TreeMap<>(settings);
        flags.keySet().removeIf(key -> !key.startsWith(role.name() + "."));
        return flags;
    }

    private static List<String> workerCommand(Plan plan, Cluster cluster) {
        var cores = plan.coresOfWorker();
        var arguments = new ArrayList<>(List.of(
                "--bootstrap-server",
                cluster.bootstrapServers(),
                "--fleet",
                cluster.fleet(),
                "--exit-with-parent",
                "--set",
                "worker.cores=" + cores));
        plan.settings().forEach((key, value) -> {
            if (key.startsWith("worker.") && !(key.equals("worker.cores") && plan.cores() != 0)) {
                arguments.addAll(List.of("--set", key + "=" + value));
            }
        });
        return WorkerProcesses.command(cores, heapOfWorker(plan.workers()), plan.kernels(), arguments);
    }

    static long heapOfWorker(int workers) {
        return heapOfWorker(workers, memoryBytes());
    }

    static long heapOfWorker(int workers, long memoryBytes) {
        var share = (long) (memoryBytes * WORKERS_SHARE_OF_MEMORY / Math.max(1, workers));
        return Math.clamp(share, HEAP_MIN, HEAP_MAX);
    }

    static long memoryBytes() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? system.getTotalMemorySize()
                : HEAP_MIN;
    }

    private synchronized void startBroker() {
        if (closed) {
            throw new Refusal(ExitCode.INTERRUPTED, "closed while it was starting");
        }
        var port = Integer.parseInt(cluster.bootstrapServers().substring("127.0.0.1:".length()));
        var started = EmbeddedBroker.start(data.path(), port, Map.of());
        broker = started;
        var _ = started.death()
                .thenAccept(message -> trouble.complete(new Refusal(ExitCode.MACHINE, diagnosis(message))));
    }

    private String diagnosis(String message) {
        var free = data.path().toFile().getUsableSpace();
        var full = free < 64L << 20 ? "; the disk of " + data.path() + " is full: " + Units.bytes(free) + " free" : "";
        return "the embedded broker has given up: " + message + full;
    }

    private synchronized void start(Role role) {
        if (closed) {
            throw new Refusal(ExitCode.INTERRUPTED, "closed while it was starting");
        }
        var running = role.start(cluster, settings(role, plan));
        roles.put(role.name(), running);
        Thread.ofPlatform().daemon().name(role.name() + "-watch").start(() -> {
            try {
                var code = running.await();
                trouble.complete(new Refusal(code, "the " + role.name() + " has stopped: " + running.trouble()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void settle() {
        synchronized (this) {
            if (closed) {
                return;
            }
        }
        EmbeddedBroker.settle(cluster);
    }

    /// How clients reach it.
    public Cluster cluster() {
        return cluster;
    }

    public Plan plan() {
        return plan;
    }

    Path dataFolder() {
        return data.path();
    }

    /// Completes when the fleet cannot go on: its disk is full, or a role has stopped.
    public CompletableFuture<Refusal> trouble() {
        return trouble.copy();
    }

    /// The worker processes that run now.
    public List<ProcessHandle> workers() {
        return workers.processes();
    }

    /// The command of one more worker as the fleet starts its own. It ends when its standard input does.
    public List<String> workerCommand() {
        return workerCommand(plan, cluster);
    }

    /// The command of a worker as fleets start their own, for any cluster; the arguments name it.
    ///
    /// @param cores     that it computes on, at least 1
    /// @param heapBytes its largest heap
    public static List<String> workerCommand(int cores, long heapBytes, List<String> arguments) {
        var all = new ArrayList<>(arguments);
        all.addAll(List.of("--set", "worker.cores=" + cores));
        return WorkerProcesses.command(cores, heapBytes, List.of(), all);
    }

    /// Waits until every role is ready and every worker has been heard of.
    ///
    /// @throws Refusal when that takes longer than `patience`
    public void awaitReady(Duration patience) throws InterruptedException {
        var deadline = System.nanoTime() + patience.toNanos();
        try (var millrace = Millrace.connect(cluster)) {
            while (!trouble.isDone()) {
                var waiting = roles.values().stream()
                        .filter(role -> !role.ready())
                        .map(Role.Running::trouble)
                        .toList();
                var live = millrace.workers(Duration.ofMillis(500)).stream()
                        .filter(worker -> worker.live() && worker.heartbeat().state() == Heartbeat.State.RUNNING)
                        .count();
                if (waiting.isEmpty() && live >= plan.workers()) {
                    return;
                }
                if (System.nanoTime() > deadline) {
                    throw new Refusal(
                            ExitCode.MACHINE,
                            "the fleet is not ready after " + Units.time(patience) + ": " + live + " of "
                                    + plan.workers() + " workers are there"
                                    + (waiting.isEmpty() ? "" : "; " + String.join("; ", waiting)));
                }
            }
        }
        throw trouble.join();
    }

    /// Takes everything down that would outlive this process, which is about to end: the workers and what is on
    /// disk. The rest is closed in the background, as far as the process lives: that in good order takes seconds.
    void abandon() {
        workers.close();
        data.close();
        Thread.ofPlatform().daemon().name("close").start(this::close);
    }

    /// Takes everything down and waits until it is: nothing is left running or on disk. May be called again.
    @Override
    public void close() {
        workers.close();
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            roles.values().forEach(Role.Running::close);
            if (broker != null) {
                broker.close();
            }
            data.close();
        }
    }
}

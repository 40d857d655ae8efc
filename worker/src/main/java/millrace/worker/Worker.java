package millrace.worker;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import millrace.proto.Cluster;
import millrace.proto.ExitCode;
import millrace.proto.Result.Answer;
import millrace.proto.Result.Cost;
import millrace.proto.Role;
import millrace.proto.SpecDigest;
import millrace.proto.Text;
import millrace.proto.Wire;
import millrace.proto.blobs.BlobTopic;
import millrace.proto.ops.KafkaMeters;
import millrace.proto.ops.Loops;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A worker at work: the desk and the hands it moves. Whatever happens, in whichever thread, is told to the
/// desk under one lock, and what the desk wants is handed on before the lock is left, so that each hand gets
/// its orders in the desk's order. None of them makes the lock's holder wait.
///
/// Safe to kill at any moment: a task's record is accepted only when its result is written or a heartbeat names
/// who holds it, so the worst case is computing it twice.
final class Worker implements Role.Running, Lane.Listener, Outbox.Listener, Cores.Listener, EndingsTail.Listener {
    private static final Logger log = LoggerFactory.getLogger(Worker.class);

    private static final Duration TICK_MAX = Duration.ofMillis(250);
    private static final Duration TICK_MIN = Duration.ofMillis(5);
    /// Each turn takes milliseconds; a lane that closes its consumer, some seconds.
    private static final Duration TURN_WITHIN = Duration.ofSeconds(30);

    private static final Duration JOIN_WITHIN = Duration.ofSeconds(3);
    private static final Duration FOREIGN_LOGGED_EVERY = Duration.ofSeconds(60);
    private static final long RECORD_BYTES = 1_100_000;

    /// The share of the heap above which nothing is kept warm that no task uses.
    private static final double HEAP_FULL = 0.8;

    private static final String RESIDENT = "VmRSS:";

    private interface Event {
        List<Action> at(long now);
    }

    private final Identity self;
    private final WorkerConfig config;
    private final Desk desk;
    private final Object lock = new Object();
    private final CacheFolder folder;
    private final BlobTopic blobs;
    private final Shelf shelf;
    private final Cores cores;
    private final Footprints footprints;
    private final Outbox outbox;
    private final EndingsTail tail;
    private final List<Lane> lanes;
    private final Map<String, Thread> threads = new TreeMap<>();
    private final int resultPartitions;
    private final Loops loops = new Loops(System::nanoTime);
    private final Loops.Loop deskLoop = loops.loop("desk", TURN_WITHIN);
    private Telemetry telemetry = Telemetry.NONE;
    private final CompletableFuture<ExitCode> leaving = new CompletableFuture<>();
    private final CompletableFuture<ExitCode> stopped = new CompletableFuture<>();
    private String trouble = "";
    private long foreignUnlogged;
    private long foreignLoggedAt;

    /// @param folder           for its blobs, closed with it
    /// @param resultPartitions how many partitions `results` has
    Worker(
            Identity self,
            Cluster cluster,
            WorkerConfig config,
            BlobConfig blobConfig,
            CacheFolder folder,
            Kernels kernels,
            int resultPartitions) {
        this.self = self;
        this.config = config;
        this.resultPartitions = resultPartitions;
        var wire = new Wire(cluster.fleet());
        desk = new Desk(self, config, kernels, Worker::vitals, System.nanoTime());
        this.folder = folder;
        blobs = new BlobTopic(cluster, wire, self.worker());
        shelf = new Shelf(System::nanoTime, Worker::heapIsFull);
        cores = new Cores(
                config.cores(),
                new Supplies(
                        new BlobCache(folder.path(), blobConfig.bytesMax(), new FleetBlobs(blobs, blobConfig.shared())),
                        shelf,
                        new LargeValues(blobs::beginValue)),
                this);
        footprints = new Footprints(config.cores(), Worker::vitals, System::nanoTime);
        outbox = new Outbox(cluster, wire, self.worker(), outboxBytes(config), this);
        tail = new EndingsTail(cluster, wire.endings(), self.worker() + "-endings", this);
        lanes = IntStream.range(0, config.lanes())
                .mapToObj(lane -> new Lane(
                        lane,
                        cluster,
                        wire.tasks(),
                        self.worker() + "-" + lane,
                        loops.loop("lane-" + lane, TURN_WITHIN),
                        this))
                .toList();
        foreignLoggedAt = System.nanoTime() - FOREIGN_LOGGED_EVERY.toNanos();
    }

    private static long outboxBytes(WorkerConfig config) {
        var few = (config.handsMax(config.laneRecords()) + 2) * RECORD_BYTES;
        // Twice the average: some are larger.
        var many = 2L * config.handsMax(config.tinyRecords()) * TinyTasks.VALUE_BYTES_MAX;
        return Math.max(32L << 20, Math.max(few, many));
    }

    /// Tells somebody what is computed and answered; before it is started.
    void tell(Telemetry telemetry) {
        this.telemetry = telemetry;
    }

    void start() {
        thread("outbox", outbox);
        thread("endings", tail);
        for (var lane = 0; lane < lanes.size(); lane++) {
            thread("lane-" + lane, lanes.get(lane));
        }
        thread("worker", this::tick);
    }

    private void thread(String name, Runnable body) {
        var thread = new Thread(body, name);
        thread.setDaemon(true);
        thread.setUncaughtExceptionHandler((_, e) -> bug(e));
        threads.put(name, thread);
        thread.start();
    }

    private void tick() {
        while (!leaving.isDone()) {
            deskLoop.turn();
            tell(desk::tick);
            shelf.sweep();
            long due;
            synchronized (lock) {
                var now = System.nanoTime();
                due = desk.dueAt(now) - now;
            }
            var pause = Math.clamp(due, TICK_MIN.toNanos(), TICK_MAX.toNanos());
            try {
                leaving.get(pause, TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                // time for another look
            } catch (InterruptedException | ExecutionException e) {
                break;
            }
        }
        deskLoop.rest();
        takeDown();
    }

    // Lanes first: what was accepted goes out. Kernels that do not stop are left to the end of the process.
    private void takeDown() {
        tail.stop();
        lanes.forEach(Lane::stop);
        outbox.stop();
        cores.close();
        var until = System.nanoTime() + JOIN_WITHIN.toNanos();
        threads.forEach((name, thread) -> {
            try {
                if (thread != Thread.currentThread()
                        && !thread.join(Duration.ofNanos(Math.max(1, until - System.nanoTime())))) {
                    log.debug("thread {} goes on after the worker has stopped", name);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        blobs.close();
        folder.close();
        telemetry.close();
        stopped.complete(leaving.getNow(ExitCode.BUG));
    }

    // ---- the desk and its hands
    // ----------------------------------------------------------------------------------

    private void tell(Event event) {
        try {
            synchronized (lock) {
                for (var action : event.at(System.nanoTime())) {
                    carryOut(action);
                }
                logTrouble();
            }
        } catch (RuntimeException | Error e) {
            bug(e);
        }
    }

    private void carryOut(Action action) {
        switch (action) {
            case Action.Open(var lane, var records) -> lanes.get(lane).open(records);
            case Action.Close(var lane) -> lanes.get(lane).leave();
            case Action.Poll(var lane) -> lanes.get(lane).poll();
            case Action.Accept(var lane, var partition, var offset) ->
                lanes.get(lane).accept(partition, offset);
            case Action.Reject(var lane, var partition, var offset) ->
                lanes.get(lane).reject(partition, offset);
            case Action.Compute compute -> {
                telemetry.computing(compute.ticket(), compute.math());
                cores.compute(compute);
            }
            case Action.Cancel(var ticket) -> cores.cancel(ticket);
            case Action.Publish publish -> {
                telemetry.answered(publish.ticket(), publish.result());
                outbox.publish(new Action.Publish(
                        publish.ticket(), publish.partition(), publish.result().from(footprints.get())));
            }
            case Action.Beat(var heartbeat) -> outbox.beat(heartbeat);
            case Action.Exit(var code, var reason) -> {
                log.info("leaving{}", reason.isEmpty() ? "" : ": " + reason);
                leaving.complete(code);
            }
        }
    }

    private void logTrouble() {
        var now = desk.trouble();
        if (!now.equals(trouble)) {
            trouble = now;
            if (now.isEmpty()) {
                log.info("working again");
            } else {
                log.warn("{}", Text.line(now, 500));
            }
        }
    }

    private void bug(Throwable e) {
        log.error("a bug of Millrace: the worker leaves: {}", e.toString(), e);
        leaving.complete(ExitCode.BUG);
    }

    @Override
    public void opened(int lane) {
        tell(now -> desk.opened(now, lane));
    }

    @Override
    public void joined(int lane) {
        tell(now -> desk.joined(now, lane));
    }

    @Override
    public void lost(int lane, Desk.Loss why, String detail) {
        log.info("lane {} is lost: {}", lane, Text.line(detail, 500));
        tell(now -> desk.lost(now, lane, why, detail));
    }

    @Override
    public void delivered(int lane, List<Delivery> records) {
        tell(now -> desk.delivered(now, lane, records));
    }

    @Override
    public void putting(long ticket) {
        tell(now -> desk.putting(now, ticket));
    }

    @Override
    public void computed(long ticket, Answer answer, Cost cost, long heldBytes) {
        tell(now -> desk.computed(now, ticket, answer, cost, heldBytes));
    }

    @Override
    public void published(long ticket) {
        tell(now -> {
            telemetry.written(ticket);
            return desk.published(now, ticket);
        });
    }

    @Override
    public void tooLarge(long ticket, String detail) {
        tell(now -> desk.tooLarge(now, ticket, detail));
    }

    @Override
    public void unpublished(long ticket, String detail) {
        tell(now -> desk.unpublished(now, ticket, detail));
    }

    @Override
    public void beaten() {
        tell(desk::beaten);
    }

    @Override
    public void unbeaten(String detail) {
        tell(now -> desk.unbeaten(now, detail));
    }

    @Override
    public void ended(String job, SpecDigest digest) {
        tell(now -> desk.ended(now, job, digest));
    }

    @Override
    public void followsEndings(String trouble) {
        tell(now -> desk.followsEndings(now, trouble));
    }

    @Override
    public boolean hasResultPartition(int partition) {
        return partition < resultPartitions;
    }

    @Override
    public void foreign(String where, String why) {
        synchronized (lock) {
            foreignUnlogged++;
            var now = System.nanoTime();
            if (now - foreignLoggedAt >= FOREIGN_LOGGED_EVERY.toNanos()) {
                log.warn(
                        "{} foreign records among the tasks, rejected; the last at {}: {}",
                        foreignUnlogged,
                        where,
                        Text.line(why, 300));
                foreignUnlogged = 0;
                foreignLoggedAt = now;
            }
        }
    }

    // ---- as a role
    // -------------------------------------------------------------------------------------------------

    Loops loops() {
        return loops;
    }

    int cores() {
        return config.cores();
    }

    /// Cores that compute a task now.
    int coresBusy() {
        return Math.min(cores.running(), config.cores());
    }

    int tasksHeld() {
        synchronized (lock) {
            return desk.inHand();
        }
    }

    /// Bytes of the heap that tasks take, by declaration or estimate.
    long memoryTaken() {
        synchronized (lock) {
            return desk.memoryTaken();
        }
    }

    /// Bytes of the heap that tasks may take.
    long memoryMax() {
        return config.taskBytesMax();
    }

    long foreign() {
        synchronized (lock) {
            return desk.foreign();
        }
    }

    /// The lanes, by name.
    Map<String, Lane> lanes() {
        var byName = new TreeMap<String, Lane>();
        for (var lane = 0; lane < lanes.size(); lane++) {
            byName.put("lane-" + lane, lanes.get(lane));
        }
        return byName;
    }

    KafkaMeters.Client outboxMetrics() {
        return outbox::metrics;
    }

    @Override
    public boolean ready() {
        synchronized (lock) {
            return desk.ready();
        }
    }

    @Override
    public String trouble() {
        synchronized (lock) {
            return desk.trouble();
        }
    }

    @Override
    public ExitCode await() throws InterruptedException {
        try {
            return stopped.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        if (!leaving.isDone()) {
            log.info(
                    "{} stops within {} s", self.worker(), config.drainTimeout().toSeconds());
            tell(desk::drain);
        }
        try {
            stopped.get(config.drainTimeout().plus(JOIN_WITHIN).toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            log.warn("{} has not stopped in time", self.worker());
        }
    }

    private static Vitals vitals() {
        var runtime = Runtime.getRuntime();
        return new Vitals(
                System.currentTimeMillis(),
                Vitals.used(runtime.totalMemory(), runtime.freeMemory()),
                runtime.maxMemory(),
                residentBytes());
    }

    // What was left after the last collections: what is used now includes garbage.
    private static boolean heapIsFull() {
        var left = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .map(MemoryPoolMXBean::getCollectionUsage)
                .filter(Objects::nonNull)
                .mapToLong(MemoryUsage::getUsed)
                .sum();
        return left > HEAP_FULL * Runtime.getRuntime().maxMemory();
    }

    // Linux only; elsewhere nobody knows.
    private static long residentBytes() {
        try {
            var status = Files.readString(Path.of("/proc/self/status"));
            var from = status.indexOf(RESIDENT) + RESIDENT.length();
            return Long.parseLong(
                            status.substring(from, status.indexOf(" kB", from)).strip())
                    * 1024;
        } catch (IOException | RuntimeException e) {
            return 0;
        }
    }
}

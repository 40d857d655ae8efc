package millrace.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import millrace.proto.ExitCode;
import millrace.proto.Refusal;
import millrace.proto.kernels.Spin;

/// What each role takes in memory while many tasks without work pass through it, one item each. Every role is a
/// process of its own; producer and aggregator have a heap of [RealFleet#HEAP_MEGABYTES] and no more. One that needs
/// more dies, which is told as a figure that misses its target: what is used of a heap is always below it.
///
/// Both are asked for every second: resident memory of the operating system, which also knows its peak between, and the
/// used heap of the role's own page of metrics, garbage included.
final class Memory implements Benchmark {
    private static final double WORKER_RESIDENT_MAX = 150;
    private static final double MEGABYTE = 1 << 20;
    /// With fewer they would be met by what nobody asked for.
    private static final long TASKS_OF_TARGETS = 10_000_000;

    private static final List<Double> ONCE = List.of(1.0);
    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final Duration PATIENCE = Duration.ofHours(24);
    private static final List<String> ROLES = List.of("producer", "aggregator", "worker");

    /// The most seen of one role, in bytes, and the exit status of one that has died.
    static final class Peak {
        private long heap;
        private long resident;
        private long files;
        private long own;
        private OptionalInt died = OptionalInt.empty();

        void see(Resident now) {
            resident = Math.max(resident, now.peak());
            files = Math.max(files, now.files());
            own = Math.max(own, now.own());
        }

        void seeHeap(long used) {
            heap = Math.max(heap, used);
        }

        void die(int status) {
            died = OptionalInt.of(status);
        }
    }

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public String summary() {
        return "heap and resident memory of each role while --tasks tasks pass";
    }

    @Override
    public List<Figure> run(Bench bench) throws Exception {
        var ports = ports();
        var peaks = new LinkedHashMap<String, Peak>();
        ROLES.forEach(role -> peaks.put(role, new Peak()));
        try (var fleet = new RealFleet(bench.data(), role -> List.of("--set", http(role, ports)))) {
            var _ = fleet.startWorker(bench.cores(), "worker.lane-records=500", http("worker", ports));
            fleet.warmUp(bench);
            return figures(peaks, bench.tasks(), pass(bench, fleet, ports, peaks));
        }
    }

    /// Without a rate where a role has died: that is a target missed, and no other is met.
    ///
    /// @param tasks  that were to pass; targets are for [#TASKS_OF_TARGETS] or more
    /// @param passed how many a second
    static List<Figure> figures(Map<String, Peak> peaks, long tasks, OptionalDouble passed) {
        var figures = new ArrayList<Figure>();
        peaks.forEach((role, peak) -> peak.died.ifPresent(status -> figures.add(Figure.atMost(
                0, "the %s died with status %d, before %,d tasks passed".formatted(role, status, tasks), "", ONCE))));
        var held = passed.isPresent() && tasks >= TASKS_OF_TARGETS;
        for (var role : List.of("producer", "aggregator")) {
            var heap = megabytes("heap of the " + role + ", the most used", peak(peaks, role).heap);
            figures.add(held ? heap.atMost(RealFleet.HEAP_MEGABYTES) : heap);
        }
        var worker = peak(peaks, "worker");
        var resident = megabytes("resident memory of the worker, the most", worker.resident);
        figures.add(held ? resident.atMost(WORKER_RESIDENT_MAX) : resident);
        figures.add(megabytes("of it pages of files, which processes on the same files share", worker.files));
        figures.add(megabytes("its own, which no file backs", worker.own));
        for (var role : List.of("producer", "aggregator")) {
            figures.add(megabytes("resident memory of the " + role + ", the most", peak(peaks, role).resident));
        }
        figures.add(megabytes("heap of the worker, the most used", worker.heap));
        var few = tasks < TASKS_OF_TARGETS ? "; targets are for %,d".formatted(TASKS_OF_TARGETS) : "";
        passed.ifPresent(rate -> figures.add(
                Figure.of("tasks a second meanwhile, of %,d%s".formatted(tasks, few), "1/s", List.of(rate))));
        return figures;
    }

    static Peak peak(Map<String, Peak> peaks, String role) {
        return peaks.getOrDefault(role, new Peak());
    }

    private static Figure megabytes(String name, long bytes) {
        return Figure.of(name, "MB", List.of(bytes / MEGABYTE));
    }

    // Free ones. Somebody else may take one before its role does, which then does not start.
    private static Map<String, Integer> ports() throws IOException {
        var ports = new LinkedHashMap<String, Integer>();
        for (var role : ROLES) {
            try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                ports.put(role, socket.getLocalPort());
            }
        }
        return ports;
    }

    private static String http(String role, Map<String, Integer> ports) {
        return "%s.http=127.0.0.1:%d".formatted(role, ports.get(role));
    }

    // Tasks a second; empty when a role has died.
    private static OptionalDouble pass(
            Bench bench, RealFleet fleet, Map<String, Integer> ports, Map<String, Peak> peaks) throws Exception {
        var tasks = bench.tasks();
        try (var thread = Executors.newSingleThreadExecutor();
                var http = HttpClient.newHttpClient()) {
            var passing =
                    thread.submit(() -> Bench.time(fleet.millrace, new Spin(tasks, 0), RealFleet.SINGLE, PATIENCE));
            try {
                if (!isLivedThrough(passing, fleet, http, ports, peaks)) {
                    return OptionalDouble.empty();
                }
            } finally {
                passing.cancel(true); // of no effect when it is done
            }
            var timed = passing.get();
            Bench.check("the sum of " + tasks + " items", timed.text(), Long.toString(tasks * (tasks - 1) / 2));
            return OptionalDouble.of(tasks / timed.seconds());
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    // Watches until the job is done, or until a role has died.
    private static boolean isLivedThrough(
            Future<?> passing, RealFleet fleet, HttpClient http, Map<String, Integer> ports, Map<String, Peak> peaks)
            throws IOException, InterruptedException {
        do {
            for (var process : fleet.processes()) {
                var role = process.role();
                var page = URI.create("http://127.0.0.1:" + ports.get(role) + "/metrics");
                if (!isAlive(process, http, page, peak(peaks, role))) {
                    return false;
                }
            }
            RealFleet.sleep(EVERY);
        } while (!passing.isDone());
        for (var role : ROLES) {
            if (peak(peaks, role).heap == 0) {
                throw new Refusal(ExitCode.TIMED_OUT, "the " + role + " never told its heap within " + ANSWER);
            }
        }
        return true;
    }

    private static boolean isAlive(RoleProcess process, HttpClient http, URI page, Peak peak)
            throws IOException, InterruptedException {
        try {
            peak.see(process.resident());
            var request = HttpRequest.newBuilder(page).timeout(ANSWER).build();
            peak.seeHeap(usedHeap(
                    http.send(request, HttpResponse.BodyHandlers.ofString()).body()));
        } catch (HttpTimeoutException e) {
            // It has much to do, and is asked again.
        } catch (IOException e) {
            peak.die(process.status().orElseThrow(() -> e));
            return false;
        }
        return true;
    }

    /// The bytes of heap that a page of metrics says are used: the sum over all its pools.
    ///
    /// @throws IOException when it says nothing of them
    static long usedHeap(String page) throws IOException {
        var pools = page.lines()
                .filter(line -> line.startsWith("jvm_memory_used_bytes{") && line.contains("area=\"heap\""))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .toArray();
        if (pools.length == 0) {
            throw new IOException("a page of metrics says nothing of the heap");
        }
        var sum = 0.0;
        for (var pool : pools) {
            sum += pool;
        }
        return (long) sum;
    }
}

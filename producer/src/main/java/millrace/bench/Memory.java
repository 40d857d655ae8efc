package millrace.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import millrace.proto.kernels.Spin;

/// What each role takes in memory while many tasks without work pass through it, one item each. Every role is a
/// process of its own; producer and aggregator have a heap of [RealFleet#HEAP_MEGABYTES] and no more, so they would
/// die if they needed it. Resident memory is the operating system's figure, the used heap is what the role's own page
/// of metrics says, garbage included; both are asked for every second.
final class Memory implements Benchmark {
    private static final double WORKER_RESIDENT_MAX = 150;
    private static final double MEGABYTE = 1 << 20;
    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofHours(24);
    private static final List<String> ROLES = List.of("producer", "aggregator", "worker");

    /// The most seen of one role, in bytes.
    private static final class Peak {
        private long heap;
        private long resident;
        private long residentFiles;

        void see(long heapNow, long residentNow, long residentFilesNow) {
            heap = Math.max(heap, heapNow);
            residentFiles = residentNow > resident ? residentFilesNow : residentFiles;
            resident = Math.max(resident, residentNow);
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
        double rate;
        try (var fleet = new RealFleet(bench.data(), role -> List.of("--set", http(role, ports)))) {
            var _ = fleet.startWorker(bench.cores(), "worker.lane-records=500", http("worker", ports));
            fleet.warmUp(bench);
            rate = pass(bench, fleet, ports, peaks);
        }
        var figures = new ArrayList<Figure>();
        for (var role : List.of("producer", "aggregator")) {
            figures.add(Figure.atMost(
                    RealFleet.HEAP_MEGABYTES, "heap of the " + role + ", the most used", "MB", heap(peaks, role)));
        }
        figures.add(Figure.atMost(
                WORKER_RESIDENT_MAX, "resident memory of the worker, the most", "MB", resident(peaks, "worker")));
        figures.add(Figure.of(
                "of it pages of files, which processes on the same files share",
                "MB",
                List.of(peaks.getOrDefault("worker", new Peak()).residentFiles / MEGABYTE)));
        for (var role : List.of("producer", "aggregator")) {
            figures.add(Figure.of("resident memory of the " + role + ", the most", "MB", resident(peaks, role)));
        }
        figures.add(Figure.of("heap of the worker, the most used", "MB", heap(peaks, "worker")));
        figures.add(Figure.of("tasks a second meanwhile, of %,d".formatted(bench.tasks()), "1/s", List.of(rate)));
        return figures;
    }

    private static List<Double> heap(Map<String, Peak> peaks, String role) {
        return List.of(peaks.getOrDefault(role, new Peak()).heap / MEGABYTE);
    }

    private static List<Double> resident(Map<String, Peak> peaks, String role) {
        return List.of(peaks.getOrDefault(role, new Peak()).resident / MEGABYTE);
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

    // Tasks a second.
    private static double pass(Bench bench, RealFleet fleet, Map<String, Integer> ports, Map<String, Peak> peaks)
            throws Exception {
        var tasks = bench.tasks();
        try (var thread = Executors.newSingleThreadExecutor();
                var http = HttpClient.newHttpClient()) {
            var passing =
                    thread.submit(() -> Bench.time(fleet.millrace, new Spin(tasks, 0), RealFleet.SINGLE, PATIENCE));
            try {
                watch(passing, fleet, http, ports, peaks);
            } finally {
                passing.cancel(true); // of no effect when it is done
            }
            var timed = passing.get();
            Bench.check("the sum of " + tasks + " items", timed.text(), Long.toString(tasks * (tasks - 1) / 2));
            return tasks / timed.seconds();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    private static void watch(
            Future<?> passing, RealFleet fleet, HttpClient http, Map<String, Integer> ports, Map<String, Peak> peaks)
            throws IOException, InterruptedException {
        do {
            for (var process : fleet.processes()) {
                var role = process.role();
                var page = URI.create("http://127.0.0.1:" + ports.get(role) + "/metrics");
                var text = http.send(HttpRequest.newBuilder(page).build(), HttpResponse.BodyHandlers.ofString())
                        .body();
                peaks.getOrDefault(role, new Peak())
                        .see(usedHeap(text), process.residentBytes(), process.residentFileBytes());
            }
            RealFleet.sleep(EVERY);
        } while (!passing.isDone());
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

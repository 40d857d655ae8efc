package millrace.aggregator.console;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import millrace.proto.DeadLetter;
import millrace.proto.Heartbeat;
import millrace.proto.Spread;
import millrace.proto.Tally;
import millrace.proto.WorkerCost;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What each page shows, as JSON, out of the view. Whatever a page leaves out it counts.
final class Pages {
    static final int JOBS_MAX = 500;
    static final int ACTIVE_MAX = 20;
    static final int LETTERS_MAX = 200;
    static final int MEMORIES_MAX = 50;

    /// Rows of the stream; more workers than that share rows.
    static final int ROWS_MAX = 64;

    static final int BARS_MAX = 40;
    private static final int[] PERCENT_WITHIN = {25, 50, 75, 99, 100};

    private Pages() {}

    static ObjectNode overview(FleetView view, long nanos) {
        var page = Json.object();
        page.put("caughtUp", view.isCaughtUp());
        fleet(view, nanos, page.putObject("fleet"));
        var seconds = page.putObject("seconds");
        var millis = seconds.putArray("at");
        var busy = seconds.putArray("busy");
        var cores = seconds.putArray("cores");
        var tasks = seconds.putArray("tasks");
        var resident = seconds.putArray("resident");
        for (var second : view.seconds()) {
            millis.add(second.millis());
            busy.add(second.busy());
            cores.add(second.cores());
            tasks.add(Math.round(second.tasks() * 10) / 10.0);
            resident.add(second.resident());
        }
        stream(view, nanos, page.putObject("stream"));
        var open = view.jobs().stream().filter(JobRecord::isOpen).toList();
        page.put("open", open.size() + view.openOmitted());
        var active = page.putArray("active");
        var inHand = inHand(view);
        open.stream()
                .sorted(Comparator.comparing((JobRecord job) -> !job.state().equals("running")))
                .limit(ACTIVE_MAX)
                .forEach(job -> line(inHand, job, active.addObject()));
        var events = page.putArray("events");
        view.events().stream()
                .limit(12)
                .forEach(event -> events.addObject()
                        .put("at", event.millis())
                        .put("kind", event.kind())
                        .put("subject", event.subject())
                        .put("text", event.text()));
        return page;
    }

    private static void fleet(FleetView view, long nanos, ObjectNode fleet) {
        var live =
                view.workers().stream().filter(worker -> worker.isLive(nanos)).toList();
        var left = view.open().stream().mapToDouble(JobRecord::coreSecondsLeft).toArray();
        fleet.put("workers", live.size());
        fleet.put("silent", view.workers().size() - live.size());
        fleet.put(
                "cores",
                live.stream().mapToInt(worker -> worker.heartbeat().cores()).sum());
        fleet.put("busy", live.stream().mapToInt(WorkerRecord::busy).sum());
        fleet.put(
                "tasksPerSecond",
                live.stream().mapToDouble(WorkerRecord::tasksPerSecond).sum());
        fleet.put(
                "resident",
                live.stream()
                        .mapToLong(worker -> worker.heartbeat().residentBytes())
                        .sum());
        fleet.put(
                "coreSecondsLeft",
                java.util.Arrays.stream(left)
                        .filter(seconds -> !Double.isNaN(seconds))
                        .sum());
        fleet.put(
                "jobsOfUnknownCost",
                java.util.Arrays.stream(left).filter(Double::isNaN).count());
        fleet.put("deadLetters", view.letters().size() + view.lettersOmitted());
        fleet.put(
                "failures",
                view.open().stream()
                        .mapToLong(job -> job.progress().tally().failures())
                        .sum());
    }

    // A row of sixty seconds for each worker, or for several that stand for one row.
    private static void stream(FleetView view, long nanos, ObjectNode stream) {
        var shown = view.workers().stream()
                .filter(worker -> worker.isLive(nanos) || !worker.minute().isEmpty())
                .toList();
        var together = Math.max(1, Math.ceilDiv(shown.size(), ROWS_MAX));
        var numbers = new HashMap<String, Integer>();
        var rows = stream.put("workersPerRow", together)
                .put("workers", shown.size())
                .putArray("rows");
        for (var from = 0; from < shown.size(); from += together) {
            row(shown.subList(from, Math.min(shown.size(), from + together)), numbers, rows.addObject());
        }
        var names = new String[numbers.size()];
        numbers.forEach((name, number) -> names[number] = name);
        var jobs = stream.putArray("jobs");
        for (var name : names) {
            jobs.add(name);
        }
    }

    private static void row(List<WorkerRecord> workers, Map<String, Integer> numbers, ObjectNode row) {
        row.put(
                "name",
                workers.size() == 1
                        ? workers.getFirst().heartbeat().worker()
                        : workers.getFirst().heartbeat().worker() + " and " + (workers.size() - 1) + " more");
        var used = row.putArray("used");
        var jobs = row.putArray("jobs");
        for (var i = WorkerRecord.SECONDS; i > 0; i--) {
            var busy = 0;
            var cores = 0;
            var job = "";
            var most = 0;
            for (var worker : workers) {
                var minute = worker.minute();
                var second = minute.size() < i ? WorkerRecord.Second.SILENT : minute.get(minute.size() - i);
                if (second.busy() >= 0) {
                    busy += second.busy();
                    cores += worker.heartbeat().cores();
                    if (second.busy() > most) {
                        most = second.busy();
                        job = second.job();
                    }
                }
            }
            used.add(cores == 0 ? -1 : 100 * busy / cores);
            jobs.add(job.isEmpty() ? -1 : number(numbers, job));
        }
    }

    private static int number(Map<String, Integer> numbers, String job) {
        var next = numbers.size();
        return numbers.computeIfAbsent(job, _ -> next);
    }

    static ObjectNode jobs(FleetView view, JobFilter filter) {
        var page = Json.object();
        var all = view.jobs();
        var matching = filter.among(all);
        page.put("caughtUp", view.isCaughtUp());
        page.put("known", all.size());
        page.put("matching", matching.size());
        page.put("omitted", view.endedOmitted() + view.openOmitted());
        var states = new TreeMap<String, Integer>();
        var kernels = new TreeMap<String, Integer>();
        all.forEach(job -> {
            states.merge(job.state(), 1, Integer::sum);
            kernels.merge(job.spec().computation().kernel(), 1, Integer::sum);
        });
        var stateCounts = page.putObject("states");
        states.forEach(stateCounts::put);
        var kernelCounts = page.putObject("kernels");
        kernels.forEach(kernelCounts::put);
        var lines = page.putArray("jobs");
        var inHand = inHand(view);
        matching.stream().limit(JOBS_MAX).forEach(job -> line(inHand, job, lines.addObject()));
        return page;
    }

    /// One job in a list.
    private static void line(Map<String, Long> inHand, JobRecord job, ObjectNode line) {
        var progress = job.progress();
        line.put("id", job.id());
        line.put("kernel", job.kernel());
        line.put("state", job.state());
        line.put("items", job.spec().items());
        line.put("done", progress.done());
        line.put("dead", progress.dead());
        line.put("inHand", job.isOpen() ? inHand.getOrDefault(job.id(), 0L) : 0);
        line.put("rate", progress.itemsPerSecond());
        line.put("submitted", job.submittedMillis());
        line.put("priority", job.priority());
        line.put("failures", progress.tally().failures());
        Json.put(line, "coreSecondsLeft", job.coreSecondsLeft());
        var eta = progress.eta();
        if (eta != null) {
            line.putArray("eta").add(eta.lowSeconds()).add(eta.seconds()).add(eta.highSeconds());
        }
        var ending = job.ending();
        if (ending != null) {
            line.put("ended", ending.endedMillis());
            line.put("reason", ending.reason());
        }
    }

    // Items that workers hold, by job.
    private static Map<String, Long> inHand(FleetView view) {
        var items = new HashMap<String, Long>();
        for (var worker : view.workers()) {
            for (var holding : worker.heartbeat().holdings()) {
                items.merge(holding.job(), holding.end() - holding.first(), Long::sum);
            }
        }
        return items;
    }

    static ObjectNode job(FleetView view, JobRecord job, long nanos) {
        var page = Json.object();
        var spec = job.spec();
        line(inHand(view), job, page);
        page.put("caughtUp", view.isCaughtUp());
        page.put("first", spec.first());
        page.put("end", spec.end());
        page.put("parent", spec.parent());
        page.put("join", spec.join().getClass().getSimpleName());
        page.put("maxAttempts", spec.policy().maxAttempts());
        var parameters = page.putObject("parameters");
        spec.computation().parameters().forEach(parameters::put);
        var labels = page.putObject("labels");
        spec.labels().forEach(labels::put);
        tally(job.progress().tally(), page.putObject("tally"));
        memory(job, page.putObject("memory"));
        var course = page.putArray("course");
        job.course()
                .points()
                .forEach(point -> course.addArray()
                        .add(point.millis())
                        .add(point.value())
                        .add(Math.round(point.rate() * 100) / 100.0));
        holdings(view, job.id(), nanos, page.putArray("holdings"));
        var letters = view.letters().stream()
                .filter(letter -> letter.job().equals(job.id()))
                .toList();
        page.put("deadLetters", letters.size());
        Causes.of(letters).with(job).write(page.putArray("causes"));
        var ending = job.ending();
        if (ending != null) {
            page.put(
                    "digest",
                    java.util.HexFormat.of().formatHex(ending.outputDigest().toByteArray()));
            var output = ending.output();
            page.put("outputBytes", output == null ? -1 : output.bytes());
        }
        return page;
    }

    private static void tally(Tally tally, ObjectNode to) {
        to.put("tasks", tally.tasks())
                .put("attempts", tally.attempts())
                .put("duplicates", tally.duplicates())
                .put("redeliveries", tally.redeliveries())
                .put("copies", tally.copies())
                .put("handedBack", tally.handedBack())
                .put("failures", tally.failures())
                .put("cpuSeconds", tally.cpuNanos() / 1e9)
                .put("wastedSeconds", tally.wastedCpuNanos() / 1e9)
                .put("queueSeconds", tally.queueNanos() / 1e9)
                .put("wallSeconds", tally.wallNanos() / 1e9)
                .put("allocatedBytes", tally.allocatedBytes())
                .put("valueBytes", tally.valueBytes())
                .put("firstMillis", tally.firstMillis())
                .put("lastMillis", tally.lastMillis())
                .put("workers", tally.workers().size());
        times(tally.detail().times(), to.putObject("times"));
    }

    // How many tasks took how long: bar i counts those from edge i to edge i + 1, in seconds.
    static void times(Spread times, ObjectNode to) {
        var counts = times.counts();
        var from = 0;
        while (from < counts.size() && counts.get(from) == 0) {
            from++;
        }
        var step = Math.max(1, Math.ceilDiv(counts.size() - from, BARS_MAX));
        var bars = to.putArray("counts");
        var edges = to.putArray("edges").add(Spread.floor(from) / 1e9);
        while (from < counts.size()) {
            var end = Math.min(counts.size(), from + step);
            bars.add(
                    counts.subList(from, end).stream().mapToLong(count -> count).sum());
            edges.add(Spread.floor(end) / 1e9);
            from = end;
        }
        var within = to.putObject("within");
        for (var percent : PERCENT_WITHIN) {
            within.put(Integer.toString(percent), times.quantile(percent / 100.0) / 1e9);
        }
    }

    // What the job's workers had in use over time: as seen while it ran, and from its ending for each worker, those
    // with
    // the most first.
    private static void memory(JobRecord job, ObjectNode to) {
        var at = to.putArray("at");
        var resident = to.putArray("resident");
        job.resident().points().forEach(point -> {
            at.add(point.millis());
            resident.add(point.value());
        });
        var heap = to.putArray("heap");
        job.heap().points().forEach(point -> heap.add(point.value()));
        var workers = job.progress().tally().detail().workers();
        to.put("omitted", Math.max(0, workers.size() - MEMORIES_MAX));
        var lines = to.putArray("workers");
        workers.stream()
                .sorted(Comparator.comparingLong(WorkerCost::residentPeak)
                        .reversed()
                        .thenComparing(WorkerCost::worker))
                .limit(MEMORIES_MAX)
                .forEach(worker -> {
                    var line = lines.addObject()
                            .put("id", worker.worker())
                            .put("tasks", worker.tasks())
                            .put("cpuSeconds", worker.cpuNanos() / 1e9)
                            .put("heapPeak", worker.heapPeak())
                            .put("residentPeak", worker.residentPeak())
                            .put("from", worker.firstMillis())
                            .put("step", worker.stepMillis());
                    worker.heap().forEach(line.putArray("heap")::add);
                    worker.resident().forEach(line.putArray("resident")::add);
                });
    }

    // The longest held first: stragglers.
    private static void holdings(FleetView view, String job, long nanos, ArrayNode to) {
        record Held(Heartbeat.Holding holding, String worker, boolean live) {}
        var all = new ArrayList<Held>();
        for (var worker : view.workers()) {
            for (var holding : worker.heartbeat().holdings()) {
                if (holding.job().equals(job)) {
                    all.add(new Held(holding, worker.heartbeat().worker(), worker.isLive(nanos)));
                }
            }
        }
        all.sort(Comparator.comparingLong((Held held) -> held.holding().heldMillis())
                .reversed());
        all.stream()
                .limit(20)
                .forEach(held -> to.addObject()
                        .put("first", held.holding().first())
                        .put("end", held.holding().end())
                        .put("worker", held.worker())
                        .put("live", held.live())
                        .put("computing", held.holding().computing())
                        .put("emission", held.holding().emission())
                        .put("millis", held.holding().heldMillis()));
    }

    static ObjectNode workers(FleetView view, long nanos) {
        var page = Json.object();
        page.put("caughtUp", view.isCaughtUp());
        page.put("omitted", view.workersOmitted());
        var lines = page.putArray("workers");
        for (var worker : view.workers()) {
            var heartbeat = worker.heartbeat();
            var line = lines.addObject();
            line.put("id", heartbeat.worker())
                    .put("host", heartbeat.host())
                    .put("pid", heartbeat.pid())
                    .put("release", heartbeat.release())
                    .put("state", heartbeat.state().name().toLowerCase(Locale.ROOT))
                    .put("live", worker.isLive(nanos))
                    .put("silent", worker.isLive(nanos) ? 0 : worker.silentMillis(nanos) / 1000)
                    .put("trouble", heartbeat.trouble())
                    .put("cores", heartbeat.cores())
                    .put("busy", worker.busy())
                    .put("holds", heartbeat.holdings().size())
                    .put("heapUsed", heartbeat.heapUsedBytes())
                    .put("heapMax", heartbeat.heapMaxBytes())
                    .put("resident", heartbeat.residentBytes())
                    .put("tasks", heartbeat.tasks())
                    .put("tasksPerSecond", Math.round(worker.tasksPerSecond() * 10) / 10.0)
                    .put("cpuSeconds", heartbeat.cpuNanos() / 1e9)
                    .put("started", heartbeat.startedMillis());
            var squares = line.putArray("computing");
            heartbeat.holdings().stream()
                    .filter(Heartbeat.Holding::computing)
                    .limit(heartbeat.cores())
                    .forEach(holding -> squares.add(holding.job()));
        }
        return page;
    }

    static ObjectNode letters(FleetView view, String text) {
        var page = Json.object();
        var wanted = text.toLowerCase(Locale.ROOT);
        var all = new ArrayList<>(view.letters()).reversed();
        var matching = all.stream()
                .filter(letter -> wanted.isEmpty() || mentions(letter, wanted))
                .toList();
        page.put("caughtUp", view.isCaughtUp());
        page.put("known", all.size());
        page.put("omitted", view.lettersOmitted());
        page.put("matching", matching.size());
        Causes.of(matching).write(page.putArray("causes"));
        var lines = page.putArray("letters");
        matching.stream().limit(LETTERS_MAX).forEach(letter -> {
            var line = lines.addObject()
                    .put("job", letter.job())
                    .put("known", view.job(letter.job()).isPresent())
                    .put("first", letter.first())
                    .put("end", letter.end())
                    .put("kernel", letter.kernel())
                    .put("at", letter.atMillis());
            var causes = line.putArray("causes");
            letter.causes()
                    .forEach(cause -> causes.addObject()
                            .put("attempt", cause.attempt())
                            .put("worker", cause.worker())
                            .put("kind", cause.kind().name())
                            .put("message", cause.message())
                            .put("stack", cause.stack()));
        });
        return page;
    }

    private static boolean mentions(DeadLetter letter, String wanted) {
        return letter.job().toLowerCase(Locale.ROOT).contains(wanted)
                || letter.kernel().toLowerCase(Locale.ROOT).contains(wanted)
                || letter.causes().stream()
                        .anyMatch(cause -> (cause.kind() + " " + cause.message())
                                .toLowerCase(Locale.ROOT)
                                .contains(wanted));
    }

    static ObjectNode queue(FleetView view, long nanos) {
        var page = Json.object();
        page.put("caughtUp", view.isCaughtUp());
        fleet(view, nanos, page.putObject("fleet"));
        var byKernel = new TreeMap<String, double[]>();
        for (var job : view.open()) {
            var sums = byKernel.computeIfAbsent(job.kernel(), _ -> new double[4]);
            var left = job.coreSecondsLeft();
            sums[0]++;
            sums[1] += Double.isNaN(left) ? 0 : left;
            sums[2] += Double.isNaN(left) ? 1 : 0;
            sums[3] += Math.max(
                    0,
                    job.spec().items() - job.progress().done() - job.progress().dead());
        }
        var kernels = page.putArray("kernels");
        byKernel.forEach((kernel, sums) -> kernels.addObject()
                .put("kernel", kernel)
                .put("jobs", (long) sums[0])
                .put("coreSeconds", sums[1])
                .put("unknown", (long) sums[2])
                .put("items", (long) sums[3])
                .put(
                        "offered",
                        view.workers().stream()
                                .filter(worker -> worker.isLive(nanos)
                                        && worker.heartbeat().offers().stream()
                                                .anyMatch(offer ->
                                                        (offer.kernel() + "@" + offer.version()).equals(kernel)))
                                .count()));
        var open = page.putArray("jobs");
        var inHand = inHand(view);
        view.jobs().stream()
                .filter(JobRecord::isOpen)
                .limit(ACTIVE_MAX)
                .forEach(job -> line(inHand, job, open.addObject()));
        page.put("open", view.open().size() + view.openOmitted());
        return page;
    }
}

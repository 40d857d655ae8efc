package millrace.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import millrace.proto.Ending;
import millrace.proto.Spread;
import millrace.proto.Tally;
import millrace.proto.WorkerCost;
import tools.jackson.databind.node.ObjectNode;

/// What a job cost in full, as `millrace job` tells it and as it stands beside an output.
///
/// @param tally what the results were and cost
/// @param time  where the cores' time went
record JobReport(Tally tally, CoreTime time) {
    private static final int WORKERS_SHOWN = 20;
    private static final double[] QUANTILES = {0, 0.25, 0.5, 0.75, 0.99, 1};
    private static final String[] QUANTILE_KEYS = {"min", "p25", "p50", "p75", "p99", "max"};
    private static final String[] QUANTILE_NAMES = {"min", "25 %", "50 %", "75 %", "99 %", "max"};

    /// One line of the report.
    record Line(String name, String text) {}

    static JobReport of(Ending ending, int cores) {
        return of(ending.tally(), cores, ending.submittedMillis(), ending.endedMillis());
    }

    /// @param cores of the workers that answered, as far as they can be asked; what their results said wins
    static JobReport of(Tally tally, int cores, long submittedMillis, long endedMillis) {
        var said = tally.detail().workers().stream().mapToInt(WorkerCost::cores).sum();
        // Beyond 100 workers not each one's cores are in the tally.
        var all = tally.workers().size() > tally.detail().workers().size() ? Math.max(said, cores) : said;
        return new JobReport(tally, CoreTime.of(tally, all, submittedMillis, endedMillis));
    }

    ObjectNode json() {
        var json = Report.JSON.createObjectNode();
        json.put("items", tally.items())
                .put("tasks", tally.tasks())
                .put("attempts", tally.attempts())
                .put("duplicates", tally.duplicates())
                .put("copies", tally.copies())
                .put("redeliveries", tally.redeliveries())
                .put("handedBack", tally.handedBack())
                .put("failures", tally.failures())
                .put("computeSeconds", tally.cpuNanos() / 1e9)
                .put("taskSeconds", tally.wallNanos() / 1e9)
                .put("queueSeconds", tally.queueNanos() / 1e9)
                .put("blobSeconds", tally.extra().blobNanos() / 1e9)
                .put("warmSeconds", tally.extra().warmNanos() / 1e9)
                .put("valueBytes", tally.valueBytes())
                .put("blobBytes", tally.extra().blobBytes())
                .put("allocatedBytesPerTask", tally.tasks() == 0 ? 0 : tally.allocatedBytes() / tally.tasks())
                .put("allocatedBytesPerTaskMax", tally.detail().allocatedMax());
        json.putObject("coreSeconds")
                .put("held", time.held())
                .put("useful", time.useful())
                .put("wasted", time.wasted())
                .put("waitingInTasks", time.waiting())
                .put("beforeFirstTask", time.before())
                .put("afterLastResult", time.after())
                .put("idle", time.idle());
        json.put("efficiency", time.efficiency());
        var seconds = json.putObject("taskSecondsSpread");
        for (var i = 0; i < QUANTILES.length; i++) {
            seconds.put(QUANTILE_KEYS[i], times().quantile(QUANTILES[i]) / 1e9);
        }
        var workers = json.putArray("workerCosts");
        for (var worker : tally.detail().workers()) {
            var one = workers.addObject()
                    .put("worker", worker.worker())
                    .put("cores", worker.cores())
                    .put("tasks", worker.tasks())
                    .put("computeSeconds", worker.cpuNanos() / 1e9)
                    .put("heapPeakBytes", worker.heapPeak())
                    .put("residentPeakBytes", worker.residentPeak())
                    .put("sampleSeconds", worker.stepMillis() / 1e3);
            worker.heap().forEach(one.putArray("heapMebibytes")::add);
            worker.resident().forEach(one.putArray("residentMebibytes")::add);
        }
        return json;
    }

    private Spread times() {
        return tally.detail().times();
    }

    /// For people; what is not known is left out.
    List<Line> lines() {
        var lines = new ArrayList<Line>();
        if (tally.tasks() == 0) {
            return lines;
        }
        if (time.held() > 0) {
            lines.add(new Line(
                    "cores",
                    String.format(
                            Locale.ROOT,
                            "held for %s: useful %s (%.0f %%), wasted %s, waiting in tasks %s, before the first task %s,"
                                    + " after the last result %s, idle %s",
                            Units.time(time.held()),
                            Units.time(time.useful()),
                            100 * time.efficiency(),
                            Units.time(time.wasted()),
                            Units.time(time.waiting()),
                            Units.time(time.before()),
                            Units.time(time.after()),
                            Units.time(time.idle()))));
        }
        if (times().total() > 0) {
            var spread = new ArrayList<String>();
            for (var i = 0; i < QUANTILES.length; i++) {
                spread.add(QUANTILE_NAMES[i] + " " + taskTime(times().quantile(QUANTILES[i])));
            }
            lines.add(new Line("a task", String.join(", ", spread)));
        }
        lines.add(new Line(
                "besides",
                "queue %s, blobs %s, warm-up %s"
                        .formatted(
                                Units.time(tally.queueNanos() / 1e9),
                                Units.time(tally.extra().blobNanos() / 1e9),
                                Units.time(tally.extra().warmNanos() / 1e9))));
        lines.add(new Line(
                "bytes",
                "%s of values, %s of blobs fetched, %s allocated by a task, %s at most"
                        .formatted(
                                Units.bytes(tally.valueBytes()),
                                Units.bytes(tally.extra().blobBytes()),
                                Units.bytes(tally.allocatedBytes() / tally.tasks()),
                                Units.bytes(tally.detail().allocatedMax()))));
        tally.detail().workers().stream().limit(WORKERS_SHOWN).forEach(worker -> lines.add(new Line("", told(worker))));
        return lines;
    }

    private static String taskTime(double nanos) {
        if (nanos < 1e6) {
            return String.format(Locale.ROOT, "%.0f µs", nanos / 1e3);
        }
        return nanos < 1e9 ? String.format(Locale.ROOT, "%.0f ms", nanos / 1e6) : Units.time(nanos / 1e9);
    }

    private static String told(WorkerCost worker) {
        return "%s: %,d tasks, %s of CPU time, heap up to %s, resident up to %s%s"
                .formatted(
                        worker.worker(),
                        worker.tasks(),
                        Units.time(worker.cpuNanos() / 1e9),
                        Units.bytes(worker.heapPeak()),
                        Units.bytes(worker.residentPeak()),
                        worker.resident().size() < 2
                                ? ""
                                : " (MiB every %s: %s)"
                                        .formatted(
                                                Units.time(worker.stepMillis() / 1e3),
                                                thinned(worker.resident(), Long::toString)));
    }

    /// Ten of the samples at most, the largest of each stretch.
    private static String thinned(List<Long> samples, LongFunction<String> text) {
        var stretch = Math.ceilDiv(samples.size(), 10);
        var shown = new ArrayList<Long>();
        for (var from = 0; from < samples.size(); from += stretch) {
            shown.add(samples.subList(from, Math.min(samples.size(), from + stretch)).stream()
                    .mapToLong(sample -> sample)
                    .max()
                    .orElse(0));
        }
        return shown.stream().map(text::apply).collect(Collectors.joining(" "));
    }
}

package millrace.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import millrace.client.Job;
import millrace.client.JobOptions;
import millrace.client.Millrace;
import millrace.proto.Policy;
import millrace.proto.kernels.Spin;

/// From submitting a job of one item to having its output, on a warm fleet: idle, and while a big job fills the
/// cores. Jobs begin by a schedule, so that a slow one does not hide behind a late start of the next.
final class Latency implements Benchmark {
    private static final long EVERY_NANOS = Duration.ofMillis(100).toNanos();
    /// More often they would fill the fleet themselves: each waits for a task of the big job to end.
    private static final long EVERY_NANOS_BUSY = Duration.ofMillis(500).toNanos();

    private static final int JOBS_A_RUN = 100;

    /// Before the first that counts: the JVMs compile as they go, and after a hundred jobs each step still takes half as
    /// long again as after a thousand.
    private static final int WARM_UP_JOBS = 1500;

    private static final int WARM_UP_JOBS_BUSY = 25;

    private static final long WARM_UP_EVERY_NANOS = Duration.ofMillis(20).toNanos();

    /// By then a client has heard of an ending that was there before it asked.
    private static final Duration ENDING_HEARD_AFTER = Duration.ofSeconds(2);

    @Override
    public String name() {
        return "latency";
    }

    @Override
    public String summary() {
        return "submit to output of a job of one item, on an idle and on a busy fleet";
    }

    @Override
    public List<Figure> run(Bench bench) throws Exception {
        var figures = new ArrayList<Figure>();
        try (var fleet = bench.fleet(1, bench.cores(), Map.of());
                var millrace = Millrace.connect(fleet.cluster())) {
            var _ = schedule(bench, millrace, WARM_UP_JOBS, WARM_UP_EVERY_NANOS, JobOptions.DEFAULT);
            bench.remarks()
                    .attempt(
                            "latency on an idle fleet",
                            () -> figures.addAll(
                                    figures("idle", 0, runs(bench, millrace, EVERY_NANOS, JobOptions.DEFAULT))));
            bench.remarks().attempt("latency on a busy fleet", () -> figures.addAll(busy(bench, millrace)));
        }
        return figures;
    }

    private static List<Figure> busy(Bench bench, Millrace millrace) throws Exception {
        var big = millrace.submit(new Spin(1_000_000, 10_000));
        try {
            var urgent = JobOptions.DEFAULT.withPolicy(Policy.DEFAULT.withPriority(10));
            var _ = schedule(bench, millrace, WARM_UP_JOBS_BUSY, EVERY_NANOS_BUSY, urgent);
            var runs = runs(bench, millrace, EVERY_NANOS_BUSY, urgent);
            if (hasEnded(big)) {
                bench.remarks().notMeasured("latency on a busy fleet", "the big job had ended before");
                return List.of();
            }
            return figures("busy", 2.0 * Policy.DEFAULT.taskTime().toMillis(), runs);
        } finally {
            big.cancel("measured");
        }
    }

    private static boolean hasEnded(Job job) throws InterruptedException {
        try {
            var _ = job.ending(ENDING_HEARD_AFTER);
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }

    /// @param fleet   idle or busy
    /// @param allowed milliseconds on top of what an idle fleet may take
    /// @param runs    the milliseconds of each job, for each run
    static List<Figure> figures(String fleet, double allowed, List<List<Double>> runs) {
        var name = "latency on %s %s fleet".formatted(fleet.equals("idle") ? "an" : "a", fleet);
        var all = runs.stream().flatMap(List::stream).toList();
        return List.of(
                Figure.atMost(allowed + 15, name + ", p50", "ms", quantiles(runs, 0.5)),
                Figure.atMost(allowed + 50, name + ", p99", "ms", quantiles(runs, 0.99)),
                Figure.of(name + tail(all.size()), "ms", List.of(Figure.quantile(all, 0.999))),
                Figure.of(name + ", each job", "ms", all));
    }

    private static List<Double> quantiles(List<List<Double>> runs, double p) {
        return runs.stream().map(run -> Figure.quantile(run, p)).toList();
    }

    // Of fewer, no job is beyond the quantile.
    private static String tail(int jobs) {
        return jobs < 1000 ? ", p99.9, which is the most of %d".formatted(jobs) : ", p99.9";
    }

    private static List<List<Double>> runs(Bench bench, Millrace millrace, long everyNanos, JobOptions options)
            throws Exception {
        var runs = new ArrayList<List<Double>>();
        for (var run = 0; run < bench.runs(); run++) {
            runs.add(schedule(bench, millrace, JOBS_A_RUN, everyNanos, options));
        }
        return runs;
    }

    // Milliseconds from when each job was due to its output. Each has a thread: none waits for the one before it.
    private static List<Double> schedule(Bench bench, Millrace millrace, int jobs, long everyNanos, JobOptions options)
            throws Exception {
        var all = new ArrayList<Future<Double>>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var started = System.nanoTime();
            for (var number = 0; number < jobs; number++) {
                var due = started + number * everyNanos;
                for (var left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                all.add(threads.submit(() -> {
                    var timed = bench.time(millrace, new Spin(1, 0), options);
                    Bench.check("the sum of one item", timed.text(), "0");
                    return (System.nanoTime() - due) / 1e6;
                }));
            }
        }
        var took = new ArrayList<Double>();
        for (var one : all) {
            try {
                took.add(one.get());
            } catch (ExecutionException e) {
                throw e.getCause() instanceof Exception cause ? cause : e;
            }
        }
        return took;
    }
}

package millrace.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
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

    private static final long WARM_UP_EVERY_NANOS = Duration.ofMillis(20).toNanos();

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
        try (var fleet = bench.fleet(1, bench.cores(), Map.of());
                var millrace = Millrace.connect(fleet.cluster())) {
            var _ = schedule(bench, millrace, WARM_UP_JOBS, WARM_UP_EVERY_NANOS, JobOptions.DEFAULT);
            var idle = schedule(bench, millrace, bench.runs() * JOBS_A_RUN, EVERY_NANOS, JobOptions.DEFAULT);
            var big = millrace.submit(new Spin(1_000_000, 10_000));
            var urgent = JobOptions.DEFAULT.withPolicy(Policy.DEFAULT.withPriority(10));
            var _ = schedule(bench, millrace, JOBS_A_RUN / 4, EVERY_NANOS_BUSY, urgent);
            var busy = schedule(bench, millrace, JOBS_A_RUN, EVERY_NANOS_BUSY, urgent);
            big.cancel("measured");
            var task = Policy.DEFAULT.taskTime().toMillis();
            return List.of(
                    Figure.atMost(15, "latency on an idle fleet, p50", "ms", idle),
                    Figure.atMost(50, "latency on an idle fleet, p99", "ms", List.of(Figure.quantile(idle, 0.99))),
                    Figure.of("latency on an idle fleet, p99.9", "ms", List.of(Figure.quantile(idle, 0.999))),
                    Figure.atMost(2.0 * task + 15, "latency on a busy fleet, p50", "ms", busy),
                    Figure.atMost(
                            2.0 * task + 50,
                            "latency on a busy fleet, p99",
                            "ms",
                            List.of(Figure.quantile(busy, 0.99))));
        }
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

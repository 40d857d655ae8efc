package millrace.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import millrace.client.Job;
import millrace.client.JobOptions;
import millrace.proto.ExitCode;
import millrace.proto.Heartbeat;
import millrace.proto.Refusal;
import millrace.proto.kernels.Primes;
import millrace.proto.kernels.Spin;
import millrace.proto.view.JobProgress;

/// How long faults hold a job up: a worker killed while it computes, with an idle worker beside it and without; an
/// aggregator killed in the middle of many results; one worker of two slowed down to a tenth, as by a CPU quota.
final class Faults implements Benchmark {
    private static final Duration TASK = Duration.ofSeconds(2);
    private static final long RESULTS = 1_000_000;
    private static final double OVER_BEST_MAX = 1.15;
    /// That two cores sieve, about.
    private static final long NUMBERS_A_SECOND = 4_000_000_000L;

    /// Of the job with which the compilers do their work.
    private static final int WARM_UP_SECONDS = 3;

    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final Duration TAKEOVER_PATIENCE = Duration.ofMinutes(2);

    @Override
    public String name() {
        return "faults";
    }

    @Override
    public String summary() {
        return "what a killed worker, a killed aggregator and a slow worker cost";
    }

    @Override
    public List<Figure> run(Bench bench) throws Exception {
        var redelivered = new ArrayList<Double>();
        var restarted = new ArrayList<Double>();
        var takeovers = new ArrayList<Double>();
        var slow = new ArrayList<Slowdown>();
        for (var run = 0; run < bench.runs(); run++) {
            var remarks = bench.remarks();
            remarks.attempt("a killed worker, another beside it", () -> redelivered.add(killedWorker(bench, true)));
            remarks.attempt("a killed worker, another started", () -> restarted.add(killedWorker(bench, false)));
            remarks.attempt("a slow worker", () -> slow.add(slowWorker(bench)));
            remarks.attempt("a killed aggregator", () -> takeovers.add(killedAggregator(bench)));
        }
        var figures = new ArrayList<Figure>();
        if (!redelivered.isEmpty()) {
            figures.add(Figure.atMost(1, "a killed worker's task begins again, with another worker", "s", redelivered));
        }
        if (!restarted.isEmpty()) {
            figures.add(Figure.of(
                    "a killed worker's task begins again, with a worker that is started then", "s", restarted));
        }
        if (!takeovers.isEmpty()) {
            figures.add(Figure.atMost(10, "progress goes on after an aggregator was killed", "s", takeovers));
        }
        if (!slow.isEmpty()) {
            figures.add(Figure.atMost(
                    OVER_BEST_MAX,
                    "one of two workers about ten times slower, over the best that both can do so",
                    "x",
                    slow.stream().map(Slowdown::overBest).toList()));
            figures.add(Figure.of(
                    "the same, against both at full speed",
                    "x",
                    slow.stream().map(Slowdown::ratio).toList()));
            figures.add(Figure.of(
                    "the share of its CPU time that the slow one got",
                    "",
                    slow.stream().map(Slowdown::share).toList()));
        }
        return figures;
    }

    // The job's time without the part before the kill and without the task's own: until it began again.
    private static double killedWorker(Bench bench, boolean another) throws Exception {
        try (var fleet = new RealFleet(bench.data())) {
            var workers = new ArrayList<RoleProcess>();
            workers.add(fleet.startWorker());
            if (another) {
                workers.add(fleet.startWorker());
            }
            fleet.warmUp(bench);
            var job = fleet.millrace.submit(new Spin(1, TASK.toNanos() / 1e3), RealFleet.SINGLE);
            var computing = computing(fleet, workers, job);
            computing.kill();
            var killed = System.nanoTime();
            if (!another) {
                fleet.launchWorker(1);
            }
            var ending = job.ending(PATIENCE);
            var seconds = (System.nanoTime() - killed - TASK.toNanos()) / 1e9;
            Bench.check("the sum of one item", job.output(ending).text().strip(), "0");
            bench.say().accept("killed worker, another %s: %.2f s".formatted(another ? "beside" : "started", seconds));
            return seconds;
        }
    }

    // Who computes the job's task, once somebody does.
    private static RoleProcess computing(RealFleet fleet, List<RoleProcess> workers, Job job) throws IOException {
        var until = System.nanoTime() + TASK.toNanos();
        while (System.nanoTime() < until) {
            for (var worker : fleet.live()) {
                if (worker.heartbeat().holdings().stream()
                        .filter(Heartbeat.Holding::computing)
                        .anyMatch(one -> one.job().equals(job.id()))) {
                    return workers.stream()
                            .filter(one -> RealFleet.isOf(worker, one))
                            .findFirst()
                            .orElseThrow();
                }
            }
        }
        throw new IOException("nobody said that it computes " + job);
    }

    // The longest time without progress around the kill.
    private static double killedAggregator(Bench bench) throws Exception {
        try (var fleet = new RealFleet(bench.data())) {
            fleet.launchWorker(bench.cores(), "worker.lane-records=500");
            fleet.warmUp(bench);
            var aggregator = fleet.aggregator;
            var done = new AtomicLong();
            var job = fleet.millrace.submit(new Spin(RESULTS, 0), RealFleet.SINGLE);
            job.onProgress((JobProgress progress) -> done.accumulateAndGet(progress.done(), Math::max));
            await("half of the results", () -> done.get() >= RESULTS / 2, PATIENCE);
            fleet.start("aggregator", List.of());
            aggregator.kill();
            var killed = System.nanoTime();
            var before = done.get();
            if (before == RESULTS) {
                throw new Refusal(ExitCode.TIMED_OUT, "the job was done before its aggregator was killed");
            }
            await("progress after the kill", () -> done.get() > before, TAKEOVER_PATIENCE);
            var seconds = (System.nanoTime() - killed) / 1e9;
            var ending = job.ending(PATIENCE);
            Bench.check(
                    "the sum of " + RESULTS + " items",
                    job.output(ending).text().strip(),
                    Long.toString(RESULTS * (RESULTS - 1) / 2));
            bench.say().accept("killed aggregator at %,d of %,d results: %.2f s".formatted(before, RESULTS, seconds));
            return seconds;
        }
    }

    /// Returns once it holds.
    ///
    /// @throws Refusal when it does not within `patience`
    static void await(String what, BooleanSupplier holds, Duration patience) throws InterruptedException {
        var until = System.nanoTime() + patience.toNanos();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() > until) {
                throw new Refusal(ExitCode.TIMED_OUT, "%s: none within %s".formatted(what, patience));
            }
            RealFleet.sleep(Duration.ofMillis(5));
        }
    }

    /// One run of a job, in seconds.
    ///
    /// @param answer     its output
    /// @param seconds    from its submission to its ending
    /// @param math       CPU time of its tasks
    /// @param ofTheOther CPU time that the second of two workers got meanwhile
    record Run(String answer, double seconds, double math, double ofTheOther) {}

    /// One job with both workers at full speed, and again with the second one slow.
    record Slowdown(Run full, Run slow) {
        /// The share of its speed that the slow worker had: the CPU time that it got of each second, over what it took
        /// when nobody kept it from it.
        double share() {
            return slow.ofTheOther / slow.seconds / (full.ofTheOther / full.seconds);
        }

        double ratio() {
            return slow.seconds / full.seconds;
        }

        /// The job's time over the best that one worker and the slow one's share can do. Cores that are one core's
        /// threads are faster alone: what less CPU time the same math took, the best is sooner.
        double overBest() {
            return ratio() * (1 + share()) / 2 * full.math / slow.math;
        }
    }

    private static Slowdown slowWorker(Bench bench) throws Exception {
        try (var fleet = new RealFleet(bench.data())) {
            var _ = fleet.startWorker();
            var slowed = fleet.startWorker();
            fleet.warmUp(bench);
            var _ = bench.time(fleet.millrace, new Primes(0, NUMBERS_A_SECOND * WARM_UP_SECONDS), JobOptions.DEFAULT);
            var job = new Primes(0, bench.seconds() * NUMBERS_A_SECOND);
            var full = run(bench, fleet, job, slowed);
            Slowdown slowdown;
            try (var _ = new Throttle(slowed.pid())) {
                slowdown = new Slowdown(full, run(bench, fleet, job, slowed));
            }
            Bench.check("the count of primes", slowdown.slow.answer, full.answer);
            bench.say()
                    .accept("one of two workers at %.2f of its speed: %.2f x, %.2f of the best"
                            .formatted(slowdown.share(), slowdown.ratio(), slowdown.overBest()));
            return slowdown;
        }
    }

    private static Run run(Bench bench, RealFleet fleet, Primes job, RoleProcess other) throws Exception {
        var before = other.cpu();
        var timed = bench.time(fleet.millrace, job, JobOptions.DEFAULT);
        return new Run(
                timed.text(),
                timed.seconds(),
                timed.cpuSeconds(),
                other.cpu().minus(before).toNanos() / 1e9);
    }
}

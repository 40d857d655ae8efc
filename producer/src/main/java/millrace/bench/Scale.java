package millrace.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import millrace.client.Job;
import millrace.client.JobOptions;
import millrace.proto.kernels.Primes;
import millrace.proto.kernels.Spin;

/// What more workers cost, of one core each, every role a process of its own: the CPU time of all roles, the broker
/// and the client that is not the math's, for each task, and for each further worker while there are no tasks.
///
/// Paced: 100 tasks without work a second, submitted as a job every second, beside what the fleet spends idle. Under
/// load: a job that fills the cores, in tasks as the feeder cuts them. Workers beyond the machine's cores compute no
/// faster; they show what they cost.
final class Scale implements Benchmark {
    private static final List<Integer> WORKERS = List.of(1, 2, 4, 8);
    private static final int TASKS_A_SECOND = 100;
    private static final double CPU_MILLIS_OF_TASK_MAX = 1;

    /// One after the other, before the first that counts: a young fleet's compilers take more than its tasks.
    private static final int WARM_UP_JOBS = 1_000;

    private static final Duration SECOND = Duration.ofSeconds(1);
    /// That one core sieves, about.
    private static final long NUMBERS_A_SECOND = 2_000_000_000L;

    private static final Duration PATIENCE = Duration.ofMinutes(10);

    /// What one number of workers gave, one value for each run.
    private static final class Row {
        final int workers;
        final List<Double> paced = new ArrayList<>();
        final List<Double> idle = new ArrayList<>();
        final List<Double> loaded = new ArrayList<>();
        final List<Double> share = new ArrayList<>();
        final List<Double> seconds = new ArrayList<>();

        Row(int workers) {
            this.workers = workers;
        }
    }

    @Override
    public String name() {
        return "scale";
    }

    @Override
    public String summary() {
        return "what 1, 2, 4 and 8 workers of one core cost in CPU time beside the math";
    }

    @Override
    public List<Figure> run(Bench bench) throws Exception {
        var job = new Primes(0, bench.seconds() * NUMBERS_A_SECOND);
        String digest;
        try (var jvm = new OneJvm(bench.cores(), bench.data())) {
            digest = jvm.compute(job).digest();
        }
        var rows = WORKERS.stream().map(Row::new).toList();
        for (var row : rows) {
            try (var fleet = new RealFleet(bench.data())) {
                for (var worker = 0; worker < row.workers; worker++) {
                    var _ = fleet.startWorker();
                }
                fleet.settle();
                fleet.warmUp(bench);
                for (var number = 0; number < WARM_UP_JOBS; number++) {
                    check(submit(fleet));
                }
                for (var run = 0; run < bench.runs(); run++) {
                    row.idle.add(idle(bench, fleet));
                    row.paced.add(paced(bench, fleet));
                    load(bench, fleet, row, job, digest);
                }
            }
            bench.say()
                    .accept("%s: idle %.1f ms a second, paced %.2f ms a task, loaded %.2f ms a task, %.2f s"
                            .formatted(
                                    workers(row),
                                    row.idle.getLast(),
                                    row.paced.getLast(),
                                    row.loaded.getLast(),
                                    row.seconds.getLast()));
        }
        var figures = new ArrayList<Figure>();
        for (var row : rows) {
            figures.add(Figure.atMost(
                    CPU_MILLIS_OF_TASK_MAX,
                    "CPU time of a task at %d a second, %s".formatted(TASKS_A_SECOND, workers(row)),
                    "ms",
                    row.paced));
        }
        for (var row : rows) {
            figures.add(Figure.of("CPU time of a second without tasks, " + workers(row), "ms", row.idle));
        }
        var fewest = rows.getFirst();
        var most = rows.getLast();
        figures.add(Figure.of(
                "CPU time of a second without tasks, each further worker",
                "ms",
                ofEachFurther(fewest.idle, most.idle, most.workers - fewest.workers)));
        for (var row : rows) {
            figures.add(Figure.of("CPU time of a task beside its math, cores full, " + workers(row), "ms", row.loaded));
        }
        for (var row : rows) {
            figures.add(Figure.of("math's share of all CPU time, cores full, " + workers(row), "", row.share));
        }
        for (var row : rows) {
            figures.add(Figure.of("a job that fills the cores, " + workers(row), "s", row.seconds));
        }
        return figures;
    }

    /// What each of `further` workers adds to what the fewest take, run by run.
    static List<Double> ofEachFurther(List<Double> fewest, List<Double> most, int further) {
        return IntStream.range(0, fewest.size())
                .mapToObj(run -> (most.get(run) - fewest.get(run)) / further)
                .toList();
    }

    private static String workers(Row row) {
        return row.workers == 1 ? "1 worker" : row.workers + " workers";
    }

    // CPU milliseconds of a second in which nothing is asked for.
    private static double idle(Bench bench, RealFleet fleet) throws Exception {
        var seconds = Math.max(1, bench.seconds() / 2);
        var before = fleet.cpuSeconds();
        RealFleet.sleep(SECOND.multipliedBy(seconds));
        return (fleet.cpuSeconds() - before) * 1e3 / seconds;
    }

    // CPU milliseconds of a task, with what the fleet spends idle in it.
    private static double paced(Bench bench, RealFleet fleet) throws Exception {
        var before = fleet.cpuSeconds();
        var started = System.nanoTime();
        var jobs = new ArrayList<Job>();
        for (var number = 0; number < bench.seconds(); number++) {
            jobs.add(submit(fleet));
            var due = started + (number + 1) * SECOND.toNanos();
            for (var left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
        }
        for (var job : jobs) {
            check(job);
        }
        return (fleet.cpuSeconds() - before) * 1e3 / (jobs.size() * TASKS_A_SECOND);
    }

    private static Job submit(RealFleet fleet) throws InterruptedException {
        return fleet.millrace.submit(new Spin(TASKS_A_SECOND, 0), RealFleet.SINGLE);
    }

    // Waits for its end.
    private static void check(Job job) throws Exception {
        var ending = job.ending(PATIENCE);
        Bench.check(
                "the sum of " + TASKS_A_SECOND + " items",
                job.output(ending).text(),
                Long.toString(TASKS_A_SECOND * (TASKS_A_SECOND - 1L) / 2));
    }

    private static void load(Bench bench, RealFleet fleet, Row row, Primes job, String digest) throws Exception {
        var before = fleet.cpuSeconds();
        var timed = bench.time(fleet.millrace, job, JobOptions.DEFAULT);
        var all = fleet.cpuSeconds() - before;
        Bench.check("the digest of " + job, timed.output().digest(), digest);
        var tasks = timed.output().ending().tally().tasks();
        row.seconds.add(timed.seconds());
        row.share.add(timed.cpuSeconds() / all);
        row.loaded.add((all - timed.cpuSeconds()) * 1e3 / tasks);
    }
}

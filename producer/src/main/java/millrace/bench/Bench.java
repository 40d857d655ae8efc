package millrace.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import millrace.cli.EmbeddedFleet;
import millrace.client.Job;
import millrace.client.JobFailed;
import millrace.client.JobOptions;
import millrace.client.Millrace;
import millrace.client.Output;
import millrace.proto.Description;
import millrace.proto.Ending;

/// What the benchmarks work with.
///
/// @param runs     how often a figure is measured, at least 1
/// @param seconds  about how long one job of a run takes, at least 1
/// @param tasks    that pass where memory is measured
/// @param cores    that the fleet and what it is compared with compute on
/// @param data     where embedded brokers keep their data
/// @param settings of the roles, by key, in front of a benchmark's own
/// @param say      takes what goes on, for people
/// @param remarks  what the report tells beside the figures
record Bench(
        int runs,
        int seconds,
        long tasks,
        int cores,
        Path data,
        Map<String, String> settings,
        Consumer<String> say,
        Remarks remarks) {
    private static final Duration PATIENCE_MIN = Duration.ofMinutes(10);
    private static final int PATIENCE_TIMES = 20;

    /// With no remarks yet.
    Bench(int runs, int seconds, long tasks, int cores, Path data, Map<String, String> settings, Consumer<String> say) {
        this(runs, seconds, tasks, cores, data, settings, say, new Remarks(say));
    }

    /// How long a job is waited for: far longer than it should take, as the machine may be a slow one.
    Duration patience() {
        var asked = Duration.ofSeconds((long) PATIENCE_TIMES * seconds);
        return asked.compareTo(PATIENCE_MIN) > 0 ? asked : PATIENCE_MIN;
    }

    /// The settings that are not the roles' defaults: a benchmark's own, replaced by those that were asked for.
    Map<String, String> effective(Map<String, String> own) {
        var all = new TreeMap<>(own);
        all.putAll(settings);
        return all;
    }

    /// Starts a fleet whose workers share the cores, and waits until it is ready.
    EmbeddedFleet fleet(int workers, int coresOfWorker, Map<String, String> own) throws InterruptedException {
        var plan =
                new EmbeddedFleet.Plan("bench", workers, coresOfWorker, 0, data, List.of(), effective(own), Map.of());
        var fleet = EmbeddedFleet.start(plan, _ -> {});
        try {
            fleet.awaitReady(patience());
        } catch (RuntimeException | InterruptedException e) {
            fleet.close();
            throw e;
        }
        return fleet;
    }

    /// A job's output, and the seconds from its submission to its ending.
    record Timed(Output output, double seconds) {
        String text() throws IOException {
            return output.text().strip();
        }

        double cpuSeconds() {
            return output.ending().tally().cpuNanos() / 1e9;
        }
    }

    Timed time(Millrace millrace, Description description, JobOptions options)
            throws InterruptedException, TimeoutException, JobFailed, IOException {
        return time(millrace, description, options, patience());
    }

    /// @throws TimeoutException when it has not ended after `patience`; it is cancelled then, as the next one needs the
    ///     cores
    static Timed time(Millrace millrace, Description description, JobOptions options, Duration patience)
            throws InterruptedException, TimeoutException, JobFailed, IOException {
        var started = System.nanoTime();
        var job = millrace.submit(description, options);
        var ending = ending(job, patience);
        var seconds = (System.nanoTime() - started) / 1e9;
        return new Timed(job.output(ending), seconds);
    }

    private static Ending ending(Job job, Duration patience) throws InterruptedException, TimeoutException {
        try {
            return job.ending(patience);
        } catch (TimeoutException e) {
            job.cancel("took too long");
            throw (TimeoutException)
                    new TimeoutException("%s has not ended after %,d s".formatted(job, patience.toSeconds()))
                            .initCause(e);
        }
    }

    static void check(String what, Object is, Object mustBe) throws WrongAnswer {
        if (!is.equals(mustBe)) {
            throw new WrongAnswer("%s is %s, must be %s".formatted(what, is, mustBe));
        }
    }
}

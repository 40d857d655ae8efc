package millrace.cli;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import millrace.client.Job;
import millrace.client.Millrace;
import millrace.client.WorkerSummary;
import millrace.proto.Ending;
import millrace.proto.Heartbeat;
import millrace.proto.Obstacle;
import millrace.proto.Refusal;
import millrace.proto.view.JobProgress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Waits for a job's ending and shows its progress meanwhile; when nothing moves, finds out why.
final class Follower {
    private static final Duration STEP = Duration.ofMillis(100);
    private static final Duration STILL = Duration.ofSeconds(3);
    private static final Duration LISTEN = Duration.ofMillis(2500);

    private static final Logger LOG = LoggerFactory.getLogger(Follower.class);

    private final Millrace millrace;
    private final ProgressView view;
    private final CompletableFuture<Refusal> trouble;
    private CompletableFuture<String> asked = CompletableFuture.completedFuture("");
    private String waiting = "";

    /// @param trouble completes when the fleet cannot go on
    Follower(Millrace millrace, ProgressView view, CompletableFuture<Refusal> trouble) {
        this.millrace = millrace;
        this.view = view;
        this.trouble = trouble;
    }

    /// @throws TimeoutException when the job has not ended in that time
    /// @throws Refusal when the fleet cannot go on
    Ending follow(Job job, Duration timeout) throws InterruptedException, TimeoutException {
        var started = System.nanoTime();
        var moved = started;
        var last = job.progress();
        while (true) {
            var left = timeout.minusNanos(System.nanoTime() - started);
            try {
                return job.ending(left.compareTo(STEP) < 0 ? left : STEP);
            } catch (TimeoutException e) {
                if (left.compareTo(STEP) < 0) {
                    throw e;
                }
            }
            if (trouble.isDone()) {
                throw trouble.join();
            }
            var progress = job.progress();
            var now = System.nanoTime();
            if (advanced(last, progress)) {
                moved = now;
                waiting = "";
                asked = CompletableFuture.completedFuture(""); // what is found out for an earlier standstill is no news
            } else if (now - moved > STILL.toNanos() || progress.tally().attempts() == 0) {
                ask(job);
            }
            last = progress;
            view.show(progress, job.progressAge(), waiting, now);
        }
    }

    private static boolean advanced(JobProgress before, JobProgress after) {
        return after.tally().attempts() > before.tally().attempts();
    }

    // In a thread of its own: listening takes seconds, in which the job may end, and the threads that all share are
    // few; the one that waits for the workers' processes to end needs one.
    private void ask(Job job) {
        if (asked.isDone()) {
            waiting = asked.join();
            asked = CompletableFuture.supplyAsync(
                    () -> obstacle(job), Thread.ofPlatform().daemon()::start);
        }
    }

    private String obstacle(Job job) {
        try {
            var live = millrace.workers(LISTEN).stream()
                    .filter(WorkerSummary::live)
                    .map(WorkerSummary::heartbeat)
                    .toList();
            var why = waitingFor(job, live);
            return why.isEmpty() && job.progressAge().compareTo(ProgressView.OLD) > 0
                    ? "waiting for an aggregator"
                    : why;
        } catch (Refusal e) {
            return String.valueOf(e.getMessage());
        } catch (RuntimeException e) { // whatever it is: that a job ends is not to depend on it
            LOG.debug("cannot find out why job {} does not move", job.id(), e);
            return "";
        }
    }

    static String waitingFor(Job job, java.util.List<Heartbeat> live) {
        return Obstacle.of(job.spec().computation(), false, live)
                .map(why -> live.isEmpty() ? "waiting for workers to join" : "waiting: " + why)
                .orElse("");
    }
}

package millrace.client;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import millrace.proto.BadInput;
import millrace.proto.Ending;
import millrace.proto.JobSpec;
import millrace.proto.Progress;
import millrace.proto.Tally;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What one job has shown so far. Any thread.
final class JobTracker {
    private static final Logger LOG = LoggerFactory.getLogger(JobTracker.class);

    private final JobSpec spec;
    private final CompletableFuture<Ending> ending = new CompletableFuture<>();
    private final List<Consumer<JobProgress>> listeners = new CopyOnWriteArrayList<>();
    private volatile JobProgress progress;
    private long generation = -1;

    JobTracker(JobSpec spec) {
        this.spec = spec;
        progress = new JobProgress(spec.job(), spec.items(), 0, 0, 0, null, Tally.NONE);
    }

    JobSpec spec() {
        return spec;
    }

    JobProgress progress() {
        return progress;
    }

    /// Completes with the job's ending; exceptionally with [BadInput] when another spec has the id.
    CompletableFuture<Ending> ending() {
        return ending;
    }

    /// The listener hears of what is known now at once, and then of every step.
    synchronized void listen(Consumer<JobProgress> listener) {
        listeners.add(listener);
        tell(listener, progress);
    }

    synchronized void accept(Ending record) {
        if (record.spec().digest().equals(spec.digest())) {
            step(progress(record.done().items(), record.dead().items(), 0, null, record.tally()));
            ending.complete(record);
        } else {
            ending.completeExceptionally(new BadInput("job id '" + spec.job() + "' is taken by " + record.spec()
                    + ", allowed: an id that is free, or the same spec"));
        }
    }

    /// A higher generation replaces, a lower one is late. Within one the later counts. An owner publishes only
    /// after it has caught up, so a count below one that was shown is a straggler's, and people do not see it.
    synchronized void accept(Progress record) {
        if (ending.isDone() || record.generation() < generation) {
            return;
        }
        generation = record.generation();
        step(progress(
                Math.max(progress.done(), Math.min(record.done().items(), spec.items())),
                Math.max(progress.dead(), Math.min(record.dead().items(), spec.items())),
                record.itemsPerSecond(),
                record.eta(),
                record.tally()));
    }

    /// The job's records can no longer be followed.
    void fail(RuntimeException trouble) {
        ending.completeExceptionally(trouble);
    }

    private JobProgress progress(long done, long dead, double itemsPerSecond, Progress.@Nullable Eta eta, Tally tally) {
        return new JobProgress(spec.job(), spec.items(), done, dead, itemsPerSecond, eta, tally);
    }

    private void step(JobProgress next) {
        progress = next;
        listeners.forEach(listener -> tell(listener, next));
    }

    private static void tell(Consumer<JobProgress> listener, JobProgress progress) {
        try {
            listener.accept(progress);
        } catch (RuntimeException e) { // of the listener's; others are to hear too
            LOG.warn("a progress listener of job {} failed", progress.job(), e);
        }
    }
}

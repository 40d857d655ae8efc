package millrace.client;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import millrace.proto.BadInput;
import millrace.proto.Ending;
import millrace.proto.JobSpec;
import millrace.proto.Progress;
import millrace.proto.view.JobProgress;
import millrace.proto.view.ProgressFold;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What one job has shown so far. Any thread.
final class JobTracker {
    private static final Logger LOG = LoggerFactory.getLogger(JobTracker.class);

    private final JobSpec spec;
    private final CompletableFuture<Ending> ending = new CompletableFuture<>();
    private final List<Consumer<JobProgress>> listeners = new CopyOnWriteArrayList<>();
    private final ProgressFold fold;
    private final LongSupplier nanos;
    private volatile JobProgress progress;
    private volatile long heardNanos;

    JobTracker(JobSpec spec) {
        this(spec, System::nanoTime);
    }

    /// @param nanos a clock that never jumps
    JobTracker(JobSpec spec, LongSupplier nanos) {
        this.spec = spec;
        this.nanos = nanos;
        heardNanos = nanos.getAsLong();
        fold = new ProgressFold(spec);
        progress = fold.progress();
    }

    JobSpec spec() {
        return spec;
    }

    JobProgress progress() {
        return progress;
    }

    /// Since the progress was last heard, at first since the tracker was made; none once the job has ended.
    Duration age() {
        return ending.isDone() ? Duration.ZERO : Duration.ofNanos(nanos.getAsLong() - heardNanos);
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
            fold.accept(record);
            step(fold.progress());
            ending.complete(record);
        } else {
            ending.completeExceptionally(new BadInput("job id '" + spec.job() + "' is taken by " + record.spec()
                    + ", allowed: an id that is free, or the same spec"));
        }
    }

    synchronized void accept(Progress record) {
        if (fold.accept(record)) {
            step(fold.progress());
        }
    }

    /// The job's records can no longer be followed.
    void fail(RuntimeException trouble) {
        ending.completeExceptionally(trouble);
    }

    private void step(JobProgress next) {
        heardNanos = nanos.getAsLong();
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

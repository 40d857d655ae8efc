package millrace.client;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import millrace.proto.BadInput;
import millrace.proto.Description;
import millrace.proto.Ending;
import millrace.proto.JobOrder;
import millrace.proto.JobSpec;
import millrace.proto.Refusal;
import millrace.proto.view.JobProgress;

/// A job that has been submitted. Any thread may call the methods, as long as its [Millrace] is open.
public final class Job {
    private final Millrace millrace;
    private final JobTracker tracker;
    private final Optional<Description> description;
    private boolean followed;
    private boolean progressFollowed;

    Job(Millrace millrace, JobTracker tracker, Optional<Description> description) {
        this.millrace = millrace;
        this.tracker = tracker;
        this.description = description;
    }

    public String id() {
        return tracker.spec().job();
    }

    public JobSpec spec() {
        return tracker.spec();
    }

    /// How far the job is, as last heard; the first call may wait for what is known.
    public JobProgress progress() throws InterruptedException {
        followProgress();
        return tracker.progress();
    }

    /// How old the progress is: since it was last heard, at first since the job was submitted or found; none
    /// once the job has ended. Aggregators tell it every second, so more than a few seconds mean that none is
    /// heard, once progress has been asked for.
    public Duration progressAge() {
        return tracker.age();
    }

    /// Calls the listener with what is known now, then with every step, the last when the job ends. It is
    /// called by the connection's thread, so it must return soon; what it throws is logged.
    public void onProgress(Consumer<JobProgress> listener) throws InterruptedException {
        followProgress();
        tracker.listen(listener);
    }

    /// Waits for the job's output.
    ///
    /// A job that may skip failed items (see [millrace.proto.Policy]) and did so gives its output too:
    /// [Output#complete] tells.
    ///
    /// @throws TimeoutException when the job has not ended in that time; it goes on
    /// @throws JobFailed when it ended without an output
    /// @throws Refusal when Kafka cannot be reached
    public Output get(Duration timeout) throws InterruptedException, TimeoutException, JobFailed, IOException {
        return output(ending(timeout));
    }

    /// Waits for the job's ending, whatever it is.
    ///
    /// @throws TimeoutException when the job has not ended in that time; it goes on
    /// @throws BadInput when the id is taken by another spec
    public Ending ending(Duration timeout) throws InterruptedException, TimeoutException {
        follow();
        try {
            return tracker.ending().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException known) {
                throw known;
            }
            throw new IllegalStateException(e);
        } catch (CancellationException e) {
            throw new IllegalStateException(e);
        }
    }

    /// The output of a job that has ended so.
    ///
    /// @throws JobFailed when it ended without an output
    /// @throws IOException when the output is gone or damaged
    public Output output(Ending ending) throws JobFailed, IOException {
        return switch (ending.state()) {
            case SUCCEEDED, PARTIAL ->
                Output.of(millrace.reader(), millrace.wire().outputs(), millrace.blobs(), ending, description);
            case FAILED, CANCELLED, EXPIRED -> throw new JobFailed(ending);
        };
    }

    /// What there is of the output of a job that has ended so, whether or not it succeeded: the items of
    /// [Ending#done], joined.
    ///
    /// @throws JobFailed when nothing of it was kept
    /// @throws IOException when the output is gone or damaged
    public Output partialOutput(Ending ending) throws JobFailed, IOException {
        if (ending.output() == null) {
            throw new JobFailed(ending);
        }
        return Output.of(millrace.reader(), millrace.wire().outputs(), millrace.blobs(), ending, description);
    }

    /// Ends the job, unless it has ended; returns once the order is durable. Its tasks stop within seconds.
    ///
    /// @param reason one line for people, may be empty
    public void cancel(String reason) throws InterruptedException {
        millrace.order(new JobOrder.Cancel(id(), reason));
    }

    /// Lets no more tasks of the job start until [#resume]; returns once the order is durable.
    public void pause() throws InterruptedException {
        millrace.order(new JobOrder.Pause(id()));
    }

    public void resume() throws InterruptedException {
        millrace.order(new JobOrder.Resume(id()));
    }

    /// Changes the job's share of the fleet; returns once the order is durable.
    ///
    /// @param priority -10 to 10; each step doubles the share
    public void priority(int priority) throws InterruptedException {
        millrace.order(new JobOrder.SetPriority(id(), priority));
    }

    private synchronized void follow() throws InterruptedException {
        if (!followed) {
            millrace.follow(tracker);
            followed = true;
        }
    }

    // Who only waits for the output does not cost the brokers a fetch for each step.
    private synchronized void followProgress() throws InterruptedException {
        follow();
        if (!progressFollowed) {
            millrace.followProgress(tracker);
            progressFollowed = true;
        }
    }

    Job followed() {
        followed = true;
        return this;
    }

    @Override
    public String toString() {
        return tracker.spec().toString();
    }
}

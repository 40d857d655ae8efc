package millrace.aggregator.console;

import java.util.Locale;
import java.util.Optional;
import millrace.proto.BadInput;
import millrace.proto.JobOrder;
import millrace.proto.view.JobSummary;
import millrace.proto.view.Replays;

/// What people can do to a job that exists.
enum Action {
    CANCEL,
    PAUSE,
    RESUME,
    PRIORITY,
    REPLAY,
    REMOVE;

    /// @throws BadInput when there is none of this name
    static Action of(String name) {
        try {
            return valueOf(name.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new BadInput("action is '" + millrace.proto.Text.line(name, 40)
                    + "', allowed: cancel, pause, resume, priority, replay, remove");
        }
    }

    /// The order that does it.
    ///
    /// @param view       tells what goes on from a job
    /// @param partitions of `jobs`, how many there are
    /// @throws BadInput when it does not fit the job as it is now
    JobOrder order(FleetView view, JobSummary job, String reason, int priority, int partitions) {
        var id = job.spec().job();
        return switch (this) {
            case CANCEL -> {
                requireOpen(job);
                yield new JobOrder.Cancel(id, reason);
            }
            case PAUSE -> {
                requireOpen(job);
                require(!job.paused(), "it is paused already");
                yield new JobOrder.Pause(id);
            }
            case RESUME -> {
                requireOpen(job);
                require(job.paused(), "it is not paused");
                yield new JobOrder.Resume(id);
            }
            case PRIORITY -> {
                requireOpen(job);
                require(-10 <= priority && priority <= 10, "priority is " + priority + ", allowed -10..10");
                yield new JobOrder.SetPriority(id, priority);
            }
            case REPLAY -> {
                var replays = Replays.of(job, partitions, one -> known(view, one));
                var next = replays.next();
                require(view.job(next.job()).isEmpty(), "it is being replayed already, as " + next.job());
                yield new JobOrder.Submit(next);
            }
            case REMOVE -> {
                require(job.ending() != null, "it is " + job.state() + "; cancel it first");
                yield new JobOrder.Remove(id);
            }
        };
    }

    private static Optional<JobSummary> known(FleetView view, String id) {
        return view.summary(id);
    }

    private static void requireOpen(JobSummary job) {
        require(job.ending() == null, "it has ended: " + job.state());
    }

    private static void require(boolean holds, String why) {
        if (!holds) {
            throw new BadInput(why);
        }
    }
}

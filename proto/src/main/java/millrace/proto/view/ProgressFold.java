package millrace.proto.view;

import millrace.proto.Ending;
import millrace.proto.JobSpec;
import millrace.proto.Progress;
import millrace.proto.Tally;

/// How far one job is, from its records in the order in which they are read. Not for several threads at once.
public final class ProgressFold {
    private final JobSpec spec;
    private long generation = -1;
    private boolean ended;
    private JobProgress progress;

    public ProgressFold(JobSpec spec) {
        this.spec = spec;
        progress = new JobProgress(spec.job(), spec.items(), 0, 0, 0, null, Tally.NONE);
    }

    public JobProgress progress() {
        return progress;
    }

    /// A higher generation replaces, a lower one is late. Within one the later counts. An owner publishes only
    /// after it has caught up, so a count below one that was shown is a straggler's, and people do not see it.
    ///
    /// @return whether the record counted
    public boolean accept(Progress record) {
        if (ended || record.generation() < generation) {
            return false;
        }
        generation = record.generation();
        progress = new JobProgress(
                spec.job(),
                spec.items(),
                Math.max(progress.done(), Math.min(record.done().items(), spec.items())),
                Math.max(progress.dead(), Math.min(record.dead().items(), spec.items())),
                record.itemsPerSecond(),
                record.eta(),
                record.tally());
        return true;
    }

    /// What the ending says is the last word.
    public void accept(Ending record) {
        ended = true;
        progress = new JobProgress(
                spec.job(), spec.items(), record.done().items(), record.dead().items(), 0, null, record.tally());
    }
}

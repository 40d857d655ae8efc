package millrace.proto.view;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import millrace.proto.Ending;
import millrace.proto.JobOrder;
import millrace.proto.JobSpec;
import millrace.proto.Progress;
import org.jspecify.annotations.Nullable;

/// What the records of `jobs`, `progress` and `endings` say of each job, all of it: for one look at a fleet. Not for several threads at once.
public final class History {
    /// One job's.
    private static final class Entry {
        @Nullable
        JobSpec spec;

        long submittedMillis;
        int priority;
        boolean paused;
        boolean removed;

        @Nullable
        Progress progress;

        @Nullable
        Ending ending;
    }

    private final Map<String, Entry> jobs = new LinkedHashMap<>();

    /// @param atMillis when the order was accepted, the broker's clock
    public void order(JobOrder order, long atMillis) {
        var job = jobs.computeIfAbsent(order.job(), _ -> new Entry());
        switch (order) {
            case JobOrder.Submit submit -> {
                if (job.spec == null) { // the first one of an id wins
                    job.spec = submit.spec();
                    job.submittedMillis = atMillis;
                    job.priority = submit.spec().policy().priority();
                }
            }
            case JobOrder.SetPriority set -> job.priority = set.priority();
            case JobOrder.Pause _ -> job.paused = true;
            case JobOrder.Resume _ -> job.paused = false;
            case JobOrder.Remove _ -> job.removed = true;
            case JobOrder.Cancel _ -> {
                // Whether it was cancelled its ending tells.
            }
        }
    }

    public void progress(Progress progress) {
        var job = jobs.computeIfAbsent(progress.job(), _ -> new Entry());
        if (job.progress == null || progress.generation() >= job.progress.generation()) {
            job.progress = progress;
        }
    }

    public void ending(Ending ending) {
        var job = jobs.computeIfAbsent(ending.job(), _ -> new Entry());
        job.ending = ending;
        if (job.spec == null) { // the order is gone, or in a record that was lost
            job.spec = ending.spec();
            job.submittedMillis = ending.submittedMillis();
        }
    }

    /// Whether the job has been ordered and then removed.
    public boolean removed(String job) {
        var entry = jobs.get(job);
        return entry != null && entry.removed && entry.ending != null;
    }

    /// The job's summary, or null when nobody ordered it or it has been removed.
    public @Nullable JobSummary job(String id) {
        var entry = jobs.get(id);
        return entry == null || removed(id) ? null : summary(entry);
    }

    /// All jobs that have not been removed, newest first.
    public List<JobSummary> all() {
        return jobs.keySet().stream()
                .map(this::job)
                .filter(java.util.Objects::nonNull)
                .sorted(Comparator.comparingLong(JobSummary::submittedMillis).reversed())
                .toList();
    }

    private static @Nullable JobSummary summary(Entry entry) {
        var spec = entry.spec;
        if (spec == null) {
            return null;
        }
        var fold = new ProgressFold(spec);
        if (entry.progress != null) {
            fold.accept(entry.progress);
        }
        if (entry.ending != null) {
            fold.accept(entry.ending);
        }
        return new JobSummary(spec, entry.priority, entry.paused, entry.submittedMillis, fold.progress(), entry.ending);
    }
}

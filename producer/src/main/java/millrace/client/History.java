package millrace.client;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import millrace.proto.Ending;
import millrace.proto.JobOrder;
import millrace.proto.JobSpec;
import millrace.proto.Progress;
import org.jspecify.annotations.Nullable;

/// What the records of `jobs`, `progress` and `endings` say of each job. Not for several threads at once.
final class History {
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

    void order(Reader.Placed<JobOrder> placed) {
        var job = jobs.computeIfAbsent(placed.record().job(), _ -> new Entry());
        switch (placed.record()) {
            case JobOrder.Submit submit -> {
                if (job.spec == null) { // the first one of an id wins
                    job.spec = submit.spec();
                    job.submittedMillis = placed.atMillis();
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

    void progress(Progress progress) {
        var job = jobs.computeIfAbsent(progress.job(), _ -> new Entry());
        if (job.progress == null || progress.generation() >= job.progress.generation()) {
            job.progress = progress;
        }
    }

    void ending(Ending ending) {
        var job = jobs.computeIfAbsent(ending.job(), _ -> new Entry());
        job.ending = ending;
        if (job.spec == null) { // the order is gone, or in a record that was lost
            job.spec = ending.spec();
            job.submittedMillis = ending.submittedMillis();
        }
    }

    /// Whether the job has been ordered and then removed.
    boolean removed(String job) {
        var entry = jobs.get(job);
        return entry != null && entry.removed && entry.ending != null;
    }

    /// The job's summary, or null when nobody ordered it or it has been removed.
    @Nullable
    JobSummary job(String id) {
        var entry = jobs.get(id);
        return entry == null || removed(id) ? null : summary(entry);
    }

    /// All jobs that have not been removed, newest first.
    List<JobSummary> all() {
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
        var tracker = new JobTracker(spec);
        if (entry.progress != null) {
            tracker.accept(entry.progress);
        }
        if (entry.ending != null) {
            tracker.accept(entry.ending);
        }
        return new JobSummary(
                spec, entry.priority, entry.paused, entry.submittedMillis, tracker.progress(), entry.ending);
    }
}

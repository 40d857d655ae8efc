package millrace.aggregator.console;

import java.util.Locale;
import millrace.proto.Ending;
import millrace.proto.JobSpec;
import millrace.proto.Progress;
import millrace.proto.Ranges;
import millrace.proto.view.JobProgress;
import millrace.proto.view.JobSummary;
import millrace.proto.view.ProgressFold;
import org.jspecify.annotations.Nullable;

/// What the view knows of one job.
final class JobRecord {
    private final JobSpec spec;
    private final long submittedMillis;
    private final ProgressFold fold;
    private final Course course = new Course();
    private final Course resident = new Course();
    private final Course heap = new Course();
    private int priority;
    private boolean paused;
    private boolean removed;
    private @Nullable Progress latest;
    private @Nullable Ending ending;

    JobRecord(JobSpec spec, long submittedMillis) {
        this.spec = spec;
        this.submittedMillis = submittedMillis;
        fold = new ProgressFold(spec);
        priority = spec.policy().priority();
    }

    void priority(int latest) {
        priority = latest;
    }

    void paused(boolean now) {
        paused = now;
    }

    void remove() {
        removed = true;
    }

    void accept(Progress record) {
        if (ending == null && fold.accept(record)) {
            latest = record;
        }
    }

    void accept(Ending record) {
        if (ending == null && record.spec().digest().equals(spec.digest())) {
            ending = record;
            latest = null;
            fold.accept(record);
        }
    }

    String id() {
        return spec.job();
    }

    JobSpec spec() {
        return spec;
    }

    long submittedMillis() {
        return submittedMillis;
    }

    boolean isRemoved() {
        return removed;
    }

    boolean isOpen() {
        return ending == null;
    }

    @Nullable
    Ending ending() {
        return ending;
    }

    JobProgress progress() {
        return fold.progress();
    }

    /// The latest record of progress while the job is open, or null.
    @Nullable
    Progress latest() {
        return latest;
    }

    Course course() {
        return course;
    }

    /// A second of the workers that hold tasks of the job.
    void used(FleetView.Memory most, long millis) {
        resident.add(millis, most.resident(), 0);
        heap.add(millis, most.heap(), 0);
    }

    /// The most resident memory of any of its workers, bytes; only what was seen.
    Course resident() {
        return resident;
    }

    /// The most heap in use of any of its workers, bytes; as many points as [#resident].
    Course heap() {
        return heap;
    }

    Ranges done() {
        return ending != null ? ending.done() : latest != null ? latest.done() : new Ranges();
    }

    Ranges dead() {
        return ending != null ? ending.dead() : latest != null ? latest.dead() : new Ranges();
    }

    JobSummary summary() {
        return new JobSummary(spec, priority, paused, submittedMillis, progress(), ending);
    }

    int priority() {
        return priority;
    }

    String state() {
        return summary().state();
    }

    String kernel() {
        return spec.computation().kernel() + "@" + spec.computation().version();
    }

    /// Work left, in core-seconds, by what an item has cost so far; NaN while that is not known.
    double coreSecondsLeft() {
        var tally = progress().tally();
        var left = Math.max(0, spec.items() - progress().done() - progress().dead());
        if (!isOpen() || left == 0) {
            return 0;
        }
        return tally.items() == 0 ? Double.NaN : left * (tally.cpuNanos() / 1e9 / tally.items());
    }

    /// Whether the job's id, kernel, parameters, labels or reason hold the text, in any case.
    boolean mentions(String text) {
        var wanted = text.toLowerCase(Locale.ROOT);
        var where = id() + " " + kernel() + " " + spec.computation().parameters() + " " + spec.labels()
                + (ending == null ? "" : " " + ending.reason());
        return where.toLowerCase(Locale.ROOT).contains(wanted);
    }
}

package millrace.producer;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;
import millrace.proto.Computation;
import millrace.proto.Heartbeat.Offer;
import millrace.proto.JobSpec;
import millrace.proto.Progress;
import millrace.proto.Ranges;
import millrace.proto.Ranges.Range;
import millrace.proto.Tally;
import org.jspecify.annotations.Nullable;

/// One open job: which of its items are done, which are outstanding, and which are still to be cut. Its size in
/// memory follows what is outstanding, not the number of its tasks.
///
/// `cut` holds what is done, given up or outstanding. Progress only adds to it, except under a new owner of the
/// results.
final class FeedingJob {
    /// What became of the outstanding ranges with one progress record.
    ///
    /// @param done   ranges that are done or given up as a whole
    /// @param broken ranges of which a part is done under other boundaries: their own results cannot count any
    ///               more
    record Change(List<Outstanding> done, List<Outstanding> broken) {}

    private final JobSpec spec;
    private final Range range;
    private final Offer offer;
    private final Sizer sizer;
    private final Elapsed elapsed = new Elapsed();

    private int priority;
    private boolean paused;
    private boolean cancelled;

    private long generation = -1;
    private long position;
    private Ranges settled = new Ranges();
    private Tally tally = Tally.NONE;
    private List<Progress.Again> again = List.of();

    private Ranges cut = new Ranges();
    private final NavigableMap<Range, Outstanding> outstanding = new TreeMap<>();
    private final TreeSet<Outstanding> waiting = new TreeSet<>(Outstanding.BY_DUE);
    private long copiedNanos;

    /// Emissions out; [InFlight] counts them.
    int emissions;

    /// The job's savings in the round robin.
    double deficit;

    /// While a new leader does not yet know which of the items have results on their way: nothing is cut, and what a
    /// predecessor may have emitted again is not emitted a second time.
    Probes.@Nullable Probe settling;

    FeedingJob(JobSpec spec, Range range) {
        this.spec = spec;
        this.range = range;
        var computation = spec.computation();
        offer = new Offer(computation.kernel(), computation.version());
        sizer = new Sizer(spec);
        priority = spec.policy().priority();
    }

    JobSpec spec() {
        return spec;
    }

    String id() {
        return spec.job();
    }

    Computation computation() {
        return spec.computation();
    }

    Offer offer() {
        return offer;
    }

    int priority() {
        return priority;
    }

    void prioritize(int priority) {
        this.priority = priority;
    }

    boolean isPaused() {
        return paused;
    }

    void pause(boolean paused) {
        this.paused = paused;
    }

    /// Its ending is on the way; until then nothing more is emitted.
    void cancel() {
        cancelled = true;
    }

    boolean isCancelled() {
        return cancelled;
    }

    /// Whether it may be fed, workers given. One that goes on from another waits to be told what that has done.
    boolean isActive() {
        return !paused && !cancelled && (spec.parent().isEmpty() || generation >= 0);
    }

    /// Results of its partition below this offset have been counted.
    long position() {
        return position;
    }

    List<Progress.Again> again() {
        return again;
    }

    long taskNanos() {
        return Nanos.of(spec.policy().taskTime());
    }

    /// The cores it may use of those that there are.
    long cores(long cores) {
        var most = spec.policy().maxCores();
        return most == 0 ? cores : Math.min(cores, most);
    }

    /// Whether it uses as many cores as it may.
    boolean isFull() {
        var most = spec.policy().maxCores();
        return most > 0 && emissions >= most;
    }

    Collection<Outstanding> outstanding() {
        return outstanding.values();
    }

    @Nullable
    Outstanding outstanding(Range range) {
        return outstanding.get(range);
    }

    /// Takes progress in; false when it is older than what is known.
    boolean progress(Progress progress, long cores) {
        var sameOwner = progress.generation() == generation;
        if (progress.generation() < generation || (sameOwner && progress.position() < position)) {
            return false;
        }
        if (sameOwner || generation < 0) {
            sizer.measure(tally, progress.tally(), cores);
        }
        generation = progress.generation();
        position = progress.position();
        tally = progress.tally();
        again = progress.again();
        settled = progress.done().copy();
        settled.addAll(progress.dead());
        if (sameOwner) {
            cut.addAll(settled);
        } else {
            recut();
        }
        return true;
    }

    /// Whether nothing of the range has been done or given up.
    boolean isUntouched(Range range) {
        return !settled.intersects(range.first(), range.end());
    }

    /// The outstanding ranges that the latest progress has touched; they are outstanding no longer.
    Change sweep() {
        var change = new Change(new ArrayList<>(), new ArrayList<>());
        for (var o : outstanding.values()) {
            if (settled.containsAll(o.range.first(), o.range.end())) {
                change.done().add(o);
            } else if (!isUntouched(o.range)) {
                change.broken().add(o);
            }
        }
        change.done().forEach(this::remove);
        change.broken().forEach(this::remove);
        if (!change.broken().isEmpty()) {
            recut();
        }
        return change;
    }

    private void remove(Outstanding o) {
        stopWaiting(o);
        outstanding.remove(o.range);
    }

    /// Forgets what is outstanding, as another producer takes over.
    void forgetOutstanding() {
        outstanding.clear();
        waiting.clear();
        copiedNanos = 0;
        deficit = 0;
        settling = null;
        cut = new Ranges();
    }

    /// Works out anew what is to be cut: all that is neither done, given up nor outstanding.
    void recut() {
        cut = settled.copy();
        outstanding.keySet().forEach(out -> cut.add(out.first(), out.end()));
    }

    /// Whether any of the range is outstanding under whatever boundaries.
    boolean overlapsOutstanding(Range range) {
        for (var out : outstanding.keySet()) {
            if (out.first() >= range.end()) {
                return false;
            }
            if (out.end() > range.first()) {
                return true;
            }
        }
        return false;
    }

    boolean covers(Range other) {
        return range.first() <= other.first() && other.end() <= range.end();
    }

    Outstanding cut(Range range) {
        var o = new Outstanding(this, range, sizer.weightNanos(range.items()));
        outstanding.put(range, o);
        cut.add(range.first(), range.end());
        return o;
    }

    void waitUntil(Outstanding o, long due) {
        stopWaiting(o);
        o.waitUntil(due);
        waiting.add(o);
    }

    void stopWaiting(Outstanding o) {
        if (o.isWaiting()) {
            waiting.remove(o);
            o.stopWaiting();
        }
    }

    /// What to emit next, or null when nothing is due.
    ///
    /// @param cores that the job may use
    @Nullable
    Plan plan(long now, long cores) {
        if (settling != null) {
            return null;
        }
        if (!waiting.isEmpty() && waiting.first().due() <= now) {
            var o = waiting.first();
            return new Plan(this, o.range, o, false, o.weightNanos);
        }
        var gap = cut.firstGap(range.first(), range.end());
        if (gap == null) {
            return null;
        }
        var items = Math.min(gap.items(), sizer.items(uncut(), cores));
        return new Plan(this, new Range(gap.first(), gap.first() + items), null, false, sizer.weightNanos(items));
    }

    /// What is left of it, in seconds of one core; 0 while it is paused, is cancelled, or its cost is not known.
    double coreSecondsLeft() {
        return isActive() && sizer.isMeasured()
                ? sizer.costNanos(Math.max(0, range.items() - settled.items())) / 1e9
                : 0;
    }

    private long uncut() {
        return range.items() - cut.items();
    }

    /// Whether nothing is left to cut or to emit again: its last tasks are out.
    boolean isEnding() {
        return settling == null && waiting.isEmpty() && !outstanding.isEmpty() && uncut() == 0;
    }

    /// How long its latest tasks were out.
    Elapsed elapsed() {
        return elapsed;
    }

    /// Whether one more copy stays within a part of what the job costs in all. The first is always granted, or a
    /// small job would wait for a frozen worker.
    boolean affords(Outstanding copy, double part) {
        return copiedNanos == 0 || copiedNanos + copy.weightNanos <= part * sizer.costNanos(range.items());
    }

    void copied(Outstanding copy) {
        copiedNanos += copy.weightNanos;
    }

    @Override
    public String toString() {
        return id() + " " + range + ", " + outstanding.size() + " ranges outstanding";
    }
}

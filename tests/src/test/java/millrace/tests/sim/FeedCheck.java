package millrace.tests.sim;

import static millrace.tests.sim.Violation.require;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import millrace.proto.Heartbeat;
import millrace.proto.JobOrder;
import millrace.proto.Progress;
import millrace.proto.Ranges.Range;
import millrace.proto.Task;
import org.jspecify.annotations.Nullable;

/// Holds every emission against what its producer had read: it feeds alone, nothing that is done, ended, cancelled
/// or paused, by boundaries that stay, and again only what was answered, lost or never sent.
final class FeedCheck {
    /// Tasks in flight for each one that workers can hold or compute: they are short while their cost is not known.
    private static final long IN_FLIGHT_MAX = 200;

    /// Copies of one range.
    private static final int COPIES_MAX = 3;

    private static final long SENDING = -1;

    /// A worker that was heard so lately counts as alive.
    private static final long LIVE = 5 * Agenda.SECOND;

    /// For how long one that is heard again is not yet relied on.
    private static final long BACK = 5 * Agenda.SECOND;

    private record Place(int partition, long offset) {}

    private record Told(long since, long at, Heartbeat beat) {}

    private static final class Sent {
        final int number;
        final int partition;
        long offset = SENDING;
        boolean answered;

        Sent(int number, int partition) {
            this.number = number;
            this.partition = partition;
        }
    }

    private static final class Cut {
        final List<Sent> sent = new ArrayList<>();
        int copies;
        boolean touched;
    }

    /// What a producer has read of a job.
    private static final class Known {
        boolean ended;
        boolean cancelled;
        boolean paused;
        boolean submitted;
        long generation = -1;
        long position;
        BitSet settled = new BitSet();
        List<Progress.Again> again = List.of();
        TreeMap<Range, Cut> cuts = new TreeMap<>();
    }

    private final World world;
    private final Map<SimProducer, Map<String, Known>> known = new HashMap<>();
    // Where the result of a record that is done with is, or -1 when it was claimed.
    private final Map<Place, Long> finished = new HashMap<>();
    private final Map<SimProducer, Map<String, Told>> beats = new HashMap<>();
    private final long[] starts;
    private long appended;

    FeedCheck(World world) {
        this.world = world;
        starts = new long[world.broker.taskPartitions];
    }

    private Known of(SimProducer producer, String job) {
        return known.computeIfAbsent(producer, _ -> new HashMap<>()).computeIfAbsent(job, _ -> new Known());
    }

    // ---- what it has read

    void readEnding(SimProducer producer, String job) {
        of(producer, job).ended = true;
    }

    void readOrder(SimProducer producer, JobOrder order) {
        var job = of(producer, order.job());
        switch (order) {
            case JobOrder.Submit _ -> job.submitted = true;
            // An order for a job that is not known yet is void.
            case JobOrder.Cancel _ -> job.cancelled |= job.submitted;
            case JobOrder.Pause _ -> job.paused |= job.submitted;
            case JobOrder.Resume _ -> job.paused = false;
            case JobOrder.SetPriority _, JobOrder.Remove _ -> {}
        }
    }

    void readProgress(SimProducer producer, Progress progress) {
        var job = of(producer, progress.job());
        if (progress.generation() < job.generation
                || (progress.generation() == job.generation && progress.position() < job.position)) {
            return;
        }
        job.generation = progress.generation();
        job.position = progress.position();
        job.settled = JobFold.bits(progress.done());
        job.settled.or(JobFold.bits(progress.dead()));
        job.cuts.forEach((range, cut) -> cut.touched |= intersects(job.settled, range));
        job.again = progress.again();
        for (var again : progress.again()) {
            var cut = job.cuts.get(new Range(again.first(), again.end()));
            if (cut != null) {
                cut.sent.forEach(sent -> sent.answered |= sent.number == again.emission());
            }
        }
    }

    private static boolean intersects(BitSet set, Range range) {
        var next = set.nextSetBit((int) range.first());
        return next >= 0 && next < range.end();
    }

    // ---- what it does

    /// It takes the lead.
    void leads(SimProducer producer) {
        known.getOrDefault(producer, Map.of()).values().forEach(job -> job.cuts = new TreeMap<>());
    }

    void emitted(SimProducer producer, Task task, int partition) {
        world.trace(
                "%s emits %s attempt %d%s%s to %d",
                producer, task, task.attempt(), task.copy() ? " copy" : "", task.alone() ? " alone" : "", partition);
        require(producer.isFresh(), "%s emits %s without a fresh lease", producer, task);
        for (var other : world.faults.producers()) {
            require(other == producer || !other.isFresh() || other.isDead(), "%s and %s feed both", producer, other);
        }
        var job = of(producer, task.job());
        require(!job.ended, "%s emits %s of a job that has ended", producer, task);
        require(!job.cancelled, "%s emits %s of a job that was cancelled", producer, task);
        require(!job.paused, "%s emits %s of a job that is paused", producer, task);
        require(!intersects(job.settled, task.range()), "%s emits %s, of which items are done", producer, task);
        var policy = world.checker.fold(task.job()).spec.policy();
        require(
                task.attempt() <= policy.maxAttempts(),
                "%s emits %s, attempt %d of %d",
                producer,
                task,
                task.attempt(),
                policy.maxAttempts());
        boundaries(producer, job, task);
        again(producer, job, task, partition);
    }

    private static void boundaries(SimProducer producer, Known job, Task task) {
        for (var entry : job.cuts.entrySet()) {
            var range = entry.getKey();
            if (range.first() < task.end() && task.first() < range.end() && !range.equals(task.range())) {
                require(
                        entry.getValue().touched,
                        "%s emits %s across %s, which it had cut and of which nothing is done",
                        producer,
                        task,
                        range);
            }
        }
    }

    private void again(SimProducer producer, Known job, Task task, int partition) {
        var cut = job.cuts.computeIfAbsent(task.range(), _ -> new Cut());
        if (task.copy()) {
            cut.copies++;
            require(cut.copies <= COPIES_MAX, "%s emits copy %d of %s", producer, cut.copies, task);
        } else {
            for (var sent : cut.sent) {
                require(
                        sent.answered || isFinished(sent),
                        "%s emits %s, and emission %d is neither answered nor finished",
                        producer,
                        task,
                        sent.number);
                long result = finished.getOrDefault(new Place(sent.partition, sent.offset), -1L);
                require(
                        sent.answered || job.position > result,
                        "%s emits %s, and the result of emission %d, at %d, is still to be counted",
                        producer,
                        task,
                        sent.number,
                        result);
            }
            // Earlier ones were given up when the last one was sent, even if their workers are heard again.
            var last = cut.sent.isEmpty() ? null : cut.sent.getLast();
            require(
                    last == null || last.answered || !inHand(producer, task, last.number),
                    "%s emits %s, which a live worker has in hand",
                    producer,
                    task);
        }
        cut.sent.add(new Sent(task.emission(), partition));
    }

    private boolean isFinished(Sent sent) {
        return sent.offset != SENDING && sent.offset < starts[sent.partition];
    }

    /// The share group has taken acknowledgements. A restarted broker knows its start only when somebody fetches.
    void acknowledged() {
        for (var p = 0; p < starts.length; p++) {
            starts[p] = Math.max(starts[p], world.broker.share.startOffset(p).orElse(0));
        }
    }

    /// It found the record of a task that is not finished as it took the lead.
    void found(SimProducer producer, Task task, int partition, long offset) {
        var job = of(producer, task.job());
        if (job.submitted && !intersects(job.settled, task.range())) {
            var sent = new Sent(task.emission(), partition);
            sent.offset = offset;
            sent.answered = job.again.stream()
                    .anyMatch(again -> again.first() == task.first()
                            && again.end() == task.end()
                            && again.emission() == task.emission());
            job.cuts.computeIfAbsent(task.range(), _ -> new Cut()).sent.add(sent);
        }
    }

    /// Records of tasks that are not done with.
    long unfinished() {
        return appended - finished.size();
    }

    /// Its record is in its partition.
    void appended(SimProducer producer, Task task, int partition, long offset) {
        appended++;
        var live = world.faults.recentHolds();
        require(
                unfinished() <= IN_FLIGHT_MAX * live + 10,
                "%d tasks are in flight, and workers could hold and compute %d",
                unfinished(),
                live);
        var sent = sent(producer, task);
        if (sent != null) {
            sent.offset = offset;
        }
    }

    /// The producer is told that it failed.
    void unsent(SimProducer producer, Task task) {
        var sent = sent(producer, task);
        if (sent != null) {
            sent.answered = true;
        }
    }

    private @Nullable Sent sent(SimProducer producer, Task task) {
        var cut = of(producer, task.job()).cuts.get(task.range());
        if (cut != null) {
            for (var sent : cut.sent) {
                if (sent.number == task.emission()) {
                    return sent;
                }
            }
        }
        return null;
    }

    /// The share group was told that a record is done with.
    ///
    /// @param result where its worker's result is, or null when the worker has claimed it
    void finished(int partition, long offset, @Nullable Long result) {
        finished.putIfAbsent(new Place(partition, offset), result == null ? -1 : result);
    }

    /// A producer has read a heartbeat.
    void readBeat(SimProducer producer, Heartbeat beat) {
        var now = world.agenda.now();
        beats.computeIfAbsent(producer, _ -> new LinkedHashMap<>())
                .merge(
                        beat.worker(),
                        new Told(now, now, beat),
                        (before, told) -> before.beat.sequence() > beat.sequence()
                                ? before // overtaken, and of no meaning any more
                                : new Told(now - before.at < LIVE ? before.since : now, now, beat));
    }

    // Silent workers' tasks are given up. Those of one that is heard again may be on their way to another by then.
    private boolean inHand(SimProducer producer, Task task, int emission) {
        return beats.getOrDefault(producer, Map.of()).values().stream()
                .anyMatch(told -> world.agenda.now() - told.at < LIVE
                        && world.agenda.now() - told.since > BACK
                        && holds(told.beat, task, emission));
    }

    private static boolean holds(Heartbeat beat, Task task, int emission) {
        return beat.state() != Heartbeat.State.STOPPED
                && beat.holdings().stream()
                        .anyMatch(one -> one.job().equals(task.job())
                                && one.first() == task.first()
                                && one.end() == task.end()
                                && one.emission() == emission);
    }
}

package millrace.producer;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import millrace.proto.Blob;
import millrace.proto.Heartbeat;
import millrace.proto.JobOrder;
import millrace.proto.JobSpec;
import millrace.proto.Obstacle;
import millrace.proto.Progress;
import millrace.proto.Ranges.Range;
import millrace.proto.Task;
import org.jspecify.annotations.Nullable;

/// Feeds jobs to the workers: cuts them into tasks and keeps just so many of these out that no core waits. It
/// knows no Kafka, no thread and no clock: facts come in by methods, [#feed] tells what to do.
///
/// Every producer's feeder follows `jobs`, `endings`, `progress` and `workers` all the time; the one that holds
/// the lease also leads: [#lead], then [#found] for each task record that the share group has not finished, then
/// [#rebuilt], and from then on it emits. A task is never remembered by its number but only while it is
/// outstanding, so memory is flat for any number of tasks.
///
/// *Lost* is exact. A worker's result is acknowledged before its task is accepted; so once the share group has
/// finished with a task's records, and no live worker has it in hand, its result lies below the end that
/// `results` has then. When the aggregator has counted to there and the range is not done, it is lost, and is
/// emitted again. *Slow* is another thing, see [Stragglers].
///
/// Times are nanoseconds since any fixed moment, at least 0 and never running backwards. One thread.
public final class Feeder {
    /// Lost tasks, silent workers and stragglers are looked for so often.
    private static final long LOOK = 50 * Nanos.MILLI;

    /// Late is what is out for so long and two task times: in the queue, and at work.
    private static final long LATE = 250 * Nanos.MILLI;

    /// A claim's heartbeat, written before its record was finished, has been read so much later.
    private static final long GRACE = Nanos.SECOND;

    /// A new leader waits for the aggregator's count, but no longer: the worst that comes of it is work done
    /// twice.
    private static final long SETTLING_MAX = 10 * Nanos.SECOND;

    /// Tasks that are finished but not counted leave room for others for so long, in the fleet's own time: the
    /// fleet goes on while another aggregator takes over.
    private static final long UNCOUNTED = 30 * Nanos.SECOND;

    private static final int UNCOUNTED_TASKS = 20_000;

    /// What the feeder has done since it was made.
    ///
    /// @param emitted  tasks emitted, all of the following among them
    /// @param copies   copies of stragglers
    /// @param lost     ranges found lost
    /// @param again    ranges emitted again after a failure, a hand-back or a failed send
    /// @param refused  orders and progress that fit no job: another spec under a known id, items outside the job
    public record Counts(long emitted, long copies, long lost, long again, long refused) {}

    private final boolean copying;
    private final TaskPartitions partitions;
    private final Window window = new Window();
    private final InFlight inFlight;
    private final LiveWorkers workers = new LiveWorkers();
    private final Stragglers stragglers;
    private final Probes probes = new Probes();
    private final RoundTrip roundTrip = new RoundTrip();
    private final RoundRobin roundRobin = new RoundRobin();
    private final Backoff backoff;
    private final EndedJobs ended = new EndedJobs();
    private final Map<String, FeedingJob> jobs = new LinkedHashMap<>();

    private boolean leading;
    private boolean feeding;
    private long feedingSince;
    private long looked = -1;
    private boolean late;
    private long emitted;
    private long copies;
    private long lost;
    private long retried;
    private long refused;

    /// @param taskPartitions partitions of `tasks`
    /// @param copying        whether stragglers are copied
    /// @param random         for spreading retries
    public Feeder(int taskPartitions, boolean copying, RandomGenerator random) {
        this.copying = copying;
        partitions = new TaskPartitions(taskPartitions);
        inFlight = new InFlight(window, partitions);
        stragglers = new Stragglers(inFlight, workers);
        backoff = new Backoff(random);
    }

    // ---- what is read
    // --------------------------------------------------------------------------------------------

    /// An order was read from `jobs`, in the order of its partition.
    public void order(JobOrder order) {
        switch (order) {
            case JobOrder.Submit submit -> submit(submit.spec());
            case JobOrder.Cancel cancel ->
                with(cancel.job(), job -> {
                    // The aggregator's ending follows; the cores are not to wait for it.
                    job.cancel();
                    drop(job);
                });
            case JobOrder.SetPriority set -> with(set.job(), job -> job.prioritize(set.priority()));
            case JobOrder.Pause pause -> with(pause.job(), job -> job.pause(true));
            case JobOrder.Resume resume -> with(resume.job(), job -> job.pause(false));
            // Only ended jobs can be removed, and those are not here.
            case JobOrder.Remove _ -> {}
        }
    }

    private void submit(JobSpec spec) {
        if (ended.contains(spec.job())) {
            return;
        }
        var range = spec.range();
        var known = jobs.get(spec.job());
        if (known != null) {
            refused += known.spec().equals(spec) ? 0 : 1;
            return;
        }
        if (range == null) {
            // Nothing of it is ever fed; a later spec under its id is refused until its ending is read, too.
            ended.add(spec.job());
            return;
        }
        var job = new FeedingJob(spec, range);
        jobs.put(spec.job(), job);
        roundRobin.join(job);
    }

    private void with(String id, java.util.function.Consumer<FeedingJob> change) {
        var job = jobs.get(id);
        if (job != null) {
            change.accept(job);
        }
    }

    /// The ending of a job was read from `endings`: whatever else is known of the job does not count any more.
    public void ended(String id) {
        ended.add(id);
        var job = jobs.remove(id);
        if (job != null) {
            roundRobin.leave(job);
            drop(job);
        }
    }

    private void drop(FeedingJob job) {
        job.outstanding().forEach(inFlight::release);
        job.forgetOutstanding();
    }

    /// Progress was read from `progress`.
    public void progress(Progress progress, long now) {
        var job = jobs.get(progress.job());
        if (job == null) {
            return;
        }
        if (!isInside(job, progress)) {
            refused++;
            return;
        }
        if (!job.progress(progress, cores(job)) || !leading || job.isCancelled()) {
            return;
        }
        sweep(job, now);
        job.again().forEach(again -> again(job, again, now));
    }

    private static boolean isInside(FeedingJob job, Progress progress) {
        return java.util.stream.Stream.of(progress.done(), progress.dead())
                .flatMap(ranges -> ranges.ranges().stream())
                .allMatch(job::covers);
    }

    private void sweep(FeedingJob job, long now) {
        var change = job.sweep();
        if (!change.done().isEmpty()) {
            roundTrip.progressed(change.done().size(), now);
        }
        for (var o : change.done()) {
            if (o.emission == 1 && o.emissions.size() == 1) {
                job.elapsed().add(now - o.emittedAt());
            }
            inFlight.release(o);
        }
        change.broken().forEach(inFlight::release);
    }

    private void again(FeedingJob job, Progress.Again again, long now) {
        var range = new Range(again.first(), again.end());
        if (!job.covers(range) || !job.isUntouched(range)) {
            return;
        }
        var o = job.outstanding(range);
        if (o == null) {
            if (job.overlapsOutstanding(range)) {
                return;
            }
            // Answered under a predecessor.
            o = job.cut(range);
            o.emission = again.emission();
        }
        inFlight.answered(o, again.emission());
        o.emission = Math.max(o.emission, again.emission());
        o.attempt = Math.max(o.attempt, again.failures() + 1);
        o.alone |= again.alone();
        if (o.isWaiting() || !o.emissions.isEmpty()) {
            return;
        }
        retried++;
        var isFailure = again.why().failed() != null;
        var wait = isFailure ? backoff.afterFailure(again.failures()) : backoff.afterHandBack(o.handedBack++);
        job.waitUntil(o, now + wait);
    }

    /// A heartbeat was read from `workers`, after that topic had been read to its end: older ones say nothing
    /// about who is alive.
    public void heartbeat(Heartbeat beat, long now) {
        workers.heartbeat(beat, now);
    }

    /// The share group has finished with all records of this partition of `tasks` below the offset.
    public void finishedBelow(int partition, long offset) {
        partitions.finishedBelow(partition, offset);
    }

    /// Whether a partition of `tasks` may soon have to wait until older records of it are known to be finished.
    public boolean tasksAreFilling() {
        return partitions.isFilling();
    }

    /// Whether a task is out for longer than it takes when nothing is wrong: whether its record is finished
    /// matters then.
    public boolean hasLateTasks() {
        return late;
    }

    /// This partition of `tasks` ends at the offset, whoever wrote its records.
    public void tasksEnd(int partition, long offset) {
        partitions.end(partition, offset);
    }

    // ---- the lease
    // -----------------------------------------------------------------------------------------------

    /// This producer holds the lease from now on; it emits nothing before [#rebuilt]. Orders, endings, progress
    /// and heartbeats have been read to the ends that they had when the lease was won.
    public void lead() {
        resign();
        leading = true;
    }

    /// The share group had not finished with this record of `tasks` when the lease was won.
    public void found(Task task, int partition, long offset, long now) {
        var job = jobs.get(task.job());
        if (!leading
                || job == null
                || job.isCancelled()
                || !job.spec().digest().equals(task.digest())
                || !job.covers(task.range())
                || !job.isUntouched(task.range())) {
            return;
        }
        var o = job.outstanding(task.range());
        if (o == null) {
            o = job.cut(task.range());
        }
        o.attempt = Math.max(o.attempt, task.attempt());
        o.alone |= task.alone();
        inFlight.found(o, task.emission(), partition, offset, now);
    }

    /// All records of `tasks` that were unfinished have been told, and heartbeats have been read to an end that
    /// is later than the look at what is finished.
    public void rebuilt(long now) {
        for (var beat : workers.live()) {
            beat.holdings().forEach(holding -> held(holding, now));
        }
        for (var job : jobs.values()) {
            job.recut();
            job.settling = probes.probe(job.spec().partition());
            job.again().forEach(again -> again(job, again, now));
        }
        feeding = true;
        feedingSince = now;
    }

    // Its record may be finished: workers accept long tasks early.
    private void held(Heartbeat.Holding holding, long now) {
        var job = jobs.get(holding.job());
        var range = new Range(holding.first(), holding.end());
        if (job != null
                && !job.isCancelled()
                && job.covers(range)
                && job.isUntouched(range)
                && !job.overlapsOutstanding(range)) {
            inFlight.held(job.cut(range), holding.emission(), now);
        }
    }

    /// This producer holds the lease no longer, or may not: it follows and emits nothing.
    public void resign() {
        jobs.values().forEach(this::drop);
        probes.clear();
        leading = false;
        feeding = false;
    }

    // ---- answers to actions
    // --------------------------------------------------------------------------------------

    /// The emission is in its partition at this offset, acknowledged.
    public void sent(long id, long offset, long now) {
        var emission = inFlight.sent(id, offset);
        if (emission != null) {
            roundTrip.acknowledged(now - emission.at);
        }
    }

    /// Whether an answer to an [Action.Emit] is still to come.
    boolean isSending() {
        return inFlight.isSending();
    }

    /// The emission failed; whether it is in its partition nevertheless is not known.
    public void unsent(long id, long now) {
        var emission = inFlight.unsent(id);
        if (emission != null && emission.of.emissions.isEmpty() && !emission.of.isWaiting()) {
            retried++;
            emission.of.job.waitUntil(emission.of, now + backoff.afterFailure(1));
        }
    }

    /// The answer to [Action.AskResultsEnd].
    public void resultsEnd(long ask, long end) {
        probes.answer(ask, end);
    }

    // ---- what to do
    // ----------------------------------------------------------------------------------------------

    /// What to do now. To be called after each batch of facts, and at least ten times a second while jobs are open,
    /// twice otherwise. A follower asks for nothing.
    public List<Action> feed(long now) {
        if (looked < 0 || now - looked >= LOOK) {
            looked = now;
            workers.look(now);
            if (feeding) {
                look(now);
            }
        }
        if (!feeding) {
            return List.of();
        }
        var actions = new ArrayList<>(probes.ask(now));
        var lowest = lowestPriorityOut();
        for (var plan = roundRobin.next(job -> plan(job, lowest, now));
                plan != null;
                plan = roundRobin.next(job -> plan(job, lowest, now))) {
            actions.add(emit(plan, isUrgent(plan.job(), lowest), now));
        }
        return actions;
    }

    private int lowestPriorityOut() {
        var lowest = Integer.MAX_VALUE;
        for (var job : jobs.values()) {
            lowest = job.emissions > 0 ? Math.min(lowest, job.priority()) : lowest;
        }
        return lowest;
    }

    /// Whether a job has nothing out, while one of this priority or a lower one has: its task does not wait behind theirs
    /// on a worker.
    ///
    /// @param lowest the lowest priority of a job that has tasks out
    private static boolean isUrgent(FeedingJob job, int lowest) {
        return job.emissions == 0 && job.priority() >= lowest;
    }

    /// @param lowest the lowest priority of a job that has tasks out
    private @Nullable Plan plan(FeedingJob job, int lowest, long now) {
        if (!job.isActive() || job.isFull()) {
            return null;
        }
        var capacity = workers.capacity(job.offer());
        if (capacity.cores() == 0
                || !window.isOpen(
                        job.offer(),
                        capacity,
                        workers.total(),
                        job.taskNanos(),
                        roundTrip.nanos(),
                        late || (isUrgent(job, lowest) && job.priority() > lowest))
                || partitions.isFull()) {
            return null;
        }
        var plan = job.plan(now, job.cores(capacity.cores()));
        if (plan != null || !copying) {
            return plan;
        }
        var straggler = stragglers.find(job, now);
        return straggler == null ? null : new Plan(job, straggler.range, straggler, true, straggler.weightNanos);
    }

    private Action emit(Plan plan, boolean urgent, long now) {
        var job = plan.job();
        var o = plan.outstanding() == null ? job.cut(plan.range()) : plan.outstanding();
        job.stopWaiting(o);
        inFlight.forgive(o, false);
        o.probe = null;
        var emission = inFlight.launch(o, now);
        emitted++;
        if (plan.copy()) {
            copies++;
            o.copies++;
            job.copied(o);
        }
        var task = new Task(
                job.id(),
                job.spec().digest(),
                job.spec().partition(),
                job.spec().computationBytes(),
                o.range.first(),
                o.range.end(),
                o.attempt,
                o.emission,
                o.alone,
                plan.copy(),
                urgent,
                job.spec().policy().taskLimit());
        return new Action.Emit(inFlight.lastId(), task, emission.partition);
    }

    // ---- looking after what is out
    // -------------------------------------------------------------------------------

    private void look(long now) {
        var stuck = workers.stuck();
        var room = new Room(workers.total());
        late = false;
        for (var job : jobs.values()) {
            settle(job, now);
            for (var o : new ArrayList<>(job.outstanding())) {
                if (!o.isWaiting()) {
                    look(job, o, stuck, room, now);
                }
            }
        }
    }

    private void settle(FeedingJob job, long now) {
        var probe = job.settling;
        if (probe != null
                && ((probe.isAnswered() && job.position() >= probe.end()) || now - feedingSince > SETTLING_MAX)) {
            job.settling = null;
        }
    }

    private void look(FeedingJob job, Outstanding o, Collection<LiveWorkers.Claim> stuck, Room room, long now) {
        late |= now - o.emittedAt() > LATE + 2 * job.taskNanos();
        var finished = inFlight.isFinished(o);
        if (!finished) {
            o.finishedSince = Nanos.NEVER;
        } else if (o.finishedSince == Nanos.NEVER) {
            o.finishedSince = now;
        }
        if (!finished || workers.claimed(job.id(), o.range)) {
            o.probe = null;
            // The worker that had it in hand is silent: it takes no live core.
            inFlight.forgive(o, stuck.contains(new LiveWorkers.Claim(job.id(), o.range)));
            return;
        }
        inFlight.forgive(o, room.take(o));
        if (o.probe == null) {
            o.probe = probes.probe(job.spec().partition());
        }
        if (o.probe.isAnswered()
                && job.position() >= o.probe.end()
                && now - o.finishedSince >= GRACE
                && workers.hearing(now)) {
            lost++;
            inFlight.release(o);
            o.probe = null;
            job.waitUntil(o, now);
        }
    }

    /// How much finished but uncounted work leaves its room in the window to others.
    private static final class Room {
        private double nanos;
        private int tasks = UNCOUNTED_TASKS;

        Room(Capacity fleet) {
            nanos = (double) fleet.cores() * UNCOUNTED;
        }

        boolean take(Outstanding o) {
            if (nanos < o.weightNanos || tasks == 0) {
                return false;
            }
            nanos -= o.weightNanos;
            tasks--;
            return true;
        }
    }

    private long cores(FeedingJob job) {
        return job.cores(workers.capacity(job.offer()).cores());
    }

    // ---- what it knows
    // -------------------------------------------------------------------------------------------

    /// Why the job does not proceed, one sentence for people; empty when it does, or is not open.
    public Optional<String> obstacle(String id) {
        var job = jobs.get(id);
        if (job == null) {
            return Optional.empty();
        }
        var obstacle = Obstacle.of(job.computation(), job.isPaused(), workers.live());
        if (obstacle.isPresent() || !feeding) {
            return obstacle;
        }
        if (job.settling != null) {
            return Optional.of("a new producer waits for the aggregator to count the results that there are");
        }
        if (partitions.isFull()) {
            return Optional.of("every partition of the tasks topic holds " + TaskPartitions.SPAN_MAX
                    + " records from its oldest unfinished one on");
        }
        return job.outstanding().isEmpty() && job.isActive()
                ? Optional.of("it waits for its turn among " + jobs.size() + " open jobs")
                : Optional.empty();
    }

    /// The blobs that open jobs name.
    Set<Blob> blobs() {
        return jobs.values().stream()
                .flatMap(job -> job.spec().computation().parameters().values().stream())
                .filter(Blob::isText)
                .map(Blob::parse)
                .collect(Collectors.toUnmodifiableSet());
    }

    /// The ids of the open jobs, in the order of submission.
    public Collection<String> openJobs() {
        return java.util.Collections.unmodifiableSet(jobs.keySet());
    }

    /// Ranges that have been cut and are not done.
    public long outstanding() {
        return jobs.values().stream().mapToLong(job -> job.outstanding().size()).sum();
    }

    /// How it is now.
    Figures figures() {
        var left = new TreeMap<String, Double>();
        for (var worker : workers.live()) {
            worker.offers().forEach(offer -> Figures.add(left, offer.kernel(), 0));
        }
        for (var job : jobs.values()) {
            Figures.add(left, job.offer().kernel(), job.coreSecondsLeft());
        }
        return new Figures(
                counts(),
                left,
                jobs.size(),
                outstanding(),
                workers.live().size(),
                workers.total().cores());
    }

    public Counts counts() {
        return new Counts(emitted, copies, lost, retried, refused);
    }
}

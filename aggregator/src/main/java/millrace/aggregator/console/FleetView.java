package millrace.aggregator.console;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import millrace.proto.DeadLetter;
import millrace.proto.Ending;
import millrace.proto.Heartbeat;
import millrace.proto.JobOrder;
import millrace.proto.Progress;
import millrace.proto.view.JobSummary;
import org.jspecify.annotations.Nullable;

/// The whole fleet as its topics tell it: records in, a picture out. Clocks are arguments. Not for several threads
/// at once.
///
/// Its memory has bounds, whatever the topics hold: [#OPEN_MAX] open jobs, [#ENDED_MAX] ended ones, [#LETTERS_MAX]
/// dead letters, [#WORKERS_MAX] workers. What does not fit is counted, and pages say so.
final class FleetView {
    static final int OPEN_MAX = 10_000;
    static final int ENDED_MAX = 2_000;
    static final int LETTERS_MAX = 2_000;
    static final int WORKERS_MAX = 2_000;
    static final int SECONDS_MAX = 600;

    // An order is read after its job's ending may have been dropped; without its id it would look open.
    private static final int DROPPED_MAX = 50_000;

    private static final int EVENTS_MAX = 50;

    /// One second of the fleet.
    ///
    /// @param busy     cores that compute
    /// @param cores    of live workers
    /// @param tasks    tasks answered in that second, about
    /// @param resident memory of live workers' processes, bytes
    record Second(long millis, int busy, int cores, double tasks, long resident) {}

    /// What a worker has in use, or the most of each that several have.
    ///
    /// @param resident bytes of the process
    /// @param heap     bytes of its heap
    record Memory(long resident, long heap) {
        static Memory of(Heartbeat heartbeat) {
            return new Memory(heartbeat.residentBytes(), heartbeat.heapUsedBytes());
        }

        Memory max(Memory other) {
            return new Memory(Math.max(resident, other.resident), Math.max(heap, other.heap));
        }
    }

    /// Something that happened since the console runs.
    record Event(long millis, String kind, String subject, String text) {}

    private final Map<String, JobRecord> open = new LinkedHashMap<>();
    private final Map<String, JobRecord> ended = new LinkedHashMap<>();
    private final LinkedHashSet<String> dropped = new LinkedHashSet<>();
    private final Map<String, Progress> early = new LinkedHashMap<>();
    private final ArrayDeque<DeadLetter> letters = new ArrayDeque<>();
    private final TreeMap<String, WorkerRecord> workers = new TreeMap<>();
    private final ArrayDeque<Second> seconds = new ArrayDeque<>();
    private final ArrayDeque<Event> events = new ArrayDeque<>();
    private long openOmitted;
    private long endedOmitted;
    private long lettersOmitted;
    private long workersOmitted;
    private boolean caughtUp;
    private long version;

    /// @param atMillis when it was accepted, the broker's clock
    void order(JobOrder order, long atMillis) {
        version++;
        var known = find(order.job());
        switch (order) {
            case JobOrder.Submit submit -> {
                if (known == null) {
                    submitted(new JobRecord(submit.spec(), atMillis));
                }
            }
            case JobOrder.SetPriority set -> withJob(known, job -> job.priority(set.priority()));
            case JobOrder.Pause _ -> withJob(known, job -> job.paused(true));
            case JobOrder.Resume _ -> withJob(known, job -> job.paused(false));
            case JobOrder.Remove _ -> withJob(known, JobRecord::remove);
            case JobOrder.Cancel _ -> {
                // Whether it was cancelled its ending tells.
            }
        }
    }

    private static void withJob(@Nullable JobRecord job, java.util.function.Consumer<JobRecord> change) {
        if (job != null) {
            change.accept(job);
        }
    }

    private void submitted(JobRecord job) {
        if (dropped.contains(job.id())) {
            return;
        }
        if (open.size() >= OPEN_MAX) {
            openOmitted++;
            return;
        }
        open.put(job.id(), job);
        var progress = early.remove(job.id());
        if (progress != null) {
            job.accept(progress);
        }
        happened(job.submittedMillis(), "submitted", job.id(), job.kernel());
    }

    /// @param millis now, the console's clock
    void progress(Progress progress, long millis) {
        version++;
        var job = open.get(progress.job());
        if (job != null) {
            job.accept(progress);
            job.course().add(millis, job.progress().done(), job.progress().itemsPerSecond());
        } else if (!caughtUp && !ended.containsKey(progress.job()) && early.size() < OPEN_MAX) {
            // Topics are read side by side: its order may come later.
            early.put(progress.job(), progress);
        }
    }

    void ending(Ending ending, long millis) {
        version++;
        var job = open.remove(ending.job());
        if (job == null) {
            if (ended.containsKey(ending.job())) {
                return;
            }
            job = new JobRecord(ending.spec(), ending.submittedMillis());
        }
        early.remove(ending.job());
        job.accept(ending);
        if (job.isOpen()) { // of another spec with the same id: not this job's
            open.put(job.id(), job);
            return;
        }
        job.course().add(millis, job.progress().done(), 0);
        ended.put(job.id(), job);
        happened(
                ending.endedMillis(),
                ending.state().name().toLowerCase(java.util.Locale.ROOT),
                job.id(),
                ending.reason());
        if (ended.size() > ENDED_MAX) {
            dropOldest();
        }
    }

    // A tenth at once, so that finding the oldest costs little for each.
    private void dropOldest() {
        var oldest = ended.values().stream()
                .sorted(Comparator.comparingLong(FleetView::endedMillis))
                .limit(ENDED_MAX / 10)
                .map(JobRecord::id)
                .toList();
        for (var id : oldest) {
            ended.remove(id);
            dropped.add(id);
            endedOmitted++;
        }
        while (dropped.size() > DROPPED_MAX) {
            dropped.removeFirst();
        }
    }

    private static long endedMillis(JobRecord job) {
        var ending = job.ending();
        return ending == null ? Long.MAX_VALUE : ending.endedMillis();
    }

    void letter(DeadLetter letter) {
        version++;
        letters.addLast(letter);
        if (letters.size() > LETTERS_MAX) {
            letters.removeFirst();
            lettersOmitted++;
        }
    }

    /// @param nanos now, a clock that never runs backwards
    void heartbeat(Heartbeat heartbeat, long nanos, long millis) {
        version++;
        var known = workers.get(heartbeat.worker());
        if (heartbeat.state() == Heartbeat.State.STOPPED) {
            if (workers.remove(heartbeat.worker()) != null && caughtUp) {
                happened(millis, "left", heartbeat.worker(), "stopped in good order");
            }
            return;
        }
        if (known == null && workers.size() >= WORKERS_MAX && !forgetSilent(nanos)) {
            workersOmitted++;
            return;
        }
        if (known == null) {
            known = new WorkerRecord(heartbeat);
            workers.put(heartbeat.worker(), known);
            if (caughtUp) {
                var cores = heartbeat.cores() == 1 ? "1 core" : heartbeat.cores() + " cores";
                happened(millis, "joined", heartbeat.worker(), cores + " at " + heartbeat.host());
            }
        }
        known.accept(heartbeat, caughtUp, nanos);
    }

    private boolean forgetSilent(long nanos) {
        return workers.values().removeIf(worker -> !worker.isLive(nanos));
    }

    /// A second has passed.
    void tick(long nanos, long millis) {
        version++;
        var busy = 0;
        var cores = 0;
        var tasks = 0.0;
        var resident = 0L;
        var inUse = new HashMap<String, Memory>();
        for (var worker : workers.values()) {
            worker.tick(nanos);
            if (worker.isLive(nanos)) {
                busy += worker.busy();
                cores += worker.heartbeat().cores();
                tasks += worker.tasksPerSecond();
                resident += worker.heartbeat().residentBytes();
                var memory = Memory.of(worker.heartbeat());
                worker.heartbeat().holdings().forEach(holding -> inUse.merge(holding.job(), memory, Memory::max));
            }
        }
        inUse.forEach((job, memory) -> withJob(open.get(job), holder -> holder.used(memory, millis)));
        seconds.addLast(new Second(millis, busy, cores, tasks, resident));
        if (seconds.size() > SECONDS_MAX) {
            seconds.removeFirst();
        }
        // A worker that died says nothing more: nobody wants to see it for ever.
        workers.values().removeIf(worker -> worker.silentMillis(nanos) > 600_000);
    }

    /// What the topics had when it began is read: from now on records are news.
    void caughtUp() {
        caughtUp = true;
        version++;
        early.clear();
        events.clear();
    }

    private void happened(long millis, String kind, String subject, String text) {
        events.addFirst(new Event(millis, kind, subject, text));
        if (events.size() > EVENTS_MAX) {
            events.removeLast();
        }
    }

    private @Nullable JobRecord find(String id) {
        var job = open.get(id);
        return job != null ? job : ended.get(id);
    }

    /// A job that is known and not removed.
    Optional<JobRecord> job(String id) {
        return Optional.ofNullable(find(id)).filter(job -> job.isOpen() || !job.isRemoved());
    }

    Optional<JobSummary> summary(String id) {
        return job(id).map(JobRecord::summary);
    }

    /// Open jobs, then ended ones, each the newest first.
    List<JobRecord> jobs() {
        var all = new ArrayList<JobRecord>(open.size() + ended.size());
        open.values().stream()
                .sorted(Comparator.comparingLong(JobRecord::submittedMillis).reversed())
                .forEach(all::add);
        ended.values().stream()
                .filter(job -> !job.isRemoved())
                .sorted(Comparator.comparingLong(FleetView::endedMillis).reversed())
                .forEach(all::add);
        return all;
    }

    Collection<JobRecord> open() {
        return open.values();
    }

    /// The newest last.
    Deque<DeadLetter> letters() {
        return letters;
    }

    Collection<WorkerRecord> workers() {
        return workers.values();
    }

    Deque<Second> seconds() {
        return seconds;
    }

    Deque<Event> events() {
        return events;
    }

    boolean isCaughtUp() {
        return caughtUp;
    }

    long openOmitted() {
        return openOmitted;
    }

    long endedOmitted() {
        return endedOmitted;
    }

    long lettersOmitted() {
        return lettersOmitted;
    }

    long workersOmitted() {
        return workersOmitted;
    }

    /// Changes with every record.
    long version() {
        return version;
    }
}

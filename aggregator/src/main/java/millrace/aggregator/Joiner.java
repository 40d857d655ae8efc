package millrace.aggregator;

import static millrace.aggregator.Check.invariant;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import millrace.proto.BlobPlace;
import millrace.proto.Ending;
import millrace.proto.ForeignRecord;
import millrace.proto.JobOrder;
import millrace.proto.OutputPart;
import millrace.proto.Progress;
import millrace.proto.Result;
import millrace.proto.Snapshot;
import millrace.proto.SpecDigest;
import millrace.proto.Topics;
import org.jspecify.annotations.Nullable;

/// Joins the results of one partition and decides how its jobs end: all of an aggregator that is not Kafka.
///
/// It is told what was read and what was written, and asked for what to write; it has no thread and no clock of
/// its own, and is used by one thread. An owner of the partition makes a new one at each takeover and throws it
/// away on the first doubt: everything in it comes back from the topics.
///
/// 1. Takeover, after the predecessor is fenced: every record of `endings`, then of `snapshots`, then of `jobs`
///    ([#ending], [#snapshot], [#order]), then [#start].
/// 2. From then on in any order: results by rising offsets ([#result], [#foreign]) while [#acceptsResults],
///    further
///    orders, [#tick]. Before `results` has been read up to where it ended at the takeover nothing is published.
///    What [#wantsParent], [#wantsOrders], [#wantsValue] and [#wantsPart] ask for is brought.
/// 3. At any time: [#transaction] is to be written at once and answered by [#committed]; if that fails or its
///    outcome is
///    unknown, the joiner is thrown away. [#progress] is advisory: it may be lost.
///
/// A job ends here and nowhere else, one event after the other, so cancel, deadline, failure and success cannot
/// race.
public final class Joiner implements AutoCloseable {
    /// The most endings of one transaction, and about the most bytes of outputs or states.
    private static final int ENDS_MAX = 200;

    private static final long TRANSACTION_BYTES = 32L << 20;

    /// How often offsets are written in the time of the longest replay, at least, while jobs end.
    private static final int OFFSETS_OF_REPLAY = 100;

    private record Decided(JobEnd end, Mark resume, long bytes, boolean removed) {}

    private record InFlight(Transaction transaction, Mark resume, long covered) {}

    private enum Phase {
        LOADING,
        REPLAYING,
        LIVE
    }

    private final int partition;
    private final JoinLimits limits;
    private final MemoryBudget budget;
    private final Counters counters;
    private final String owner;
    private final RecentValues recent;
    private final SnapshotReader snapshots = new SnapshotReader();
    private final Map<String, JobJoin> open = new LinkedHashMap<>();
    private final Map<String, Decided> decided = new LinkedHashMap<>();
    private final EndedJobs ended = new EndedJobs();
    private final ParkedResults parked = new ParkedResults();
    private final Publication publication = new Publication();
    private final Heirs heirs = new Heirs();
    private final Closings closings = new Closings();
    private final Lifetime lifetime;

    private Phase phase = Phase.LOADING;
    private long generation;
    private long position;
    private long replayEnd;
    private long valueBytes;
    // The brokers' clock as far as it is known, and the caller's monotonic clock.
    private long now;
    private long monotonic;
    private long nextExpiryMillis = Long.MAX_VALUE;
    private Mark committed = new Mark(0, 0);
    private @Nullable InFlight inFlight;

    /// @param partition of `jobs`, `results` and the others that a job lives in
    /// @param budget    shared by all partitions of the process
    /// @param counters  shared by all partitions of the process
    /// @param owner     the aggregator's id, for people
    public Joiner(int partition, JoinLimits limits, MemoryBudget budget, Counters counters, String owner) {
        this.partition = partition;
        this.limits = limits;
        this.budget = budget;
        this.counters = counters;
        this.owner = owner;
        recent = new RecentValues(limits.recentMax());
        lifetime = new Lifetime(limits.jobAgeMax());
    }

    // ---- takeover

    /// An ending that the partition has.
    public void ending(Ending ending) {
        invariant(phase == Phase.LOADING, "an ending of %s is read while %s", ending.job(), phase);
        ended.add(ending.job(), ending.spec().digest());
    }

    /// A piece of a snapshot that the partition has.
    public void snapshot(Snapshot piece) {
        invariant(phase == Phase.LOADING, "a snapshot of %s is read while %s", piece.job(), phase);
        if (piece.number() == Transaction.Removal.NUMBER) {
            ended.removed(piece.job(), piece.digest());
        } else if (ended.contains(piece.job())) {
            ended.kept(piece.job(), piece.piece() + 1);
        } else if (!snapshots.add(piece)) {
            counters.add(Topics.SNAPSHOTS, ForeignRecord.Reason.BODY);
        }
    }

    /// Everything that the partition had is read; results follow.
    ///
    /// @param resume    the offset of the first result to come, as committed
    /// @param end       the end of `results` at the takeover: up to there it is a replay
    public void start(long resume, long end) {
        invariant(phase == Phase.LOADING, "started while %s", phase);
        phase = Phase.REPLAYING;
        position = resume;
        replayEnd = end;
        committed = new Mark(resume, 0);
        snapshots.clear();
        ended.forgetOldest(limits.endedJobsMax());
        counters.add(Counters.Event.TAKEOVER);
        replayed();
    }

    // ---- what is read

    /// The generation of the group that owns the partition; it only rises.
    public void generation(long current) {
        generation = Math.max(generation, current);
    }

    /// An order on `jobs`.
    ///
    /// @param atMillis the record's time, the brokers' clock
    public void order(JobOrder order, long atMillis) {
        now = Math.max(now, atMillis);
        var job = open.get(order.job());
        switch (order) {
            case JobOrder.Submit submit -> submit(submit, atMillis);
            case JobOrder.Cancel cancel -> {
                if (job != null) {
                    job.cancel(cancel.reason());
                    if (phase == Phase.LIVE) {
                        settle(job);
                    }
                } else if (digestOf(order.job()) == null) {
                    counters.add(Counters.Event.VOID_ORDER);
                }
            }
            case JobOrder.Remove remove -> remove(remove.job(), job);
            case JobOrder.SetPriority _, JobOrder.Pause _, JobOrder.Resume _ -> {
                // These are the producer's.
            }
        }
    }

    /// A record of `results` of this partition, by rising offsets.
    ///
    /// @param offset   its own
    /// @param atMillis the record's time, the brokers' clock
    public void result(long offset, long atMillis, Result result) {
        invariant(acceptsResults(), "result at %d while %s with %d parked", offset, phase, parked.size());
        passTo(offset);
        now = Math.max(now, atMillis);
        position = offset + 1;
        var mark = new Mark(offset, valueBytes);
        valueBytes += bytes(result);
        var job = open.get(result.job());
        if (job != null) {
            take(job, mark, atMillis, result);
        } else if (digestOf(result.job()) != null) {
            counters.add(Counters.Event.LATE);
        } else {
            parked.add(new ParkedResults.Parked(mark, atMillis, result));
        }
        replayed();
    }

    /// A record of `results` that is none of ours.
    public void foreign(long offset, ForeignRecord.Reason reason) {
        passTo(offset);
        position = offset + 1;
        counters.add(Topics.RESULTS, reason);
        replayed();
    }

    /// There is no further result below `offset`: Kafka has offsets without records.
    public void passTo(long offset) {
        invariant(phase != Phase.LOADING && offset >= position, "result %d after %d, %s", offset, position, phase);
        position = offset;
        replayed();
    }

    /// Whether [#result] may be called: while too many results of unknown jobs wait, too many endings are to be
    /// written, or a parent or a part of full counts is wanted, it may not.
    public boolean acceptsResults() {
        return phase != Phase.LOADING
                && !parked.isFull()
                && decided.size() < 2 * ENDS_MAX
                && closings.size() < ENDS_MAX
                && !closings.areFull()
                && !heirs.areWaiting();
    }

    /// Whether there are results of jobs that nobody has submitted as far as `jobs` has been read. A yes is to be
    /// answered by reading `jobs` to the end that it has after this call, and then by [#ordersRead]; until then
    /// the answer is no.
    public boolean wantsOrders() {
        return parked.ask(position);
    }

    /// `jobs` has been read up to the end that it had after [#wantsOrders] said yes: what was parked before is
    /// foreign.
    public void ordersRead() {
        for (var one : parked.answered()) {
            if (heirs.isWaiting(open.get(one.result().job()))) {
                parked.add(one);
            } else {
                counters.add(Topics.RESULTS, ForeignRecord.Reason.JOB);
            }
        }
    }

    /// An ended job that an open one goes on from, or null. The answer is [#parent].
    public @Nullable String wantsParent() {
        return phase == Phase.LOADING ? null : heirs.wantedParent();
    }

    /// What the partition has of a job that [#wantsParent] named: its heirs begin with its value.
    ///
    /// @param ending its ending, or null without one
    /// @param pieces every piece of its snapshots, in the order of the topic
    public void parent(String id, @Nullable Ending ending, List<Snapshot> pieces) {
        for (var job : heirs.of(id)) {
            var verdict = heirs.begin(job, ending, pieces);
            closings.follow(job);
            budget.add(job.growthBytes());
            publication.changed(job);
            if (verdict != null) {
                decide(job, verdict);
            }
            unpark(job);
        }
    }

    /// A value that is elsewhere and is to be read now, for the digest of an output, or null. The answer is
    /// [#valueRead] or [#valueLost]. What an ended job waits for comes first.
    @Nullable
    ValueReading wantsValue() {
        var job = phase == Phase.LOADING ? null : closings.next();
        var place = job == null ? null : closings.toBeRead(job);
        return job == null || place == null
                ? null
                : new ValueReading(job, place, job.value().reading());
    }

    /// All bytes of the value went into its digest.
    void valueRead(ValueReading reading) {
        var job = reading.job();
        if (reading.place().equals(closings.toBeRead(job))) {
            job.value().read(reading.digest());
        }
        finishClosing();
    }

    /// The value cannot be had: its job fails.
    ///
    /// @param why names the blob
    void valueLost(ValueReading reading, String why) {
        lost(reading.job(), Closings.unreadable(why));
    }

    private void lost(JobJoin job, Verdict verdict) {
        var closing = closings.broken(job, verdict);
        if (closing != null) {
            budget.add(-closing.bytes());
            end(job, closing.verdict());
        } else if (open.get(job.spec().job()) == job) {
            decide(job, verdict);
        }
    }

    /// A part of a job's counts that is to be put or read now, or null. The answer is [#partPut], or [#partRead]
    /// or [#partLost]; one that comes late does no harm.
    public @Nullable RunPart wantsPart() {
        return phase == Phase.LOADING ? null : closings.nextPart();
    }

    /// What [#wantsPart] will probably ask for after that, of the same job: whoever begins to put or read it now saves
    /// waiting later. Nothing has to be done about it.
    public List<RunPart> partsAhead(RunPart wanted) {
        var job = unended(wanted.job());
        return job == null
                ? List.of()
                : job.value().ahead().stream()
                        .map(part -> new RunPart(wanted.job(), part))
                        .toList();
    }

    /// The part of counts was put, durably.
    public void partPut(RunPart wanted, BlobPlace place) {
        if (wanted.part() instanceof OutputPart.Data data) {
            moved(wanted, value -> value.put(data, place));
        }
    }

    /// The part of counts was read.
    public void partRead(RunPart wanted, ByteString bytes) {
        if (wanted.part() instanceof OutputPart.Placed placed) {
            moved(wanted, value -> value.read(placed, bytes));
        }
    }

    private void moved(RunPart wanted, Consumer<JobValue> goOn) {
        var job = unended(wanted.job());
        if (job == null) {
            return;
        }
        try {
            goOn.accept(job.value());
        } catch (IllegalArgumentException e) {
            lost(job, Closings.unmergeable(String.valueOf(e.getMessage())));
            return;
        }
        moved(job);
    }

    /// The part of counts cannot be read: its job fails.
    ///
    /// @param why names the blob
    public void partLost(RunPart wanted, String why) {
        var job = unended(wanted.job());
        if (job != null) {
            lost(job, Closings.unreadable(why));
        }
    }

    private @Nullable JobJoin unended(String id) {
        var job = open.get(id);
        return job != null ? job : closings.job(id);
    }

    private void moved(JobJoin job) {
        if (open.get(job.spec().job()) == job) {
            closings.follow(job);
            budget.add(job.growthBytes());
        }
        finishClosing();
    }

    private void finishClosing() {
        for (var closing : closings.finished()) {
            budget.add(-closing.bytes());
            end(closing.job(), closing.verdict());
        }
    }

    /// Time passes.
    ///
    /// @param brokersMillis   the brokers' clock, for deadlines; 0 while nothing is known but the records' times
    /// @param monotonicMillis a clock that never jumps, for the pace of progress
    public void tick(long brokersMillis, long monotonicMillis) {
        now = Math.max(now, brokersMillis);
        monotonic = monotonicMillis;
        replayed();
        if (phase == Phase.LIVE && now >= nextExpiryMillis) {
            nextExpiryMillis = Long.MAX_VALUE;
            for (var job : List.copyOf(open.values())) {
                settle(job);
            }
        }
    }

    // ---- what is to be written

    /// What is to be written now, or null: endings, states to save, offsets. No other until it is [#committed].
    public @Nullable Transaction transaction() {
        if (inFlight != null || phase == Phase.LOADING) {
            return null;
        }
        var ends = new ArrayList<JobEnd>();
        var bytes = 0L;
        for (var end : decided.values()) {
            if (ends.size() == ENDS_MAX || bytes > TRANSACTION_BYTES) {
                break;
            }
            ends.add(end.end);
            bytes += end.bytes;
        }
        var gone = ended.removals(ENDS_MAX);
        var states = new ArrayList<Transaction.SavedState>();
        var replayIsLong = isReplayLong();
        for (var job : toBeSaved(replayIsLong)) {
            if (bytes > TRANSACTION_BYTES) {
                break;
            }
            states.add(job.save(position));
            heirs.saved(job);
            bytes += job.memoryBytes();
        }
        var resume = resume(ends, states);
        var nothing = ends.isEmpty() && gone.isEmpty() && states.isEmpty();
        if (nothing && !(replayIsLong && resume.offset() > committed.offset())) {
            return null;
        }
        if (states.isEmpty() && gone.isEmpty() && !isFarBehind(resume)) {
            resume = committed;
        }
        var transaction = new Transaction(ends, states, gone, resume.offset());
        inFlight = new InFlight(transaction, resume, position);
        return transaction;
    }

    /// The transaction is committed.
    @SuppressWarnings("ReferenceEquality") // it has to be that very one
    public void committed(Transaction transaction) {
        var written = inFlight;
        invariant(written != null && written.transaction == transaction, "committed what was not in flight");
        if (written == null) {
            return;
        }
        inFlight = null;
        committed = written.resume;
        counters.add(Counters.Event.TRANSACTION);
        for (var end : transaction.ends()) {
            var one = decided.remove(end.job());
            invariant(one != null, "job %s ended twice", end.job());
            ended.add(end.job(), end.spec().digest());
            ended.kept(end.job(), end.keptPieces());
            counters.add(event(end.state()));
            if (one != null) {
                budget.add(-one.bytes);
                if (one.removed) {
                    ended.remove(end.job());
                }
            }
        }
        for (var state : transaction.states()) {
            var job = open.get(state.job());
            if (job != null) {
                job.saved(state, written.covered);
            }
            counters.add(Counters.Event.SNAPSHOT);
        }
        for (var removal : transaction.removals()) {
            ended.removed(removal.job(), removal.digest());
            counters.add(Counters.Event.REMOVED);
        }
        ended.forgetOldest(limits.endedJobsMax());
    }

    /// The progress that is due: of jobs that changed, a little later than the last one, and of every open job
    /// now and then, because the position in `results` moves.
    public List<Progress> progress() {
        var due = new ArrayList<Progress>();
        if (phase == Phase.LIVE && !heirs.areWaiting()) {
            for (var job : publication.due(open.values(), monotonic)) {
                due.add(job.progress(generation, owner, position, now));
            }
        }
        return due;
    }

    /// When [#tick] and [#progress] should be called at the latest, by the monotonic clock; far in the future
    /// when nothing is due.
    public long dueMillis() {
        if (phase != Phase.LIVE || open.isEmpty()) {
            return Long.MAX_VALUE;
        }
        return Math.min(publication.dueMillis(), monotonic + Math.max(0, nextExpiryMillis - now));
    }

    /// Whether the replay has reached what was there at the takeover.
    public boolean isCaughtUp() {
        return phase == Phase.LIVE;
    }

    /// The number of open jobs.
    public int openJobs() {
        return open.size();
    }

    /// Results below this offset have been taken.
    public long position() {
        return position;
    }

    /// Gives the memory back to the budget.
    @Override
    public void close() {
        open.values().forEach(job -> budget.add(-job.accountedBytes()));
        closings.drain().forEach(one -> budget.add(-one.bytes()));
        decided.values().forEach(one -> budget.add(-one.bytes));
        open.clear();
        decided.clear();
    }

    // ---- orders

    private void submit(JobOrder.Submit submit, long atMillis) {
        var spec = submit.spec();
        var known = digestOf(spec.job());
        if (known != null) {
            counters.add(known.equals(spec.digest()) ? Counters.Event.REPEATED_ORDER : Counters.Event.CLASHING_ORDER);
            return;
        }
        if (spec.partition() != partition) {
            counters.add(Topics.JOBS, ForeignRecord.Reason.JOB);
            return;
        }
        var submitted = atMillis <= 0 ? now : Math.min(atMillis, now);
        if (lifetime.isBygone(now - submitted)) {
            counters.add(Counters.Event.VOID_ORDER);
            return;
        }
        var job = opened(submit, submitted);
        open.put(spec.job(), job);
        closings.follow(job);
        budget.add(job.growthBytes());
        publication.changed(job);
        counters.add(Counters.Event.OPENED);
        nextExpiryMillis = Math.min(nextExpiryMillis, lifetime.endMillis(job));
        if (open.size() > limits.openJobsMax()) {
            decide(
                    job,
                    failed("more than " + limits.openJobsMax() + " jobs are open in its partition, allowed "
                            + limits.openJobsMax()));
        } else if (job.isComplete()) {
            decide(job, job.complete());
        } else if (!spec.parent().isEmpty() && !job.isSaved()) {
            heirs.add(job);
            return;
        }
        unpark(job);
    }

    private JobJoin opened(JobOrder.Submit submit, long submitted) {
        var spec = submit.spec();
        var saved = snapshots.take(spec.job());
        if (saved != null && saved.digest().equals(spec.digest())) {
            try {
                return JobJoin.restore(spec, submitted, recent, counters, limits.runs(), saved);
            } catch (IllegalArgumentException e) {
                counters.add(Topics.SNAPSHOTS, ForeignRecord.Reason.BODY);
            }
        }
        return new JobJoin(spec, submitted, recent, counters, limits.runs());
    }

    private static Verdict failed(String reason) {
        return new Verdict(Ending.State.FAILED, reason, null, false);
    }

    private void unpark(JobJoin job) {
        for (var one : parked.take(job.spec().job())) {
            if (open.containsKey(job.spec().job())) {
                take(job, one.mark(), one.atMillis(), one.result());
            } else {
                counters.add(Counters.Event.LATE);
            }
        }
    }

    private void remove(String id, @Nullable JobJoin job) {
        var about = decided.get(id);
        if (job != null) {
            job.remove();
        } else if (closings.contains(id)) {
            closings.remove(id);
        } else if (about != null) {
            decided.put(id, new Decided(about.end, about.resume, about.bytes, true));
        } else if (!ended.remove(id)) {
            counters.add(Counters.Event.VOID_ORDER);
        }
    }

    private @Nullable SpecDigest digestOf(String id) {
        var job = open.get(id);
        if (job != null) {
            return job.spec().digest();
        }
        var closing = closings.digest(id);
        if (closing != null) {
            return closing;
        }
        var about = decided.get(id);
        return about != null ? about.end.spec().digest() : ended.digest(id);
    }

    // ---- results

    private void take(JobJoin job, Mark mark, long atMillis, Result result) {
        if (!job.owns(result)) {
            counters.add(Topics.RESULTS, ForeignRecord.Reason.JOB);
            return;
        }
        var verdict = job.take(mark, atMillis, result);
        closings.follow(job);
        budget.add(job.growthBytes());
        publication.changed(job);
        if (verdict != null) {
            decide(job, verdict);
        } else if (job.memoryBytes() > limits.jobBytesMax()) {
            decide(job, tooLarge(job, "allowed " + limits.jobBytesMax()));
        } else if (budget.isExceeded()) {
            // The one that takes most has to go, so that small jobs never pay for a large one's appetite.
            open.values().stream()
                    .max(Comparator.comparingLong(JobJoin::accountedBytes))
                    .ifPresent(largest -> decide(
                            largest,
                            tooLarge(
                                    largest,
                                    "and all open jobs together " + budget.bytes() + ", allowed "
                                            + budget.bytesMax())));
        }
    }

    private static Verdict tooLarge(JobJoin job, String allowed) {
        return new Verdict(
                Ending.State.FAILED,
                "TOO_LARGE: its value so far takes " + job.memoryBytes() + " bytes in the aggregator, " + allowed,
                null,
                false);
    }

    /// The bytes of a result's value.
    static long bytes(Result result) {
        return result.answer() instanceof Result.Done done ? done.value().size() : 0;
    }

    // ---- ends

    private void replayed() {
        if (phase == Phase.REPLAYING && position >= replayEnd) {
            phase = Phase.LIVE;
            nextExpiryMillis = Long.MAX_VALUE;
            for (var job : List.copyOf(open.values())) {
                settle(job);
            }
        }
    }

    // Ends the job if somebody cancelled it or its time is over.
    private void settle(JobJoin job) {
        var verdict = lifetime.over(job, now);
        if (lifetime.isBygone(now - job.submittedMillis())) {
            forget(job);
            counters.add(Counters.Event.VOID_ORDER);
        } else if (verdict != null) {
            decide(job, verdict);
        } else {
            nextExpiryMillis = Math.min(nextExpiryMillis, lifetime.endMillis(job));
        }
    }

    private void decide(JobJoin job, Verdict verdict) {
        forget(job);
        if (job.hasToBeRead() && job.endsWithOutput(verdict)) {
            var bytes = job.memoryBytes();
            budget.add(bytes);
            closings.add(new Closings.Closing(job, verdict, bytes));
            finishClosing();
        } else {
            end(job, verdict);
        }
    }

    private void end(JobJoin job, Verdict verdict) {
        var id = job.spec().job();
        var end = job.end(verdict, generation, owner, now);
        var output = end.output();
        var bytes = job.spec().bytes().size() + (output == null ? 0 : output.size());
        budget.add(bytes);
        decided.put(id, new Decided(end, job.resume(), bytes, job.isRemoved()));
    }

    private void forget(JobJoin job) {
        var id = job.spec().job();
        invariant(open.remove(id) == job, "job %s is not open and cannot end", id);
        closings.leave(job);
        publication.ended(job);
        heirs.ended(job);
        budget.add(-job.accountedBytes());
    }

    // ---- offsets

    // Whether a successor would have to read too much again.
    private boolean isReplayLong() {
        return position - committed.offset() > limits.replayResultsMax()
                || valueBytes - committed.bytesBefore() > limits.replayBytesMax();
    }

    // Offsets that are a little behind cost a successor nothing, as results of ended jobs are none; to write them costs
    // each small job a round trip.
    private boolean isFarBehind(Mark resume) {
        return resume.offset() - committed.offset() > limits.replayResultsMax() / OFFSETS_OF_REPLAY
                || resume.bytesBefore() - committed.bytesBefore() > limits.replayBytesMax() / OFFSETS_OF_REPLAY;
    }

    // Jobs that have just begun with another job's value; and when the replay is long those that keep the offset
    // back, the one that does most first.
    private Set<JobJoin> toBeSaved(boolean replayIsLong) {
        var all = new LinkedHashSet<>(heirs.unsaved());
        if (replayIsLong) {
            open.values().stream()
                    .filter(job -> holdsBack(job.resume()))
                    .sorted(Comparator.comparingLong(job -> job.resume().offset()))
                    .forEach(all::add);
        }
        return all;
    }

    private boolean holdsBack(Mark resume) {
        return !resume.equals(Mark.NONE)
                && (position - resume.offset() > limits.replayResultsMax() / 2
                        || valueBytes - resume.bytesBefore() > limits.replayBytesMax() / 2);
    }

    // From where a successor has to read once the given ends and states are written.
    private Mark resume(List<JobEnd> ends, List<Transaction.SavedState> states) {
        var written = new HashSet<String>();
        ends.forEach(end -> written.add(end.job()));
        states.forEach(state -> written.add(state.job()));
        var resume = new Mark(position, valueBytes).earlier(parked.earliest());
        for (var job : open.values()) {
            if (!written.contains(job.spec().job())) {
                resume = resume.earlier(job.resume());
            }
        }
        for (var job : closings.jobs()) {
            resume = resume.earlier(job.resume());
        }
        for (var one : decided.values()) {
            if (!written.contains(one.end.job())) {
                resume = resume.earlier(one.resume);
            }
        }
        return resume;
    }

    private static Counters.Event event(Ending.State state) {
        return switch (state) {
            case SUCCEEDED -> Counters.Event.SUCCEEDED;
            case PARTIAL -> Counters.Event.PARTIAL;
            case FAILED -> Counters.Event.JOB_FAILED;
            case CANCELLED -> Counters.Event.CANCELLED;
            case EXPIRED -> Counters.Event.EXPIRED;
        };
    }
}

package millrace.aggregator;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import millrace.proto.BlobPlace;
import millrace.proto.DeadLetter;
import millrace.proto.Ending;
import millrace.proto.JobSpec;
import millrace.proto.JobState;
import millrace.proto.Progress;
import millrace.proto.Ranges;
import millrace.proto.Result;
import millrace.proto.Snapshot;
import org.jspecify.annotations.Nullable;

/// One open job: which items are done, their value so far, and what went wrong.
///
/// Each item counts once: a value is added when its whole range is new. What is in the value depends on the
/// results and their order alone, and the value's bytes not even on their order, so a successor that reads the
/// same results again comes to the same output.
final class JobJoin {
    private static final long JOB_BYTES = 4_000;
    private static final long RANGE_BYTES = 100;
    private static final long NEVER = Long.MIN_VALUE / 2;

    private final JobSpec spec;
    private final long submittedMillis;
    private final RecentValues recent;
    private final Counters counters;
    private final Pace pace = new Pace();
    private JobValue value;
    private final RunLimits runLimits;
    private final Ranges done;
    private final Ranges dead;
    private final Failures failures;
    private final Costs costs;
    // Results below this offset are in, by a snapshot.
    private long covered;
    private long snapshots;
    private int snapshotPieces;
    private long accountedBytes;
    private long publishedMillis = NEVER;
    private long firstPublishedMillis = NEVER;
    private boolean removed;
    private @Nullable String cancelled;
    // From where a successor would have to read results of this job again; and if the state that is being saved
    // were written.
    private Mark resume = Mark.NONE;
    private Mark resumeAfterSave = Mark.NONE;

    JobJoin(JobSpec spec, long submittedMillis, RecentValues recent, Counters counters, RunLimits runLimits) {
        this(
                spec,
                submittedMillis,
                recent,
                counters,
                new JobValue(JoinedValue.of(spec.join(), runLimits)),
                runLimits,
                new Ranges(),
                new Ranges(),
                new Failures(),
                new Costs());
    }

    private JobJoin(
            JobSpec spec,
            long submittedMillis,
            RecentValues recent,
            Counters counters,
            JobValue value,
            RunLimits runLimits,
            Ranges done,
            Ranges dead,
            Failures failures,
            Costs costs) {
        this.spec = spec;
        this.submittedMillis = submittedMillis;
        this.recent = recent;
        this.counters = counters;
        this.value = value;
        this.runLimits = runLimits;
        this.done = done;
        this.dead = dead;
        this.failures = failures;
        this.costs = costs;
    }

    /// A job as its last snapshot had it.
    ///
    /// @throws IllegalArgumentException when the state is none of this job
    static JobJoin restore(
            JobSpec spec,
            long submittedMillis,
            RecentValues recent,
            Counters counters,
            RunLimits runLimits,
            SnapshotReader.Saved saved) {
        var state = JobState.parse(saved.state());
        checkItems(spec, state);
        var job = new JobJoin(
                spec,
                submittedMillis,
                recent,
                counters,
                restored(spec, runLimits, state),
                runLimits,
                state.done(),
                state.dead(),
                Failures.of(state),
                Costs.of(state.tally()));
        for (var counted : state.recent()) {
            recent.add(spec.job(), counted.first(), counted.end(), counted.digest());
        }
        job.covered = state.covered();
        job.snapshots = saved.number();
        job.snapshotPieces = saved.pieces();
        return job;
    }

    private static JobValue restored(JobSpec spec, RunLimits runLimits, JobState state) {
        return new JobValue(
                JoinedValue.restore(spec.join(), runLimits, state.value().toByteArray()));
    }

    private static void checkItems(JobSpec spec, JobState state) {
        var outside = state.done().copy();
        outside.addAll(state.dead());
        Check.require(
                outside.items() == state.done().items() + state.dead().items(),
                "the state of job %s has items that are both done and given up",
                spec.job());
        outside.remove(spec.first(), spec.end());
        Check.require(
                outside.isEmpty(), "the state of job %s has items %s, which are none of its own", spec.job(), outside);
    }

    JobSpec spec() {
        return spec;
    }

    long submittedMillis() {
        return submittedMillis;
    }

    /// From where a successor would have to read this job's results again, or [Mark#NONE].
    Mark resume() {
        return resume;
    }

    /// Whether every item is done or given up.
    boolean isComplete() {
        return done.items() + dead.items() == spec.items();
    }

    /// Memory, roughly.
    long memoryBytes() {
        return JOB_BYTES
                + spec.bytes().size()
                + value.memoryBytes()
                + RANGE_BYTES * (done.size() + dead.size())
                + failures.bytes();
    }

    /// What it grew by since the last call, which counts it from then on.
    long growthBytes() {
        var before = accountedBytes;
        accountedBytes = memoryBytes();
        return accountedBytes - before;
    }

    /// What [#growthBytes] gave in all.
    long accountedBytes() {
        return accountedBytes;
    }

    /// When its progress was last published, by the monotonic clock; far in the past before.
    long publishedMillis() {
        return publishedMillis;
    }

    /// When it was published first, of what this owner has published; far in the past before.
    long firstPublishedMillis() {
        return firstPublishedMillis;
    }

    void published(long monotonicMillis) {
        publishedMillis = monotonicMillis;
        if (firstPublishedMillis == NEVER) {
            firstPublishedMillis = monotonicMillis;
        }
    }

    /// Somebody wants it gone as soon as it has ended.
    void remove() {
        removed = true;
    }

    boolean isRemoved() {
        return removed;
    }

    void cancel(String reason) {
        cancelled = reason;
    }

    /// Why it was cancelled, or null.
    @Nullable
    String cancelled() {
        return cancelled;
    }

    /// Whether the result is one of this job's: of its spec, inside its items.
    boolean owns(Result result) {
        return result.digest().equals(spec.digest()) && spec.first() <= result.first() && result.end() <= spec.end();
    }

    /// Takes one result of this job.
    ///
    /// @param mark     where it lies in `results`
    /// @param atMillis its time, the brokers' clock
    /// @return how the job is to end, or null when it goes on
    @Nullable
    Verdict take(Mark mark, long atMillis, Result result) {
        if (mark.offset() < covered) {
            counters.add(Counters.Event.COVERED);
            return null;
        }
        resume = resume.earlier(mark);
        resumeAfterSave = resumeAfterSave.earlier(mark);
        costs.answered(result);
        return switch (result.answer()) {
            case Result.Done answer -> {
                var place = answer.place();
                yield done(
                        result,
                        place == null ? Partial.of(answer.value().toByteArray()) : Partial.elsewhere(place),
                        atMillis);
            }
            case Result.Failed answer -> failed(result, answer);
            case Result.HandedBack answer -> handedBack(result, answer);
        };
    }

    private @Nullable Verdict done(Result result, Partial partial, long atMillis) {
        var first = result.first();
        var end = result.end();
        if (isTouched(result)) {
            counters.add(Counters.Event.DUPLICATE);
            costs.duplicate(result);
            return recent.disagrees(spec.job(), first, end, partial.digest()) ? nondeterministic(result) : null;
        }
        try {
            value.add(partial, first, end);
        } catch (IllegalArgumentException e) {
            var message = e.getMessage();
            return failed(
                    result,
                    new Result.Failed(Result.FailureKind.BAD_VALUE, message == null ? "bad value" : message, ""));
        }
        done.add(first, end);
        failures.settle(first, end);
        recent.add(spec.job(), first, end, partial.digest());
        costs.counted(result, partial.bytes(), atMillis);
        pace.counted(result.items(), atMillis);
        counters.add(Counters.Event.COUNTED);
        return isComplete() ? complete() : null;
    }

    private @Nullable Verdict failed(Result result, Result.Failed failed) {
        if (isTouched(result)) {
            costs.wasted(result);
            counters.add(Counters.Event.FAILED_AGAIN);
            return null;
        }
        var policy = spec.policy();
        var note = failures.failed(result, failed, policy.maxAttempts());
        if (note == Failures.Note.KNOWN) {
            costs.wasted(result);
            counters.add(Counters.Event.FAILED_AGAIN);
            return null;
        }
        costs.failed(result);
        counters.add(Counters.Event.FAILED);
        return switch (note) {
            case TRY_AGAIN, KNOWN -> null;
            case TOO_MANY ->
                failure(
                        result,
                        failed,
                        1,
                        "more than " + JoinLimits.TROUBLES_MAX + " of its ranges fail, allowed "
                                + JoinLimits.TROUBLES_MAX + "; one is " + describe(result, failed));
            case EXHAUSTED -> exhausted(result, failed);
        };
    }

    private @Nullable Verdict exhausted(Result result, Result.Failed failed) {
        var attempts = failures.causes(result.first(), result.end()).size();
        failures.giveUp(result.first(), result.end());
        dead.add(result.first(), result.end());
        costs.gaveUp(result.items());
        counters.add(Counters.Event.DEAD_LETTER);
        var skipMax = spec.policy().skipMax();
        if (dead.items() > skipMax) {
            var what = describe(result, failed) + ", attempt " + attempts + " of "
                    + spec.policy().maxAttempts();
            return failure(
                    result,
                    failed,
                    attempts,
                    skipMax == 0 ? what : dead.items() + " items failed, allowed " + skipMax + "; the last: " + what);
        }
        return isComplete() ? complete() : null;
    }

    private @Nullable Verdict handedBack(Result result, Result.HandedBack back) {
        counters.add(Counters.Event.HANDED_BACK);
        if (!isTouched(result)) {
            failures.handedBack(result, back);
        }
        return null;
    }

    // Whether any of its items is done or given up: then it is of no use any more.
    private boolean isTouched(Result result) {
        return done.intersects(result.first(), result.end()) || dead.intersects(result.first(), result.end());
    }

    /// How a job ends that has no item left to do.
    Verdict complete() {
        return dead.isEmpty()
                ? Verdict.SUCCEEDED
                : Verdict.of(
                        Ending.State.PARTIAL, dead.items() + " of " + spec.items() + " items failed and were skipped");
    }

    private Verdict nondeterministic(Result result) {
        var message =
                "two values of items [" + result.first() + ", " + result.end() + ") differ, the second from worker "
                        + result.worker() + ": kernel " + kernel() + " is not deterministic";
        return new Verdict(
                Ending.State.FAILED,
                "NONDETERMINISTIC: " + message,
                new Ending.Failure(
                        result.first(),
                        result.end(),
                        1,
                        result.worker(),
                        Result.FailureKind.NONDETERMINISTIC,
                        message,
                        ""),
                false);
    }

    private static Verdict failure(Result result, Result.Failed failed, int attempts, String reason) {
        return new Verdict(
                Ending.State.FAILED,
                reason,
                new Ending.Failure(
                        result.first(),
                        result.end(),
                        attempts,
                        result.worker(),
                        failed.kind(),
                        failed.message(),
                        failed.stack()),
                true);
    }

    private static String describe(Result result, Result.Failed failed) {
        return "items [" + result.first() + ", " + result.end() + ") failed on worker " + result.worker() + ": "
                + failed.kind() + " " + failed.message();
    }

    private String kernel() {
        return spec.computation().kernel() + "@" + spec.computation().version();
    }

    /// How far the job is, made to fit into a record.
    Progress progress(long generation, String owner, long position, long nowMillis) {
        return new Progress(
                spec.job(),
                generation,
                owner,
                position,
                Fit.lowest(done),
                Fit.lowest(dead),
                Fit.again(failures.again()),
                costs.brief(),
                pace.itemsPerSecond(nowMillis),
                pace.eta(spec.items() - done.items() - dead.items(), nowMillis),
                nowMillis);
    }

    /// Ends the job: its value becomes the output.
    JobEnd end(Verdict verdict, long generation, String owner, long nowMillis) {
        var withOutput = endsWithOutput(verdict);
        var output = withOutput ? value.output() : null;
        var digest = withOutput ? value.digest() : ByteString.EMPTY;
        var letters = new ArrayList<DeadLetter>();
        failures.letters()
                .forEach((range, causes) -> letters.add(new DeadLetter(
                        spec.job(), spec.digest(), range.first(), range.end(), kernel(), causes, nowMillis)));
        var before = snapshotPieces;
        var kept = output != null && verdict.state() != Ending.State.SUCCEEDED && !done.isEmpty() ? keep() : null;
        return new JobEnd(
                spec,
                verdict.state(),
                verdict.reason(),
                verdict.failure(),
                output,
                digest,
                costs.tally(),
                submittedMillis,
                nowMillis,
                generation,
                owner,
                Fit.lowest(done),
                Fit.lowest(dead),
                letters,
                kept,
                before,
                withOutput ? value.partsBytes() : JobEnd.WHOLE);
    }

    /// Whether some of its value is elsewhere: then that has to be read before it has an output.
    boolean hasToBeRead() {
        return value.isElsewhere();
    }

    /// Its value; what is [#toBeRead] or [#wanted] of it is asked for here.
    JobValue value() {
        return value;
    }

    /// The next value that is to be read for the output's digest, or null when there is none now.
    ///
    /// @param ended whether no more items come
    @Nullable
    BlobPlace toBeRead(boolean ended) {
        return value.isElsewhere() ? value.toBeRead(ended ? Long.MAX_VALUE : settledTo()) : null;
    }

    /// The part of its counts that is to be put or read now, or null.
    ///
    /// @param ended whether no more items come
    @Nullable
    RunPart wanted(boolean ended) {
        var part = value.wanted(ended);
        return part == null ? null : new RunPart(spec.job(), part);
    }

    // All items before this one are done or given up.
    private long settledTo() {
        var settled = done;
        if (!dead.isEmpty()) {
            settled = done.copy();
            settled.addAll(dead);
        }
        var gap = settled.firstGap(spec.first(), spec.end());
        return gap == null ? spec.end() : gap.first();
    }

    /// Whether a job that ends so has an output.
    boolean endsWithOutput(Verdict verdict) {
        // Without the list of its items a partial output would mean nothing.
        var whole = verdict.state() == Ending.State.SUCCEEDED || verdict.state() == Ending.State.PARTIAL;
        return whole || (verdict.withOutput() && !done.isEmpty() && Fit.fits(done));
    }

    /// The job's state in pieces, which covers every result below `position`.
    Transaction.SavedState save(long position) {
        resumeAfterSave = Mark.NONE;
        snapshots++;
        var state = new JobState(
                position,
                done,
                dead,
                failures.causes(),
                failures.again(),
                recent.of(spec.job()),
                costs.tally(),
                value.state());
        return pieces(state);
    }

    private Transaction.SavedState pieces(JobState state) {
        var bytes = state.bytes();
        var number = Pieces.count(bytes);
        var pieces = new ArrayList<Snapshot>(number);
        for (var piece = 0; piece < number; piece++) {
            pieces.add(new Snapshot(spec.job(), spec.digest(), snapshots, piece, number, Pieces.piece(bytes, piece)));
        }
        var before = snapshotPieces;
        snapshotPieces = Math.max(before, number);
        return new Transaction.SavedState(spec.job(), pieces, before);
    }

    /// The state is written: nothing below `position` has to be read again.
    void saved(Transaction.SavedState state, long position) {
        Check.invariant(position >= covered, "job %s saved at %d after %d", spec.job(), position, covered);
        snapshotPieces = state.pieces().size();
        covered = position;
        resume = resumeAfterSave;
    }

    /// Whether its state was ever saved.
    boolean isSaved() {
        return snapshots > 0;
    }

    /// Begins with the value that another job of the same items ended with.
    ///
    /// @param parent a [JobState]
    /// @throws IllegalArgumentException when it is none of such a job
    void inherit(ByteString parent) {
        Check.invariant(done.isEmpty() && dead.isEmpty(), "job %s has begun and cannot inherit", spec.job());
        var state = JobState.parse(parent);
        checkItems(spec, state);
        value = restored(spec, runLimits, state);
        done.addAll(state.done());
    }

    // What a job that replays this one begins with: the failed ranges are its to try again.
    private Transaction.SavedState keep() {
        snapshots++;
        return pieces(
                new JobState(0, done, new Ranges(), List.of(), List.of(), List.of(), costs.tally(), value.state()));
    }
}

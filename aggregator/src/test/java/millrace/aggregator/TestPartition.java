package millrace.aggregator;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.TreeMap;
import millrace.proto.Channel;
import millrace.proto.Computation;
import millrace.proto.DeadLetter;
import millrace.proto.Ending;
import millrace.proto.ForeignRecord;
import millrace.proto.Integers;
import millrace.proto.JobOrder;
import millrace.proto.JobSpec;
import millrace.proto.Join;
import millrace.proto.OutputPart;
import millrace.proto.OutputPiece;
import millrace.proto.Policy;
import millrace.proto.Progress;
import millrace.proto.Result;
import millrace.proto.Snapshot;
import millrace.proto.Wire;
import org.jspecify.annotations.Nullable;

/// One partition's topics in memory, and a joiner that owns it: what is written goes through the records' bytes,
/// as on Kafka.
final class TestPartition {
    /// The first moment of a test, so that times look like times.
    static final long START = 1_800_000_000_000L;

    private record Order(JobOrder order, long atMillis) {}

    private record Answer(@Nullable Result result, long atMillis) {}

    private record Keyed<T>(String key, @Nullable T value) {}

    private final Wire wire = new Wire("test");
    private final JoinLimits limits;
    private final List<Order> jobs = new ArrayList<>();
    private final List<Answer> results = new ArrayList<>();
    private final List<Keyed<Ending>> endings = new ArrayList<>();
    private final List<Keyed<Snapshot>> snapshots = new ArrayList<>();
    private final List<OutputPiece> outputs = new ArrayList<>();
    private final List<DeadLetter> letters = new ArrayList<>();
    private final List<Progress> progress = new ArrayList<>();
    private final MemoryBudget budget;
    private final TestBlobs blobs = new TestBlobs();
    private Counters counters = new Counters();
    private long committed;
    private long generation;
    private long clock = START;
    private int ordersRead;
    private int ordersAsked = -1;
    private Joiner joiner;

    TestPartition() {
        this(JoinLimits.DEFAULT);
    }

    TestPartition(JoinLimits limits) {
        this.limits = limits;
        budget = new MemoryBudget(limits.bytesMax());
        joiner = newOwner();
    }

    static JobSpec spec(String job, long items, Join join, Policy policy) {
        return spec(job, 0, items, join, policy, "");
    }

    static JobSpec spec(String job, long first, long end, Join join, Policy policy, String parent) {
        var computation = new Computation("by-hand", 1, new TreeMap<>(), end);
        return JobSpec.of(job, 1, computation, first, end, join, policy, new TreeMap<>(), parent);
    }

    static JobSpec sum(String job, long items) {
        return spec(job, items, new Join.IntegerSum(1), Policy.DEFAULT);
    }

    /// The sum of the items' numbers, as a worker gives it.
    static Result done(JobSpec spec, long first, long end) {
        return done(spec, first, end, Integers.encode(sumOf(first, end)));
    }

    static long sumOf(long first, long end) {
        return (first + end - 1) * (end - first) / 2;
    }

    static Result done(JobSpec spec, long first, long end, byte[] value) {
        return answer(spec, first, end, 1, 1, new Result.Done(ByteString.copyFrom(value)));
    }

    static Result failed(JobSpec spec, long first, long end, int attempt) {
        return failed(spec, first, end, attempt, Result.FailureKind.EXCEPTION);
    }

    static Result failed(JobSpec spec, long first, long end, int attempt, Result.FailureKind kind) {
        return answer(
                spec,
                first,
                end,
                attempt,
                attempt,
                new Result.Failed(kind, "attempt " + attempt, "at Kernel.compute " + attempt));
    }

    static Result handedBack(JobSpec spec, long first, long end, int emission, Result.HandBackReason reason) {
        return answer(spec, first, end, 1, emission, new Result.HandedBack(reason, ""));
    }

    static Result answer(JobSpec spec, long first, long end, int attempt, int emission, Result.Answer answer) {
        return new Result(
                spec.job(),
                spec.digest(),
                first,
                end,
                attempt,
                emission,
                false,
                false,
                "worker-1",
                1,
                new Result.Cost(1_000, 2_000, 0, 0),
                answer);
    }

    // ---- what others write

    TestPartition submit(JobSpec spec) {
        return order(new JobOrder.Submit(spec));
    }

    TestPartition order(JobOrder order) {
        jobs.add(new Order(copy(wire.jobs(), order), clock));
        return this;
    }

    TestPartition answer(Result... all) {
        for (var result : all) {
            results.add(new Answer(copy(wire.results(), result), clock));
        }
        return this;
    }

    TestPartition foreign() {
        results.add(new Answer(null, clock));
        return this;
    }

    TestPartition pass(long millis) {
        clock += millis;
        return this;
    }

    // ---- what the owner does

    /// Reads everything, writes everything.
    TestPartition run() {
        boolean moved;
        do {
            moved = read();
            while (movePart()) {
                moved = true;
            }
            moved |= write();
            moved |= readParent();
            moved |= readValue();
        } while (moved);
        return publish();
    }

    /// Reads everything, writes nothing.
    TestPartition readAll() {
        while (read()) {
            // one more
        }
        return this;
    }

    private boolean read() {
        var orders = readOrder();
        return readResult() || orders;
    }

    /// One more order, when there is one; and what was asked about them.
    boolean readOrder() {
        if (joiner.wantsOrders()) {
            ordersAsked = jobs.size();
        }
        if (ordersRead == ordersAsked) {
            ordersAsked = -1;
            joiner.ordersRead();
            return true;
        }
        if (ordersRead == jobs.size()) {
            return false;
        }
        var next = jobs.get(ordersRead++);
        joiner.order(next.order, next.atMillis);
        return true;
    }

    boolean readResult() {
        if (joiner.position() == results.size() || !joiner.acceptsResults()) {
            return false;
        }
        var next = results.get((int) joiner.position());
        if (next.result == null) {
            joiner.foreign(joiner.position(), ForeignRecord.Reason.SEAL);
        } else {
            joiner.result(joiner.position(), next.atMillis, next.result);
        }
        return true;
    }

    boolean readParent() {
        var parent = joiner.wantsParent();
        if (parent == null) {
            return false;
        }
        Ending ending = null;
        for (var one : endings) {
            ending = one.key.equals(parent) ? one.value : ending;
        }
        var pieces = new ArrayList<Snapshot>();
        for (var one : snapshots) {
            if (one.value != null && one.value.job().equals(parent)) {
                pieces.add(one.value);
            }
        }
        joiner.parent(parent, ending, pieces);
        return true;
    }

    /// Puts or reads a part of counts.
    boolean movePart() {
        var wanted = joiner.wantsPart();
        if (wanted == null) {
            return false;
        }
        switch (wanted.part()) {
            case OutputPart.Data(var bytes) -> joiner.partPut(wanted, blobs.put(bytes));
            case OutputPart.Placed(var place) -> {
                var bytes = blobs.get(place);
                if (bytes == null) {
                    joiner.partLost(wanted, place.blob().toString());
                } else {
                    joiner.partRead(wanted, bytes);
                }
            }
        }
        return true;
    }

    /// All that is on the topic of blobs.
    TestBlobs blobs() {
        return blobs;
    }

    private boolean readValue() {
        var wanted = joiner.wantsValue();
        if (wanted == null) {
            return false;
        }
        var bytes = blobs.get(wanted.place());
        if (bytes == null) {
            joiner.valueLost(wanted, wanted.place().blob().toString());
        } else {
            wanted.digest().update(bytes.toByteArray());
            joiner.valueRead(wanted);
        }
        return true;
    }

    boolean write() {
        joiner.tick(clock, clock);
        var transaction = joiner.transaction();
        if (transaction == null) {
            return false;
        }
        commit(transaction);
        joiner.committed(transaction);
        return true;
    }

    /// The transaction that is due, written by nobody; null when none is.
    @Nullable
    Transaction transaction() {
        joiner.tick(clock, clock);
        return joiner.transaction();
    }

    /// The same, when one must be due.
    Transaction dueTransaction() {
        var transaction = transaction();
        if (transaction == null) {
            throw new AssertionError("nothing is to be written");
        }
        return transaction;
    }

    /// Writes a transaction as the broker shows it to those who read what is committed.
    void commit(Transaction transaction) {
        for (var end : transaction.ends()) {
            var offsets = new ArrayList<Long>();
            for (var piece : end.pieces()) {
                offsets.add((long) outputs.size());
                outputs.add(copy(wire.outputs(), piece));
            }
            end.letters().forEach(letter -> letters.add(copy(wire.deadLetters(), letter)));
            var kept = end.kept();
            if (kept == null) {
                tombstones(end.job(), 0, end.snapshotPieces());
            } else {
                save(kept);
            }
            endings.add(new Keyed<>(end.job(), copy(wire.endings(), end.ending(offsets))));
        }
        transaction.states().forEach(this::save);
        for (var removal : transaction.removals()) {
            snapshots.add(new Keyed<>(removal.job() + "/0", copy(wire.snapshots(), removal.mark())));
            tombstones(removal.job(), 1, removal.pieces());
            endings.add(new Keyed<>(removal.job(), null));
        }
        committed = transaction.resume();
    }

    private void save(Transaction.SavedState state) {
        for (var piece : state.pieces()) {
            snapshots.add(new Keyed<>(piece.job() + "/" + piece.piece(), copy(wire.snapshots(), piece)));
        }
        tombstones(state.job(), state.pieces().size(), state.piecesBefore());
    }

    private void tombstones(String job, int from, int to) {
        for (var piece = from; piece < to; piece++) {
            snapshots.add(new Keyed<>(job + "/" + piece, null));
        }
    }

    TestPartition publish() {
        joiner.tick(clock, clock);
        joiner.progress().forEach(one -> progress.add(copy(wire.progress(), one)));
        return this;
    }

    /// The owner dies, and another takes over.
    TestPartition takeOver() {
        joiner.close();
        joiner = newOwner();
        return this;
    }

    private Joiner newOwner() {
        var next = new Joiner(0, limits, budget, counters, "aggregator-" + ++generation);
        next.generation(generation);
        for (var one : endings) {
            if (one.value != null) {
                next.ending(one.value);
            }
        }
        for (var one : snapshots) {
            if (one.value != null) {
                next.snapshot(one.value);
            }
        }
        for (var one : jobs) {
            next.order(one.order, one.atMillis);
        }
        ordersRead = jobs.size();
        ordersAsked = -1;
        next.start(committed, results.size());
        return next;
    }

    /// What the cleaner may do at any time: only the last record of each key stays, and no tombstone.
    TestPartition compact() {
        compact(endings);
        compact(snapshots);
        return this;
    }

    private static <T> void compact(List<Keyed<T>> log) {
        var last = new LinkedHashMap<String, Keyed<T>>();
        log.forEach(one -> last.putLast(one.key, one));
        log.clear();
        last.values().stream().filter(one -> one.value != null).forEach(log::add);
    }

    // ---- what can be seen

    Joiner joiner() {
        return joiner;
    }

    Counters counters() {
        return counters;
    }

    void resetCounters() {
        counters = new Counters();
    }

    long committed() {
        return committed;
    }

    long now() {
        return clock;
    }

    int resultsWritten() {
        return results.size();
    }

    long memoryTaken() {
        return budget.bytes();
    }

    List<DeadLetter> letters() {
        return letters;
    }

    List<Progress> progress() {
        return progress;
    }

    /// Pieces of snapshots of the job that have not been deleted.
    long snapshotPieces(JobSpec spec) {
        compact(snapshots);
        return snapshots.stream()
                .filter(one -> one.value != null && one.value.job().equals(spec.job()))
                .count();
    }

    Progress lastProgress(JobSpec spec) {
        return progress.stream()
                .filter(one -> one.job().equals(spec.job()))
                .reduce((_, last) -> last)
                .orElseThrow(() -> new AssertionError("no progress of " + spec));
    }

    /// Every ending that was ever written.
    List<Ending> endings() {
        var all = new ArrayList<Ending>();
        for (var one : endings) {
            if (one.value != null) {
                all.add(one.value);
            }
        }
        return all;
    }

    boolean hasEnded(JobSpec spec) {
        return endings().stream().anyMatch(ending -> ending.job().equals(spec.job()));
    }

    Ending ending(JobSpec spec) {
        var all = endings().stream()
                .filter(ending -> ending.job().equals(spec.job()))
                .toList();
        if (all.size() != 1) {
            throw new AssertionError(spec + " has " + all.size() + " endings: " + all);
        }
        return all.getFirst();
    }

    Ending.Failure failure(JobSpec spec) {
        var failure = ending(spec).failure();
        if (failure == null) {
            throw new AssertionError(spec + " ended without a failure");
        }
        return failure;
    }

    byte[] output(JobSpec spec) {
        var place = ending(spec).output();
        if (place == null) {
            throw new AssertionError(spec + " has no output");
        }
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes(place.inline().toByteArray());
        for (var offset : place.offsets()) {
            bytes.writeBytes(outputs.get(Math.toIntExact(offset)).data().toByteArray());
        }
        return place.parts() ? blobs.together(bytes.toByteArray()) : bytes.toByteArray();
    }

    private static <T> T copy(Channel<T> channel, T record) {
        try {
            return channel.read(channel.key(record), channel.value(record));
        } catch (ForeignRecord e) {
            throw new AssertionError("a record of ours is refused", e);
        }
    }
}

package millrace.tests.sim;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Map;
import java.util.function.Consumer;
import millrace.aggregator.JobEnd;
import millrace.aggregator.Joiner;
import millrace.aggregator.Transaction;
import millrace.proto.Ending;
import millrace.proto.JobOrder;
import millrace.proto.OutputPart;
import millrace.proto.Progress;
import millrace.proto.Result;
import millrace.proto.Snapshot;
import millrace.tests.model.Isolation;
import millrace.tests.model.TransactionalProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.jspecify.annotations.Nullable;

/// The owner of one partition: the product's joiner, with an edge that does what the product's does, step by step.
/// Between any two steps the process may die, freeze or lose its connection.
final class SimOwner {
    private static final int RESULTS_AT_ONCE = 1000;
    private static final int PARTS_AT_ONCE = 20;
    private static final long GIVES_UP = 15 * Agenda.SECOND;

    private final SimAggregator of;
    private final World world;
    private final Broker broker;
    private final int partition;
    private boolean stopped;
    private boolean caughtUp;
    private long again = 100 * Agenda.MILLI;
    // Each takeover begins a new epoch: what was begun in an older one is of no use.
    private int epoch;
    private @Nullable Joiner joiner;
    private @Nullable TransactionalProducer producer;
    private @Nullable Reader<Result> results;
    private @Nullable Reader<JobOrder> orders;
    private final ArrayDeque<Tape.Line<Result>> backlog = new ArrayDeque<>();
    private long ordersUntil = -1;
    private long resume;
    private boolean writing;

    SimOwner(SimAggregator of, int partition) {
        this.of = of;
        this.partition = partition;
        world = of.world;
        broker = world.broker;
    }

    boolean isCaughtUp() {
        return caughtUp;
    }

    boolean isWriting() {
        return writing;
    }

    void stop() {
        stopped = true;
        drop();
    }

    private void drop() {
        caughtUp = false;
        if (joiner != null) {
            joiner.close();
            joiner = null;
        }
    }

    // ---- takeover

    /// Takes the partition over.
    void own() {
        epoch++;
        drop();
        backlog.clear();
        writing = false;
        ordersUntil = -1;
        if (stopped) {
            return;
        }
        world.trace("%s takes over partition %d", of.name, partition);
        step(() -> {
            var opened = broker.kafka.newTransactionalProducer(
                    world.harm.transactionalId(of.name, Broker.FLEET + "-" + partition), Duration.ofSeconds(30));
            opened.initTransactions();
            producer = opened;
            var fresh = new Joiner(partition, of.limits, of.budget, of.counters, of.name);
            joiner = fresh;
            fresh.generation(generation());
            step(() -> readOffset(fresh));
        });
    }

    private void readOffset(Joiner fresh) {
        var tape = broker.results.get(partition);
        var committed = broker.aggregators.committed(tape.partition).orElse(0L);
        resume = world.faults.offsetTold(committed);
        step(() -> {
            var end = readEndings(fresh, 0);
            step(() -> readSnapshots(fresh, end));
        });
    }

    private long readEndings(Joiner fresh, long from) {
        var tape = broker.endings.get(partition);
        var end = tape.log.lastStableOffset();
        for (var line : tape.read(from, Isolation.READ_COMMITTED, Integer.MAX_VALUE)) {
            var ending = line.record();
            if (ending != null) {
                world.harm.ownEnding(ending).ifPresent(fresh::ending);
            }
        }
        return end;
    }

    private void readSnapshots(Joiner fresh, long endings) {
        for (var line : broker.snapshots.get(partition).read(0, Isolation.READ_COMMITTED, Integer.MAX_VALUE)) {
            var piece = line.record();
            if (piece != null) {
                world.harm.snapshot(piece).ifPresent(fresh::snapshot);
            }
        }
        step(() -> {
            readEndings(fresh, endings);
            step(() -> readOrders(fresh));
        });
    }

    private void readOrders(Joiner fresh) {
        var tape = broker.jobs.get(partition);
        var end = tape.log.endOffset();
        for (var line : tape.read(0, Isolation.READ_COMMITTED, Integer.MAX_VALUE)) {
            var order = line.record();
            if (order != null && line.offset() < end) {
                fresh.order(order, line.atMillis());
            }
        }
        orders = new Reader<>(of, tape, Isolation.READ_UNCOMMITTED, end);
        step(() -> start(fresh));
    }

    private void start(Joiner fresh) {
        var tape = broker.results.get(partition);
        var end = tape.log.endOffset();
        var from = world.harm.resume(resume, end);
        fresh.start(from, end);
        results = new Reader<>(of, tape, Isolation.READ_UNCOMMITTED, from);
        work(epoch);
    }

    private int generation() {
        return Math.max(0, of.member.membership().generation());
    }

    // A step at the brokers, a little later.
    private void step(Runnable what) {
        var begun = epoch;
        of.later(world.network.delay(), () -> atBroker(begun, world.agenda.now() + GIVES_UP, what));
    }

    private void atBroker(int begun, long until, Runnable what) {
        if (begun != epoch || stopped) {
            return;
        }
        if (of.reaches()) {
            guarded(begun, what);
        } else if (world.agenda.now() < until) {
            of.later(world.chance.millis(20, 120), () -> atBroker(begun, until, what));
        } else {
            failed(begun, again);
        }
    }

    private void guarded(int begun, Runnable what) {
        try {
            what.run();
        } catch (ProducerFencedException | InvalidProducerEpochException e) {
            world.trace("%s is fenced from partition %d", of.name, partition);
            failed(begun, 3 * Agenda.SECOND);
        } catch (KafkaException e) {
            world.trace("%s takes partition %d over anew: %s", of.name, partition, e.getMessage());
            failed(begun, again);
        }
    }

    private void failed(int begun, long pause) {
        if (begun != epoch) {
            return;
        }
        again = caughtUp ? 100 * Agenda.MILLI : Math.min(5 * Agenda.SECOND, 2 * again);
        epoch++; // whatever is still under way is of no use
        drop();
        of.later(pause, this::own);
    }

    // ---- a round

    private void work(int begun) {
        if (begun != epoch || stopped) {
            return;
        }
        var current = joiner;
        if (current != null && !writing) {
            guarded(begun, () -> round(current));
        }
        if (begun == epoch) {
            of.later(world.chance.millis(1, joiner == null || joiner.openJobs() == 0 ? 300 : 80), () -> work(begun));
        }
    }

    private void round(Joiner current) {
        var orderReader = orders;
        var resultReader = results;
        if (orderReader == null || resultReader == null) {
            return;
        }
        for (var line : orderReader.poll(1000)) {
            var order = line.record();
            if (order != null) {
                world.harm.ownOrder(order).ifPresent(one -> current.order(one, line.atMillis()));
            }
        }
        if (ordersUntil >= 0 && orderReader.position() >= ordersUntil) {
            ordersUntil = -1;
            current.ordersRead();
        }
        backlog.addAll(resultReader.poll(RESULTS_AT_ONCE));
        for (var parent = current.wantsParent(); parent != null; parent = current.wantsParent()) {
            parent(current, parent);
        }
        while (current.acceptsResults() && !backlog.isEmpty()) {
            take(current, backlog.poll());
        }
        if (backlog.isEmpty() && current.acceptsResults()) {
            current.passTo(Math.max(resultReader.position(), current.position()));
        }
        move(current, PARTS_AT_ONCE);
    }

    // Parts of counts, each in a step of its own: between any two the process may die.
    private void move(Joiner current, int most) {
        var wanted = current.wantsPart();
        writing = wanted != null && most > 0;
        if (wanted == null || most == 0) {
            decide(current);
            return;
        }
        world.hits.hit(Fault.RUNS);
        var begun = epoch;
        step(() -> {
            Runnable told = switch (wanted.part()) {
                case OutputPart.Data(var bytes) -> {
                    var place = broker.put(bytes);
                    yield () -> current.partPut(wanted, place);
                }
                case OutputPart.Placed(var place) -> {
                    var bytes = broker.value(place);
                    yield () -> current.partRead(wanted, bytes);
                }
            };
            of.later(world.network.delay(), () -> {
                if (begun == epoch && !stopped) {
                    told.run();
                    guarded(begun, () -> move(current, most - 1));
                }
            });
        });
    }

    private void decide(Joiner current) {
        current.generation(generation());
        current.tick(of.clockMillis(), world.agenda.now() / Agenda.MILLI);
        if (current.isCaughtUp() && !caughtUp) {
            caughtUp = true;
            again = 100 * Agenda.MILLI;
            world.trace("%s has caught up in partition %d", of.name, partition);
        }
        var transaction = current.transaction();
        if (transaction != null) {
            write(current, transaction);
            return;
        }
        publish(current);
        if (orders != null && current.wantsOrders()) {
            ordersUntil = orders.end();
        }
    }

    private void take(Joiner current, Tape.Line<Result> line) {
        var result = line.record();
        if (result != null) {
            world.harm.result(result).ifPresent(one -> current.result(line.offset(), line.atMillis(), one));
        } else {
            var foreign = line.foreign();
            if (foreign == null) {
                throw new IllegalStateException("a tombstone in results");
            }
            current.foreign(line.offset(), foreign.reason());
        }
    }

    private void parent(Joiner current, String id) {
        Ending ending = null;
        for (var line : broker.endings.get(partition).read(0, Isolation.READ_COMMITTED, Integer.MAX_VALUE)) {
            if (line.record() != null && line.record().job().equals(id)) {
                ending = line.record();
            }
        }
        var pieces = new ArrayList<Snapshot>();
        for (var line : broker.snapshots.get(partition).read(0, Isolation.READ_COMMITTED, Integer.MAX_VALUE)) {
            if (line.record() != null && line.record().job().equals(id)) {
                pieces.add(line.record());
            }
        }
        current.parent(id, ending, pieces);
    }

    private void publish(Joiner current) {
        for (var one : world.harm.published(current.progress())) {
            of.progress.send(() -> broker.send(broker.progress.get(partition), one), _ -> of.knowsClock());
            if (world.faults.isHeldUp()) {
                world.agenda.in((long) (world.chance.spread(0.5, 20) * Agenda.SECOND), () -> sayLate(one));
            }
        }
    }

    // What a process was about to say when it was frozen, it says before it can learn that another has taken over:
    // progress is written outside of transactions, so nothing fences it.
    private void sayLate(Progress one) {
        if (broker.isUp() && world.checker.isDeposed(one)) {
            world.hits.hit(Fault.OLD_PROGRESS);
            broker.send(broker.progress.get(partition), one);
        }
    }

    // ---- transactions

    private void write(Joiner current, Transaction decided) {
        var writer = producer;
        if (writer == null) {
            return;
        }
        writing = true;
        var transaction = world.harm.transaction(decided);
        if (!transaction.states().isEmpty()) {
            world.hits.hit(Fault.SNAPSHOT);
        }
        var begun = epoch;
        step(() -> {
            var offsets = Map.of(broker.results.get(partition).partition, transaction.resume());
            if (!world.harm.offsetsInTransaction()) {
                of.member.commit(offsets);
                world.checker.committed(partition);
            }
            writer.beginTransaction();
            send(writer, transaction);
            step(() -> {
                if (world.harm.offsetsInTransaction()) {
                    writer.sendOffsetsToTransaction(offsets, broker.aggregators, of.member.membership());
                }
                step(() -> {
                    writer.commitTransaction();
                    world.checker.committed(partition);
                    committed(begun, current, decided);
                });
            });
        });
    }

    // The answer may be lost, and with it the knowledge of what became of the transaction.
    private void committed(int begun, Joiner current, Transaction decided) {
        var lost = world.network.lostAnswer();
        var isUnknown = lost > 0 && world.chance.in(0.5);
        of.later(world.network.delay() + Math.min(lost, GIVES_UP), () -> {
            if (begun != epoch || stopped) {
                return;
            }
            if (isUnknown || !of.reaches()) {
                world.trace("%s does not know whether it committed in partition %d", of.name, partition);
                if (!world.harm.startsAnewInDoubt()) {
                    write(current, decided);
                    return;
                }
                failed(begun, again);
                return;
            }
            writing = false;
            current.committed(decided);
            var next = current.transaction();
            if (next != null) {
                write(current, next);
            }
        });
    }

    private void send(TransactionalProducer writer, Transaction transaction) {
        Consumer<Transaction.SavedState> saver = state -> save(writer, state);
        transaction.ends().forEach(end -> end(writer, end, saver));
        transaction.states().forEach(saver);
        for (var removal : transaction.removals()) {
            var tape = broker.snapshots.get(partition);
            writer.send(tape.partition, tape.channel.key(removal.mark()), tape.channel.value(removal.mark()));
            tombstones(writer, removal.job(), 1, removal.pieces());
            tombstone(writer, broker.endings.get(partition), removal.job());
            tombstone(writer, broker.progress.get(partition), removal.job());
        }
    }

    private void end(TransactionalProducer writer, JobEnd end, Consumer<Transaction.SavedState> saver) {
        var offsets = new ArrayList<Long>();
        for (var piece : end.pieces()) {
            var tape = broker.outputs.get(partition);
            offsets.add(world.harm.piecesInTransaction() ? send(writer, tape, piece) : broker.send(tape, piece));
        }
        end.letters().forEach(letter -> send(writer, broker.letters.get(partition), letter));
        var kept = end.kept();
        if (kept == null) {
            tombstones(writer, end.job(), 0, end.snapshotPieces());
        } else {
            saver.accept(kept);
        }
        if (world.harm.endsInTransaction()) {
            send(writer, broker.endings.get(partition), end.ending(offsets));
        } else {
            broker.send(broker.endings.get(partition), end.ending(offsets));
        }
    }

    private void save(TransactionalProducer writer, Transaction.SavedState state) {
        state.pieces().forEach(piece -> send(writer, broker.snapshots.get(partition), piece));
        tombstones(writer, state.job(), state.pieces().size(), state.piecesBefore());
    }

    private void tombstones(TransactionalProducer writer, String job, int from, int to) {
        for (var piece = from; piece < to; piece++) {
            tombstone(writer, broker.snapshots.get(partition), job + "/" + piece);
        }
    }

    private static void tombstone(TransactionalProducer writer, Tape<?> tape, String key) {
        writer.send(tape.partition, key.getBytes(StandardCharsets.UTF_8), null);
    }

    private static <T> long send(TransactionalProducer writer, Tape<T> tape, T record) {
        return writer.send(tape.partition, tape.channel.key(record), tape.channel.value(record));
    }
}

package millrace.tests.sim;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import millrace.aggregator.JoinLimits;
import millrace.aggregator.RunLimits;
import millrace.proto.JobOrder;

/// What the seed does to a world: which machines there are, which faults happen to them and when, and what
/// clients ask for. Each world has a part of all kinds of faults, so that some are harsh in one way and quiet in all
/// others.
final class Faults {
    private static final List<Fault> STRIKES = List.of(
            Fault.WORKER_KILLED,
            Fault.WORKER_FROZEN,
            Fault.WORKER_CUT_OFF,
            Fault.WORKER_DRAINED,
            Fault.PRODUCER_KILLED,
            Fault.PRODUCER_FROZEN,
            Fault.PRODUCER_CUT_OFF,
            Fault.AGGREGATOR_KILLED,
            Fault.AGGREGATOR_FROZEN,
            Fault.AGGREGATOR_CUT_OFF,
            Fault.REBALANCE,
            Fault.BROKER_RESTART,
            Fault.SLOW_NETWORK,
            Fault.LATE_READER,
            Fault.REPEATED_RESULT,
            Fault.FOREIGN_RESULT,
            Fault.COMPACTION);

    private record Gone(long at, long holds) {}

    private final World world;
    private final Chance chance;
    private final Set<Fault> enabled = EnumSet.noneOf(Fault.class);
    private final List<Fault> strikes = new ArrayList<>();
    private final List<SimWorker> workers = new ArrayList<>();
    private final List<SimProducer> producers = new ArrayList<>();
    private final List<SimAggregator> aggregators = new ArrayList<>();
    private final List<Reader<?>> readers = new ArrayList<>();
    private final long endAt;
    private final double everySeconds;
    private final double unknownSends;
    private final double passingFailures;
    private final JoinLimits limits;
    private final ArrayDeque<Runnable> orders = new ArrayDeque<>();
    private final List<Gone> gone = new ArrayList<>();
    private int names;
    private int unsubmitted;
    private boolean over;

    Faults(World world) {
        this.world = world;
        chance = world.chance;
        var density = chance.spread(0.15, 0.95);
        for (var fault : Fault.values()) {
            if (chance.in(density)) {
                enabled.add(fault);
            }
        }
        STRIKES.stream().filter(enabled::contains).forEach(strikes::add);
        endAt = (long) (chance.spread(5, 60) * Agenda.SECOND);
        everySeconds = chance.spread(0.3, 8);
        unknownSends = enabled.contains(Fault.UNKNOWN_SEND) ? chance.spread(0.005, 0.2) : 0;
        passingFailures = enabled.contains(Fault.PASSING_FAILURE) ? chance.spread(0.005, 0.2) : 0;
        var saved = enabled.contains(Fault.SNAPSHOT)
                ? JoinLimits.DEFAULT.withReplayResultsMax((long) chance.spread(2, 40))
                : JoinLimits.DEFAULT;
        limits = enabled.contains(Fault.RUNS)
                ? saved.withRuns(new RunLimits(chance.between(0, 700), (int) chance.between(1, 60), 1 << 20, 4))
                : saved;
    }

    boolean allows(Fault fault) {
        return enabled.contains(fault);
    }

    long endAt() {
        return endAt;
    }

    void reader(Reader<?> reader) {
        readers.add(reader);
    }

    // ---- machines

    void begin() {
        for (var i = chance.between(1, 4); i > 0; i--) {
            startWorker();
        }
        for (var i = chance.between(1, 2); i > 0; i--) {
            startProducer();
        }
        for (var i = chance.between(1, 3); i > 0; i--) {
            startAggregator();
        }
        if (allows(Fault.LOST_ANSWER)) {
            world.network.loseAnswers(chance.spread(0.002, 0.1));
        }
        var jobs = (int) chance.spread(1, 7);
        unsubmitted = jobs;
        for (var job = 0; job < jobs; job++) {
            var id = "job-" + job;
            world.agenda.in((long) (endAt * 0.6 * chance.between(0, 1000) / 1000), () -> submit(id));
        }
        if (!strikes.isEmpty()) {
            world.agenda.in((long) (everySeconds * Agenda.SECOND), this::strike);
        }
    }

    private void startWorker() {
        workers.add(new SimWorker(
                world, "worker-" + ++names, (int) chance.spread(1, 5), chance.in(0.2) ? chance.spread(0.1, 1) : 1));
    }

    private void startProducer() {
        producers.add(new SimProducer(world, "producer-" + ++names));
    }

    private void startAggregator() {
        aggregators.add(new SimAggregator(world, "aggregator-" + ++names, limits));
    }

    List<SimProducer> producers() {
        return producers;
    }

    List<SimWorker> workers() {
        return workers;
    }

    List<SimAggregator> aggregators() {
        return aggregators;
    }

    /// Its supervisor starts it again, or somebody starts another in its place.
    void workerLeft(SimWorker worker, boolean asked) {
        workers.remove(worker);
        gone.add(new Gone(world.agenda.now(), worker.holds()));
        world.agenda.in(chance.millis(100, asked ? 8_000 : 3_000), this::startWorker);
    }

    /// What all workers of the last 10 s could hold and compute at once.
    long recentHolds() {
        gone.removeIf(one -> world.agenda.now() - one.at > 10 * Agenda.SECOND);
        return workers.stream().mapToLong(SimWorker::holds).sum()
                + gone.stream().mapToLong(Gone::holds).sum();
    }

    void killWorker(SimWorker worker) {
        if (!worker.isDead()) {
            worker.kill();
            workerLeft(worker, false);
        }
    }

    // ---- small ones, which machines ask for

    /// What the group tells of its committed offset; brokers that died may tell an older one.
    long offsetTold(long committed) {
        if (over || committed == 0 || !chance.in(0.2)) {
            return committed;
        }
        world.hits.hit(Fault.OLD_OFFSET);
        return chance.between(0, committed - 1);
    }

    /// Whether an owner of results is held up between deciding and saying.
    boolean isHeldUp() {
        return !over && chance.in(0.04);
    }

    /// 0: the send goes as it should; 1: it succeeds, and its client takes it for failed; 2: it fails.
    int isUnknown() {
        if (over || unknownSends == 0 || !chance.in(unknownSends)) {
            return 0;
        }
        world.hits.hit(Fault.UNKNOWN_SEND);
        return chance.in(0.5) ? 1 : 2;
    }

    boolean failsOnce() {
        if (over || passingFailures == 0 || !chance.in(passingFailures)) {
            return false;
        }
        world.hits.hit(Fault.PASSING_FAILURE);
        return true;
    }

    boolean mayDie() {
        return true;
    }

    // ---- clients

    private void submit(String id) {
        var job = SimJob.draw(world, id);
        world.add(job);
        write(new JobOrder.Submit(job.spec()), job.spec().partition());
        world.trace("submitted %s, %d items of %s", id, job.spec().items(), job.toy());
        unsubmitted--;
        if (allows(Fault.SUBMITTED_AGAIN) && chance.in(0.4)) {
            later(Fault.SUBMITTED_AGAIN, job, new JobOrder.Submit(job.spec()));
        }
        if (allows(Fault.CLASHING_SPEC) && chance.in(0.4)) {
            var clash = SimJob.draw(world, id);
            world.add(clash);
            later(Fault.CLASHING_SPEC, job, new JobOrder.Submit(clash.spec()));
        }
        if (allows(Fault.CANCEL) && chance.in(0.3)) {
            later(Fault.CANCEL, job, new JobOrder.Cancel(id, "no longer wanted"));
        }
        if (allows(Fault.PRIORITY) && chance.in(0.5)) {
            later(Fault.PRIORITY, job, new JobOrder.SetPriority(id, (int) chance.between(-5, 5)));
        }
        if (allows(Fault.PAUSE) && chance.in(0.4)) {
            var until = chance.between(0, endAt);
            world.agenda.in(chance.between(0, until), () -> {
                world.hits.hit(Fault.PAUSE);
                write(new JobOrder.Pause(id), job.spec().partition());
            });
            world.agenda.in(
                    until + Agenda.SECOND,
                    () -> write(new JobOrder.Resume(id), job.spec().partition()));
        }
    }

    private void later(Fault fault, SimJob job, JobOrder order) {
        world.agenda.in((long) (chance.spread(0.005, 20) * Agenda.SECOND), () -> {
            world.hits.hit(fault);
            write(order, job.spec().partition());
        });
    }

    // A client sends one order after the other, each until it is acknowledged.
    private void write(JobOrder order, int partition) {
        orders.add(() -> world.broker.send(world.broker.jobs.get(partition), order));
        if (orders.size() == 1) {
            write();
        }
    }

    private void write() {
        if (!world.broker.isUp()) {
            world.agenda.in(chance.millis(50, 200), this::write);
            return;
        }
        while (!orders.isEmpty()) {
            orders.poll().run();
        }
    }

    boolean allSubmitted() {
        return unsubmitted == 0;
    }

    // ---- strikes

    private void strike() {
        if (over) {
            return;
        }
        hit(chance.of(strikes));
        world.agenda.in((long) (chance.spread(0.1, 3) * everySeconds * Agenda.SECOND), this::strike);
    }

    private void hit(Fault fault) {
        switch (fault) {
            case WORKER_KILLED -> on(fault, workers, this::killWorker);
            case WORKER_FROZEN -> freeze(fault, workers);
            case WORKER_CUT_OFF -> cutOff(fault, workers);
            case WORKER_DRAINED -> on(fault, workers, SimWorker::drain);
            case PRODUCER_KILLED ->
                on(fault, producers, producer -> {
                    producers.remove(producer);
                    if (chance.in(0.3)) {
                        producer.close();
                    } else {
                        producer.kill();
                    }
                    world.agenda.in(chance.millis(100, 10_000), this::startProducer);
                });
            case PRODUCER_FROZEN -> freeze(fault, producers);
            case PRODUCER_CUT_OFF -> cutOff(fault, producers);
            case AGGREGATOR_KILLED ->
                on(fault, aggregators, aggregator -> {
                    aggregators.remove(aggregator);
                    aggregator.kill();
                    world.agenda.in(chance.millis(100, 10_000), this::startAggregator);
                });
            case AGGREGATOR_FROZEN -> freeze(fault, aggregators);
            case AGGREGATOR_CUT_OFF -> cutOff(fault, aggregators);
            case REBALANCE -> rebalance();
            case BROKER_RESTART -> restart();
            case SLOW_NETWORK -> {
                world.hits.hit(fault);
                world.network.slowDown(chance.spread(20, 200));
                world.agenda.in(chance.millis(100, 3_000), () -> world.network.slowDown(1));
            }
            case LATE_READER -> {
                readers.removeIf(reader -> reader.machine().isDead());
                if (!readers.isEmpty()) {
                    world.hits.hit(fault);
                    chance.of(readers).blind(world.broker.nowMillis() + (long) chance.spread(50, 8_000));
                }
            }
            case REPEATED_RESULT, FOREIGN_RESULT -> strangeResult(fault);
            case COMPACTION -> compact();
            default -> throw new IllegalStateException(fault + " does not strike");
        }
    }

    private <M extends Machine> void on(Fault fault, List<M> all, Consumer<M> what) {
        if (!all.isEmpty()) {
            world.hits.hit(fault);
            what.accept(chance.of(all));
        }
    }

    private <M extends Machine> void freeze(Fault fault, List<M> all) {
        on(fault, all, machine -> {
            machine.freeze();
            world.agenda.in((long) (chance.spread(0.05, 30) * Agenda.SECOND), machine::thaw);
        });
    }

    private <M extends Machine> void cutOff(Fault fault, List<M> all) {
        on(fault, all, machine -> {
            machine.cutOff(chance.in(0.5));
            world.agenda.in((long) (chance.spread(0.05, 20) * Agenda.SECOND), machine::mend);
        });
    }

    private void rebalance() {
        world.hits.hit(Fault.REBALANCE);
        if (aggregators.size() < 3) {
            startAggregator();
        } else {
            var leaver = chance.of(aggregators);
            aggregators.remove(leaver);
            leaver.close();
        }
    }

    private void restart() {
        if (world.broker.isUp()) {
            world.hits.hit(Fault.BROKER_RESTART);
            world.trace("the brokers stop");
            world.broker.stop();
            world.agenda.in((long) (chance.spread(0.1, 10) * Agenda.SECOND), this::startBroker);
        }
    }

    private void startBroker() {
        if (!world.broker.isUp()) {
            world.trace("the brokers are back");
            world.broker.start();
        }
    }

    private void strangeResult(Fault fault) {
        var tape = chance.of(world.broker.results);
        var end = tape.log.endOffset();
        if (end == 0 || !world.broker.isUp()) {
            return;
        }
        world.hits.hit(fault);
        var line = tape.at(chance.between(0, end - 1));
        var result = line == null ? null : line.record();
        if (result == null) {
            return;
        }
        if (fault == Fault.REPEATED_RESULT) {
            world.broker.send(tape, result);
        } else {
            Strange.send(world, tape, result);
        }
    }

    private void compact() {
        world.hits.hit(Fault.COMPACTION);
        for (var tapes : List.of(world.broker.progress, world.broker.endings, world.broker.snapshots)) {
            for (var tape : tapes) {
                tape.log.compactBefore(chance.between(0, tape.log.endOffset()));
            }
        }
        world.broker.workers.log.compactBefore(chance.between(0, world.broker.workers.log.endOffset()));
    }

    /// What the machines are at, for people.
    String state() {
        var text = new StringBuilder();
        producers.forEach(producer -> text.append(producer.state()).append("; "));
        workers.forEach(worker -> text.append(worker)
                .append(worker.isLeaving() ? " leaves" : " works")
                .append(", in hand ")
                .append(worker.desk.inHand())
                .append(' ')
                .append(worker.desk.trouble())
                .append("; "));
        aggregators.forEach(one -> text.append(one).append(one.isCaughtUp() ? " has caught up; " : " catches up; "));
        return text.toString();
    }

    /// All faults end: what is frozen thaws, what is cut off is connected, and there is one of each role.
    void heal() {
        over = true;
        world.trace("all faults end");
        startBroker();
        world.network.slowDown(1);
        world.network.loseAnswers(0);
        for (var all : List.of(List.copyOf(workers), List.copyOf(producers), List.copyOf(aggregators))) {
            all.forEach(machine -> {
                machine.thaw();
                machine.mend();
            });
        }
        readers.forEach(reader -> reader.blind(0));
        if (producers.isEmpty()) {
            startProducer();
        }
        if (aggregators.isEmpty()) {
            startAggregator();
        }
        if (workers.isEmpty()) {
            startWorker();
        }
    }
}

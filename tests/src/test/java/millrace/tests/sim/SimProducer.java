package millrace.tests.sim;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import millrace.producer.Action;
import millrace.producer.Feeder;
import millrace.proto.Ending;
import millrace.proto.Heartbeat;
import millrace.proto.JobOrder;
import millrace.proto.Progress;
import millrace.proto.Topics;
import millrace.tests.model.GroupConsumer;
import millrace.tests.model.Isolation;
import millrace.tests.model.ShareGroup.Listed;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/// A producer: the product's feeder, with an edge that does what the product's does, step by step.
final class SimProducer extends Machine {
    private static final long FRESH = 4 * Agenda.SECOND;
    private static final long RENEWAL = Agenda.SECOND;
    private static final long ASKED_EVERY = 300 * Agenda.MILLI;
    private static final long SEND_WITHIN = 20 * Agenda.SECOND;

    private enum Stage {
        STARTING,
        STANDING_BY,
        TAKING_OVER,
        READING_TASKS,
        REBUILDING,
        FEEDING
    }

    private interface Answer {
        void tell(long now);
    }

    final Feeder feeder;
    private final Broker broker;
    private final long origin;
    private final List<Reader<Ending>> endings = new ArrayList<>();
    private final List<Reader<JobOrder>> orders = new ArrayList<>();
    private final List<Reader<Progress>> progress = new ArrayList<>();
    private final Reader<Heartbeat> workers;
    private final List<List<? extends Reader<?>>> phases;
    private final Map<Reader<?>, Long> goal = new HashMap<>();
    private final ArrayDeque<Answer> answers = new ArrayDeque<>();
    private final Map<Integer, Long> ends = new HashMap<>();
    private final Pipe sends = new Pipe(this);
    private final Pipe asks = new Pipe(this);
    private final GroupConsumer lease;
    private final TopicPartition leased;
    private int phase;
    private Stage stage = Stage.STARTING;
    private boolean held;
    private long askedAt = Long.MIN_VALUE / 2;
    private long confirmedAt = Long.MIN_VALUE / 2;
    private boolean looking;
    private long lookedAt = -ASKED_EVERY;
    private int stint;

    SimProducer(World world, String name) {
        super(world, name);
        broker = world.broker;
        origin = world.chance.between(0, 1L << 60);
        feeder = new Feeder(broker.taskPartitions, true, world.chance.fork());
        for (var p = 0; p < broker.jobPartitions; p++) {
            endings.add(new Reader<>(this, broker.endings.get(p), world.harm.isolation(), 0));
            orders.add(new Reader<>(this, broker.jobs.get(p), Isolation.READ_COMMITTED, 0));
            progress.add(new Reader<>(this, broker.progress.get(p), Isolation.READ_COMMITTED, 0));
        }
        workers = new Reader<>(this, broker.workers, Isolation.READ_COMMITTED, 0);
        phases = List.of(endings, orders, progress, List.of(workers));
        endings.forEach(reader -> goal.put(reader, reader.end()));
        leased = new TopicPartition(Topics.WORKERS.in(Broker.FLEET), 0);
        lease = broker.producers.newConsumer(Set.of(leased), 6_000, 10_000);
        now(this::step);
        later(world.chance.millis(0, 1000), this::heartbeat);
    }

    private long now() {
        return origin + world.agenda.now();
    }

    boolean isFeeding() {
        return stage == Stage.FEEDING;
    }

    boolean isFresh() {
        return held && now() - confirmedAt < FRESH;
    }

    String state() {
        var obstacles = feeder.openJobs().stream().map(feeder::obstacle).toList();
        return "%s is %s%s%s, %d outstanding %s"
                .formatted(
                        name,
                        stage,
                        held ? ", holds the lease" : "",
                        isFresh() ? ", fresh" : "",
                        feeder.outstanding(),
                        obstacles);
    }

    /// Counts the times that it took the lead.
    int stint() {
        return stint;
    }

    private void heartbeat() {
        if (reaches()) {
            lease.heartbeat();
        }
        later(Agenda.SECOND, this::heartbeat);
    }

    private void step() {
        if (stage != Stage.READING_TASKS) {
            read();
            keepLease();
            for (var answer = answers.poll(); answer != null; answer = answers.poll()) {
                answer.tell(now());
            }
            advance();
            if (stage == Stage.FEEDING) {
                look();
                feed();
            }
        }
        later(world.chance.millis(5, feeder.openJobs().isEmpty() || stage == Stage.STANDING_BY ? 250 : 90), this::step);
    }

    // ---- what it follows

    private void read() {
        for (var reader : endings) {
            for (var line : reader.poll(1000)) {
                var ending = line.record();
                if (ending != null) {
                    world.checker.feeding().readEnding(this, ending.job());
                    world.harm.ending(this, ending).ifPresent(one -> feeder.ended(one.job()));
                }
            }
        }
        if (phase >= 1) {
            for (var reader : orders) {
                for (var line : reader.poll(1000)) {
                    var order = line.record();
                    if (order != null) {
                        world.checker.feeding().readOrder(this, order);
                        world.harm.order(this, order).ifPresent(feeder::order);
                    }
                }
            }
        }
        if (phase >= 2) {
            for (var reader : progress) {
                for (var line : reader.poll(1000)) {
                    var one = line.record();
                    if (one != null) {
                        world.checker.feeding().readProgress(this, one);
                        world.harm.progress(this, one).ifPresent(told -> feeder.progress(told, now()));
                    }
                }
            }
        }
        if (phase >= 3) {
            for (var line : workers.poll(1000)) {
                var beat = line.record();
                if (beat != null) {
                    world.checker.feeding().readBeat(this, beat);
                    world.harm.heartbeat(this, beat).ifPresent(told -> feeder.heartbeat(told, now()));
                }
            }
        }
    }

    private void aim() {
        phases.forEach(readers -> readers.forEach(reader -> goal.put(reader, reader.end())));
    }

    private boolean isThere() {
        while (goal.entrySet().stream().allMatch(one -> one.getKey().position() >= one.getValue())) {
            if (phase == phases.size() - 1) {
                return true;
            }
            phase++;
            if (phase == phases.size() - 1) {
                workers.seek(workers.end());
            } else {
                phases.get(phase).forEach(reader -> goal.put(reader, reader.end()));
            }
        }
        return false;
    }

    // ---- the lease

    private void keepLease() {
        if (!reaches()) {
            return;
        }
        lease.poll(new GroupConsumer.Listener() {
            @Override
            public void assigned(Set<TopicPartition> partitions) {
                held |= partitions.contains(leased);
            }

            @Override
            public void revoked(Set<TopicPartition> partitions) {
                held &= !partitions.contains(leased);
            }

            @Override
            public void lost(Set<TopicPartition> partitions) {
                revoked(partitions);
            }
        });
        if (held && now() - askedAt > RENEWAL) {
            var asked = now();
            askedAt = asked;
            asks.send(this::renew, renewed -> {
                if (renewed) {
                    confirmedAt = Math.max(confirmedAt, asked);
                }
            });
        }
    }

    private boolean renew() {
        try {
            lease.commit(Map.of(leased, 0L));
            return true;
        } catch (KafkaException e) {
            return false;
        }
    }

    private void advance() {
        if (stage.compareTo(Stage.STANDING_BY) > 0 && !held) {
            world.trace("%s follows", name);
            feeder.resign();
            stage = Stage.STANDING_BY;
        }
        switch (stage) {
            case STARTING -> {
                if (isThere()) {
                    stage = Stage.STANDING_BY;
                }
            }
            case STANDING_BY -> {
                if (isFresh() && reaches()) {
                    aim();
                    stage = Stage.TAKING_OVER;
                }
            }
            case TAKING_OVER -> {
                if (isThere()) {
                    world.trace("%s takes the lead", name);
                    stint++;
                    feeder.lead();
                    world.checker.feeding().leads(this);
                    stage = Stage.READING_TASKS;
                    later(world.chance.millis(1, 20), this::askForUnfinished);
                }
            }
            case REBUILDING -> {
                if (isThere()) {
                    feeder.rebuilt(now());
                    stage = Stage.FEEDING;
                }
            }
            case READING_TASKS, FEEDING -> {}
        }
    }

    // Two questions and a reading; the product's edge blocks meanwhile.
    private void askForUnfinished() {
        atBroker(() -> {
            var listed = listed();
            later(world.chance.millis(1, 20), () -> atBroker(() -> readTasks(listed)));
        });
    }

    private void readTasks(Map<Integer, Listed> listed) {
        for (var p = 0; p < broker.taskPartitions; p++) {
            var tape = broker.tasks.get(p);
            var end = tape.log.endOffset();
            var info = listed.get(p);
            var begin = info == null ? 0 : finishedBelow(info, 0);
            ends.merge(p, end, Math::max);
            feeder.tasksEnd(p, end);
            feeder.finishedBelow(p, begin);
            for (var line : tape.read(begin, Isolation.READ_UNCOMMITTED, Integer.MAX_VALUE)) {
                var task = line.record();
                if (task != null && line.offset() < end) {
                    var offset = line.offset();
                    var partition = p;
                    world.checker.feeding().found(this, task, p, offset);
                    world.harm.found(task).ifPresent(told -> feeder.found(told, partition, offset, now()));
                }
            }
        }
        aim();
        stage = Stage.REBUILDING;
    }

    private Map<Integer, Listed> listed() {
        var listed = new HashMap<Integer, Listed>();
        for (var p = 0; p < broker.taskPartitions; p++) {
            var partition = p;
            broker.share.listed(p).ifPresent(info -> listed.put(partition, info));
        }
        return listed;
    }

    private static long finishedBelow(Listed info, long sent) {
        return info.lag() == 0 ? Math.max(info.startOffset(), sent) : info.startOffset();
    }

    // ---- what it does

    private void look() {
        if (looking || now() - lookedAt < ASKED_EVERY) {
            return;
        }
        looking = true;
        lookedAt = now();
        var sent = Map.copyOf(ends);
        asks.send(
                this::listed,
                listed -> answers.add(_ -> {
                    looking = false;
                    listed.forEach((p, info) -> feeder.finishedBelow(
                            p,
                            world.harm.finishedBelow(
                                    finishedBelow(info, sent.getOrDefault(p, 0L)), sent.getOrDefault(p, 0L))));
                }));
    }

    private void feed() {
        if (!world.harm.mayFeed(isFresh())) {
            return;
        }
        for (var action : world.harm.producer(this, feeder.feed(now()))) {
            switch (action) {
                case Action.Emit emit -> emit(emit);
                case Action.AskResultsEnd ask ->
                    asks.send(
                            () -> broker.results.get(ask.partition()).log.endOffset(),
                            end -> answers.add(_ -> feeder.resultsEnd(ask.ask(), world.harm.resultsEnd(end))));
            }
        }
    }

    private void emit(Action.Emit emit) {
        var task = emit.task();
        world.checker.emitted(task);
        world.checker.feeding().emitted(this, task, emit.partition());
        var unknown = world.faults.isUnknown();
        var answered = new boolean[1];
        sends.send(
                () -> {
                    if (unknown == 2) {
                        return -1L;
                    }
                    var offset = broker.send(broker.tasks.get(emit.partition()), task);
                    world.checker.feeding().appended(this, task, emit.partition(), offset);
                    return offset;
                },
                offset -> {
                    if (answered[0]) {
                        return;
                    }
                    answered[0] = true;
                    if (unknown > 0) {
                        unsent(emit);
                    } else {
                        answers.add(now -> {
                            ends.merge(emit.partition(), offset + 1, Math::max);
                            feeder.sent(emit.id(), offset, now);
                        });
                    }
                });
        later(SEND_WITHIN, () -> {
            if (!answered[0]) {
                answered[0] = true;
                world.hits.hit(Fault.UNKNOWN_SEND);
                unsent(emit);
            }
        });
    }

    private void unsent(Action.Emit emit) {
        world.checker.feeding().unsent(this, emit.task());
        if (world.harm.learnsOfFailedSends()) {
            answers.add(now -> feeder.unsent(emit.id(), now));
        }
    }

    /// Leaves with a word: another takes over at once.
    void close() {
        now(() -> {
            if (reaches()) {
                lease.close(new GroupConsumer.Listener() {
                    @Override
                    public void assigned(Set<TopicPartition> partitions) {}

                    @Override
                    public void revoked(Set<TopicPartition> partitions) {}

                    @Override
                    public void lost(Set<TopicPartition> partitions) {}
                });
            }
            kill();
        });
    }

    @Override
    void died() {}
}

package millrace.producer;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.LongToDoubleFunction;
import java.util.function.Predicate;
import millrace.proto.Heartbeat;
import millrace.proto.JobOrder;
import millrace.proto.JobSpec;
import millrace.proto.Progress;
import millrace.proto.Ranges;
import millrace.proto.Ranges.Range;
import millrace.proto.Result;
import millrace.proto.Tally;
import millrace.proto.Task;

/// A fleet in virtual time around the real feeder: a broker with a share group, workers whose lanes read one
/// partition each and that compute urgent tasks in their turn, an aggregator. Items cost what the test says. One
/// seed, one course of events.
final class VirtualFleet {
    static final long MILLI = Nanos.MILLI;
    static final long SECOND = Nanos.SECOND;

    /// One way of a record from its writer to its reader.
    private static final long HOP = 2 * MILLI;

    private static final long CLAIM_AFTER = 5 * SECOND;
    private static final long SILENT_AFTER_KILL = 300 * MILLI;
    private static final long LOCK = 15 * SECOND;

    private record Event(long at, long order, Runnable what) {}

    private final class Entry {
        final Task task;
        final long offset;
        boolean finished;
        long lockedUntil = -1;

        Entry(Task task, long offset) {
            this.task = task;
            this.offset = offset;
        }

        boolean isAvailable() {
            return !finished && now >= lockedUntil;
        }
    }

    private static final class Lane {
        final int partition;
        final int most;
        int holds;

        Lane(int partition, int most) {
            this.partition = partition;
            this.most = most;
        }
    }

    private record Hand(Entry record, Lane lane, long since) {}

    /// A worker process.
    final class Machine {
        private final String name;
        private final int cores;
        private final double speed;
        private final List<Lane> lanes = new ArrayList<>();
        private final Deque<Hand> queue = new ArrayDeque<>();
        private final List<Hand> hands = new ArrayList<>();
        private int busy;
        private long sequence;
        private boolean dead;
        private long frozenUntil;

        Machine(String name, int cores, double speed) {
            this.name = name;
            this.cores = cores;
            this.speed = speed;
            var count = Math.min(4, cores + 1);
            for (var i = 0; i < count; i++) {
                lanes.add(new Lane(laneCount++ % partitions.size(), (Specs.holds(cores) + count - 1) / count));
            }
        }

        void kill() {
            dead = true;
            for (var hand : hands) {
                hand.record.lockedUntil = now + SILENT_AFTER_KILL;
            }
            after(SILENT_AFTER_KILL, VirtualFleet.this::take);
        }

        void freeze(long nanos) {
            frozenUntil = now + nanos;
            after(nanos, this::compute);
        }

        private boolean isStill() {
            return dead || now < frozenUntil;
        }

        private void beat() {
            if (dead) {
                return;
            }
            after(SECOND, this::beat);
            if (now < frozenUntil) {
                return;
            }
            var holdings = new ArrayList<Heartbeat.Holding>();
            for (var hand : hands) {
                var task = hand.record.task;
                var claimed = now - hand.since > CLAIM_AFTER;
                holdings.add(
                        new Heartbeat.Holding(task.job(), task.first(), task.end(), task.emission(), claimed, true, 0));
                if (claimed) {
                    hand.record.finished = true;
                }
            }
            var beat = Specs.beat(name, ++sequence, cores, holdings);
            after(HOP, () -> feeders.forEach(feeder -> feeder.heartbeat(beat, now)));
        }

        private void take() {
            if (isStill()) {
                return;
            }
            for (var lane : lanes) {
                var records = partitions.get(lane.partition);
                for (var record : records) {
                    if (lane.holds >= lane.most) {
                        break;
                    }
                    if (record.isAvailable()) {
                        record.lockedUntil = now + LOCK;
                        after(LOCK, VirtualFleet.this::take);
                        lane.holds++;
                        var hand = new Hand(record, lane, now);
                        hands.add(hand);
                        queue.add(hand);
                    }
                }
            }
            compute();
        }

        private void compute() {
            while (!isStill() && busy < cores && !queue.isEmpty()) {
                var hand = queue.poll();
                busy++;
                var task = hand.record.task;
                var cost = 0.0;
                var perItem = costs.getOrDefault(task.job(), item -> 1);
                // Costs change slowly along a job: a few samples tell a large task's cost.
                var step = Math.max(1, task.items() / 16);
                for (var item = task.first(); item < task.end(); item += step) {
                    cost += perItem.applyAsDouble(item) * Math.min(step, task.end() - item);
                }
                var nanos = (long) (cost / speed);
                after(nanos, () -> finish(hand, nanos));
            }
        }

        private void finish(Hand hand, long nanos) {
            if (dead) {
                return;
            }
            if (now < frozenUntil) {
                after(frozenUntil - now, () -> finish(hand, nanos));
                return;
            }
            busy--;
            computedNanos += (long) (nanos * speed);
            if (!losing.test(hand.record.task)) {
                after(HOP, () -> count(hand.record.task, nanos));
            }
            after(HOP, () -> {
                hand.record.finished = true;
                hands.remove(hand);
                hand.lane.holds--;
                take();
            });
            compute();
        }
    }

    private static final class Joined {
        final JobSpec spec;
        final Ranges done = new Ranges();
        final Map<Range, Progress.Again> again = new LinkedHashMap<>();
        long tasks;
        long nanos;
        long publishedAt = -SECOND;
        boolean due;
        long endedAt = -1;

        Joined(JobSpec spec) {
            this.spec = spec;
        }
    }

    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::order));
    private final List<Deque<Entry>> partitions = new ArrayList<>();
    private final long[] ends;
    private final Map<String, LongToDoubleFunction> costs = new HashMap<>();
    private final Map<String, Joined> jobs = new LinkedHashMap<>();
    private final List<Machine> machines = new ArrayList<>();
    private final SplittableRandom random;
    private final List<Feeder> feeders = new ArrayList<>();
    private int laneCount;
    private long order;
    private long results;
    private long silentUntil;
    private Feeder leader;

    /// Tasks whose results vanish.
    Predicate<Task> losing = task -> false;

    /// Tasks that fail.
    Predicate<Task> failing = task -> false;

    long now = 1;
    long emitted;
    long mostOutstanding;

    /// Work done in all, in nanoseconds of a core of speed 1.
    long computedNanos;

    final List<Task> tasks = new ArrayList<>();

    VirtualFleet(long seed, int taskPartitions) {
        random = new SplittableRandom(seed);
        ends = new long[taskPartitions];
        for (var i = 0; i < taskPartitions; i++) {
            partitions.add(new ArrayDeque<>());
        }
        leader = feeder();
        leader.lead();
        leader.rebuilt(now);
        tick();
        look();
        round();
    }

    /// One more producer, standing by.
    Feeder feeder() {
        var feeder = new Feeder(partitions.size(), true, random.split());
        jobs.values().forEach(job -> {
            if (job.endedAt < 0) {
                feeder.order(new JobOrder.Submit(job.spec));
                feeder.progress(progress(job), now);
            }
        });
        feeders.add(feeder);
        return feeder;
    }

    Feeder leader() {
        return leader;
    }

    /// The leader is gone and another one takes over.
    void fail(Feeder successor) {
        feeders.remove(leader);
        leader = successor;
        successor.lead();
        for (var partition = 0; partition < ends.length; partition++) {
            successor.tasksEnd(partition, ends[partition]);
            successor.finishedBelow(partition, finishedBelow(partition));
            for (var record : partitions.get(partition)) {
                successor.found(record.task, partition, record.offset, now);
            }
        }
        successor.rebuilt(now);
    }

    Machine machine(int cores, double speed) {
        var machine = new Machine("worker-" + machines.size(), cores, speed);
        machines.add(machine);
        machine.beat();
        return machine;
    }

    /// @param itemNanos an item's cost on a core of speed 1
    void submit(JobSpec spec, LongToDoubleFunction itemNanos) {
        costs.put(spec.job(), itemNanos);
        jobs.put(spec.job(), new Joined(spec));
        order(new JobOrder.Submit(spec));
    }

    void order(JobOrder order) {
        after(HOP, () -> {
            feeders.forEach(feeder -> feeder.order(order));
            feed();
        });
    }

    /// The aggregator is away for so long; results wait for it.
    void silence(long nanos) {
        silentUntil = now + nanos;
    }

    boolean ended(String job) {
        return endedAt(job) >= 0;
    }

    /// When all its items were counted; -1 before.
    long endedAt(String job) {
        return joined(job).endedAt;
    }

    long done(String job) {
        return joined(job).done.items();
    }

    private Joined joined(String job) {
        return Objects.requireNonNull(jobs.get(job), job);
    }

    /// Runs on until it holds.
    void runUntil(BooleanSupplier holds, long limit) {
        while (!holds.getAsBoolean()) {
            var event = events.poll();
            if (event == null || event.at > limit) {
                throw new AssertionError("not until " + limit / MILLI + " ms; "
                        + jobs.values().stream()
                                .map(job -> job.spec.job() + " " + job.done.items() + " of " + job.spec.items() + ", "
                                        + leader.obstacle(job.spec.job()))
                                .toList());
            }
            now = event.at;
            event.what.run();
        }
    }

    void runFor(long nanos) {
        var until = now + nanos;
        var over = new boolean[1];
        after(nanos, () -> over[0] = true);
        runUntil(() -> over[0], until + SECOND);
    }

    private void after(long nanos, Runnable what) {
        events.add(new Event(now + nanos, order++, what));
    }

    private void tick() {
        feed();
        after(25 * MILLI, this::tick);
    }

    private void look() {
        for (var partition = 0; partition < ends.length; partition++) {
            leader.finishedBelow(partition, finishedBelow(partition));
        }
        after(300 * MILLI, this::look);
    }

    private long finishedBelow(int partition) {
        var records = partitions.get(partition);
        while (!records.isEmpty() && records.peek().finished) {
            records.poll();
        }
        return records.isEmpty() ? ends[partition] : records.peek().offset;
    }

    private void feed() {
        for (var action : leader.feed(now)) {
            switch (action) {
                case Action.Emit emit -> {
                    var feeder = leader;
                    emitted++;
                    if (emitted < 100_000) {
                        tasks.add(emit.task());
                    }
                    after(HOP, () -> {
                        var offset = ends[emit.partition()]++;
                        partitions.get(emit.partition()).add(new Entry(emit.task(), offset));
                        after(HOP / 2, () -> feeder.sent(emit.id(), offset, now));
                        take();
                    });
                }
                case Action.AskResultsEnd ask -> {
                    var feeder = leader;
                    after(HOP, () -> {
                        var end = results;
                        after(HOP, () -> feeder.resultsEnd(ask.ask(), end));
                    });
                }
            }
        }
        mostOutstanding = Math.max(mostOutstanding, leader.outstanding());
    }

    private void take() {
        machines.forEach(Machine::take);
    }

    private void count(Task task, long nanos) {
        results++;
        var job = jobs.get(task.job());
        if (job == null || job.endedAt >= 0) {
            return;
        }
        if (failing.test(task)) {
            var before = job.again.get(task.range());
            var failures = before == null ? 1 : before.failures() + 1;
            job.again.put(
                    task.range(),
                    new Progress.Again(
                            task.first(),
                            task.end(),
                            task.emission(),
                            failures,
                            false,
                            Progress.Why.failed(Result.FailureKind.EXCEPTION, "it failed")));
        } else if (!job.done.intersects(task.first(), task.end())) {
            job.done.add(task.first(), task.end());
            job.again.remove(task.range());
            job.tasks++;
            job.nanos += nanos;
        }
        publish(job);
        if (job.done.items() == job.spec.items()) {
            job.endedAt = now;
            after(HOP, () -> feeders.forEach(feeder -> feeder.ended(job.spec.job())));
        }
    }

    private void round() {
        jobs.values().stream().filter(job -> job.endedAt < 0).forEach(this::publish);
        after(SECOND, this::round);
    }

    private void publish(Joined job) {
        if (!job.due) {
            job.due = true;
            var at = Math.max(Math.max(now, silentUntil), job.publishedAt + 20 * MILLI);
            after(at - now, () -> publishNow(job));
        }
    }

    private void publishNow(Joined job) {
        if (now < silentUntil) {
            after(silentUntil - now, () -> publishNow(job));
            return;
        }
        job.due = false;
        job.publishedAt = now;
        var progress = progress(job);
        after(HOP, () -> {
            feeders.forEach(feeder -> feeder.progress(progress, now));
            feed();
        });
    }

    private Progress progress(Joined job) {
        return new Progress(
                job.spec.job(),
                1,
                "aggregator",
                results,
                job.done.copy(),
                new Ranges(),
                List.copyOf(job.again.values()),
                tally(job.done.items(), job.tasks, job.nanos),
                0,
                null,
                0);
    }

    static Tally tally(long items, long tasks, long nanos) {
        return new Tally(
                items,
                tasks,
                tasks,
                0,
                0,
                0,
                0,
                0,
                nanos,
                nanos,
                0,
                0,
                0,
                0,
                0,
                0,
                List.of(),
                0,
                Result.Extra.NONE,
                Tally.Detail.NONE);
    }
}

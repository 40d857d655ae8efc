package millrace.tests.sim;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import millrace.proto.Counts;
import millrace.proto.Ending;
import millrace.proto.ExitCode;
import millrace.proto.Join;
import millrace.proto.Result;
import millrace.proto.Result.Cost;
import millrace.proto.Task;
import millrace.proto.Work;
import millrace.tests.model.Ack;
import millrace.tests.model.Isolation;
import millrace.worker.Action;
import millrace.worker.Desk;
import millrace.worker.Identity;
import millrace.worker.Kernels;
import millrace.worker.Vitals;
import millrace.worker.WorkerConfig;

/// A worker: the product's desk, with lanes, cores and an outbox that live in the world.
final class SimWorker extends Machine {
    private static final int PART_BYTES = 50;

    /// A computation on a core.
    private static final class Run implements Work {
        private final Task task;
        private final boolean stubborn;
        private boolean cancelled;

        Run(Task task, boolean stubborn) {
            this.task = task;
            this.stubborn = stubborn;
        }

        @Override
        public boolean cancelled() {
            return cancelled;
        }
    }

    /// An event of the desk.
    interface Event {
        List<Action> at(long now);
    }

    final WorkerConfig config;
    final Desk desk;
    final double speed;
    private final long origin;
    private final long wallSkewMillis;
    private final Pipe results = new Pipe(this);
    private final Pipe heartbeats = new Pipe(this);
    private final List<SimLane> lanes;
    private final List<Reader<Ending>> endings = new ArrayList<>();
    private final Map<Long, Run> runs = new LinkedHashMap<>();
    private boolean left;
    private long ticks;
    private long tickAt = Long.MAX_VALUE;

    SimWorker(World world, String name, int cores, double speed) {
        super(world, name);
        this.speed = speed;
        config = WorkerConfig.forCores(cores);
        origin = world.chance.between(0, 1L << 60);
        wallSkewMillis = world.chance.between(-3_600_000, 3_600_000);
        desk = new Desk(
                new Identity(name, "host", 1, "sim", world.broker.nowMillis() + wallSkewMillis),
                config,
                Kernels.of(List.of(new Toy.Mill())),
                () -> new Vitals(world.broker.nowMillis() + wallSkewMillis, 1, 2, 3),
                monotonic());
        lanes = IntStream.range(0, config.lanes())
                .mapToObj(lane -> new SimLane(this, lane))
                .toList();
        for (var tape : world.broker.endings) {
            endings.add(new Reader<>(this, tape, Isolation.READ_COMMITTED, 0));
        }
        now(() -> tick(0));
        later(world.chance.millis(1, 100), this::tail);
    }

    private long monotonic() {
        return origin + world.agenda.now();
    }

    private void tick(long ofTicks) {
        if (ofTicks == ticks) {
            tickAt = Long.MAX_VALUE;
            tell(desk::tick);
        }
    }

    // The product looks every 100 ms whether something is due; here what is due is known.
    private void tickInTime() {
        var due = desk.dueAt(monotonic());
        if (!left && due < tickAt) {
            var mine = ++ticks;
            tickAt = due;
            later(Math.max(5 * Agenda.MILLI, due - monotonic()) + world.chance.millis(0, 50), () -> tick(mine));
        }
    }

    private void tail() {
        for (var reader : endings) {
            for (var line : reader.poll(100)) {
                var ending = line.record();
                if (ending != null) {
                    tell(now -> desk.ended(now, ending.job(), ending.spec().digest()));
                }
            }
        }
        if (!left) {
            later(world.chance.millis(20, 500), this::tail);
        }
    }

    /// Records that its lanes hold, and tasks that its cores compute, at most.
    long holds() {
        return config.cores() + lanes.stream().mapToLong(SimLane::recordsMost).sum();
    }

    void drain() {
        now(() -> tell(desk::drain));
    }

    void tell(Event event) {
        if (!left) {
            for (var action : world.harm.worker(this, event.at(monotonic()))) {
                carryOut(action);
            }
            tickInTime();
        }
    }

    private void carryOut(Action action) {
        switch (action) {
            case Action.Open(var lane, var records) -> lanes.get(lane).open(records);
            case Action.Close(var lane) -> lanes.get(lane).close();
            case Action.Poll(var lane) -> lanes.get(lane).poll();
            case Action.Accept(var lane, var partition, var offset) ->
                lanes.get(lane).acknowledge(partition, offset, Ack.ACCEPT);
            case Action.Reject(var lane, var partition, var offset) ->
                lanes.get(lane).acknowledge(partition, offset, Ack.REJECT);
            case Action.Compute compute -> compute(compute);
            case Action.Cancel(var ticket) -> {
                var run = runs.get(ticket);
                if (run != null) {
                    run.cancelled = true;
                }
            }
            case Action.Publish publish -> publish(publish);
            case Action.Beat(var heartbeat) ->
                heartbeats.send(() -> world.broker.send(world.broker.workers, heartbeat), _ -> tell(desk::beaten));
            case Action.Exit(var code, var reason) -> leave(code, reason);
        }
    }

    // ---- cores

    private void compute(Action.Compute order) {
        var job = world.job(order.task().digest());
        var run = new Run(order.task(), job.isStubborn(world.chance));
        runs.put(order.ticket(), run);
        world.checker.computing(this, runs.size(), order.task(), anyAlone());
        if (job.isDeadly(order.task()) && world.faults.mayDie()) {
            world.hits.hit(Fault.DEADLY_ITEM);
            later(world.chance.millis(1, 400), () -> world.faults.killWorker(this));
        }
        var nanos = Math.max(1, (long) (job.costNanos(order.task(), world) / speed));
        go(order, run, monotonic(), nanos);
    }

    private boolean anyAlone() {
        return runs.values().stream().anyMatch(run -> run.task.alone());
    }

    // In steps of 100 ms, as kernels ask whether they are still wanted.
    private void go(Action.Compute order, Run run, long startedAt, long left) {
        var step = Math.min(left, 100 * Agenda.MILLI);
        later(step, () -> {
            if (run.cancelled && !run.stubborn) {
                finish(order, new Result.Failed(Result.FailureKind.EXCEPTION, "cancelled", ""), startedAt);
            } else if (left > step) {
                if (run.cancelled) {
                    world.hits.hit(Fault.STUBBORN_KERNEL);
                }
                go(order, run, startedAt, left - step);
            } else if (world.faults.failsOnce()) {
                finish(order, new Result.Failed(Result.FailureKind.EXCEPTION, "once", ""), startedAt);
            } else {
                finish(order, elsewhere(order.task(), order.math().compute(order.task(), run)), startedAt);
            }
        });
    }

    // Some counts travel as large ones do. Copies of one may differ in that, as in the middle of an upgrade.
    private Result.Answer elsewhere(Task task, Result.Answer answer) {
        if (world.faults.allows(Fault.RUNS)
                && world.job(task.digest()).spec().join() instanceof Join.CountsByKey
                && (task.first() + task.emission()) % 2 == 0
                && answer instanceof Result.Done(var value, var place)
                && place == null
                && !value.isEmpty()) {
            var parts = Counts.cut(value.toByteArray(), PART_BYTES);
            return new Result.Done(
                    ByteString.EMPTY,
                    new Result.Place(parts.stream().map(world.broker::put).toList(), true));
        }
        return answer;
    }

    private void finish(Action.Compute order, Result.Answer answer, long startedAt) {
        runs.remove(order.ticket());
        var nanos = monotonic() - startedAt;
        tell(now -> desk.computed(now, order.ticket(), answer, new Cost(nanos, nanos, 0, 10), 10));
    }

    // ---- outbox

    private void publish(Action.Publish publish) {
        var harmed = world.harm.publish(this, publish.result());
        if (harmed.isEmpty() || world.harm.trustsItsOutbox()) {
            tell(now -> desk.published(now, publish.ticket()));
        }
        if (harmed.isEmpty()) {
            return;
        }
        var result = harmed.get();
        var unknown = world.faults.isUnknown();
        results.send(
                () -> {
                    if (unknown < 2) {
                        world.broker.send(world.broker.results.get(publish.partition()), result);
                    }
                    return true;
                },
                _ -> {
                    if (!world.harm.trustsItsOutbox()) {
                        tell(now -> unknown == 0
                                ? desk.published(now, publish.ticket())
                                : desk.unpublished(now, publish.ticket(), "simulated"));
                    }
                });
    }

    // ---- the end

    private void leave(ExitCode code, String reason) {
        left = true;
        world.trace("%s leaves with %s %s", name, code, reason);
        lanes.forEach(SimLane::close);
        later(world.chance.millis(5, 50), () -> {
            kill();
            world.faults.workerLeft(this, code == ExitCode.SUCCEEDED);
        });
    }

    boolean isLeaving() {
        return left;
    }

    @Override
    void died() {
        world.agenda.in(world.chance.millis(1, 300), () -> lanes.forEach(SimLane::disconnected));
        world.agenda.in(45 * Agenda.SECOND, () -> lanes.forEach(SimLane::forget));
    }

    @Override
    void disconnected() {
        lanes.forEach(SimLane::disconnected);
    }
}

package millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import millrace.proto.Computation;
import millrace.proto.Heartbeat;
import millrace.proto.JobSpec;
import millrace.proto.Join;
import millrace.proto.Policy;
import millrace.proto.Result;
import millrace.proto.Task;
import org.jspecify.annotations.Nullable;

/// A desk, a clock that the test moves, and the desk's hands: what it asks for is noted, and checked against
/// what a worker must never do. Results and heartbeats are written at once unless a test holds them.
final class DeskRig {
    static final long ITEMS = 1_000_000;
    static final String JOB = "job";

    /// Names a task's record; the tests emit none twice.
    record Key(String job, long first, int emission) {
        static Key of(Task task) {
            return new Key(task.job(), task.first(), task.emission());
        }

        static Key of(Result result) {
            return new Key(result.job(), result.first(), result.emission());
        }

        static Key of(String job, Heartbeat.Holding holding) {
            return new Key(job, holding.first(), holding.emission());
        }
    }

    private record Position(int partition, long offset) {}

    final WorkerConfig config;
    final Desk desk;
    long now = 1L << 62; // a monotonic clock starts anywhere

    boolean holdsResults;
    boolean holdsHeartbeats;

    final TreeSet<Integer> opening = new TreeSet<>();
    final TreeSet<Integer> polling = new TreeSet<>();

    /// Records that a lane takes at once.
    final Map<Integer, Integer> laneRecords = new TreeMap<>();

    private int recordsMost;

    /// Lanes whose consumers fetch by themselves, as those of Kafka do after a poll that brought nothing: what they get
    /// is for the next poll.
    private final TreeSet<Integer> fetching = new TreeSet<>();

    /// Lanes that have left the group.
    final TreeSet<Integer> closed = new TreeSet<>();

    /// Tasks whose answer is not written yet.
    private final TreeSet<Long> answered = new TreeSet<>();

    final Map<Key, Action.Compute> computing = new LinkedHashMap<>();
    final Map<Key, Action.Compute> putting = new LinkedHashMap<>();
    private final TreeSet<Long> put = new TreeSet<>();
    final TreeSet<Long> cancelled = new TreeSet<>();
    final ArrayDeque<Action.Publish> publishing = new ArrayDeque<>();
    final ArrayDeque<Heartbeat> beating = new ArrayDeque<>();
    final List<Result> written = new ArrayList<>();
    final List<Heartbeat> beats = new ArrayList<>();
    final List<Key> accepted = new ArrayList<>();
    int rejected;
    Action.@Nullable Exit exit;

    private final Map<Integer, Map<Position, Delivery>> held = new TreeMap<>();
    private final Map<Key, Position> positions = new HashMap<>();
    private long offsets;

    /// What the next kernel to stop cost.
    Result.Cost cost = new Result.Cost(1_000, 2_000, 0, 3);

    /// What the next kernel to stop was seen to hold.
    long heldBytes = 3;

    DeskRig(WorkerConfig config) {
        this(config, (_, _) -> OptionalLong.empty());
    }

    /// @param bytes what the first version of the kernel declares
    DeskRig(WorkerConfig config, CountKernel.Bytes bytes) {
        this.config = config;
        desk = new Desk(
                new Identity("worker-1", "host", 1, "test", 0),
                config,
                Kernels.of(List.of(
                        new CountKernel(1, (_, first, end) -> new byte[] {(byte) (end - first)}, bytes),
                        new CountKernel(3))),
                () -> new Vitals(0, 1, 2, 3),
                now);
        for (var lane = 0; lane < config.lanes(); lane++) {
            held.put(lane, new LinkedHashMap<>());
        }
    }

    /// A worker of so many cores, all of whose lanes have joined.
    static DeskRig working(int cores) {
        return working(WorkerConfig.forCores(cores));
    }

    static DeskRig working(WorkerConfig config) {
        return working(config, (_, _) -> OptionalLong.empty());
    }

    static DeskRig working(WorkerConfig config, CountKernel.Bytes bytes) {
        var rig = new DeskRig(config, bytes);
        rig.tick();
        for (var lane = 0; lane < config.lanes(); lane++) {
            rig.join(lane);
        }
        return rig;
    }

    static JobSpec spec(String job) {
        return JobSpec.of(
                job,
                4,
                Computation.of(new Count(ITEMS)),
                0,
                ITEMS,
                new Join.IntegerSum(1),
                Policy.DEFAULT,
                new TreeMap<>(),
                "");
    }

    static Task task(long first) {
        return task(JOB, first, 1, false, Duration.ofDays(1));
    }

    static Task alone(long first) {
        return task(JOB, first, 1, true, Duration.ofDays(1));
    }

    static Task task(String job, long first, int emission, boolean alone, Duration limit) {
        return task(job, first, emission, alone, false, limit);
    }

    /// The same task, urgent.
    static Task urgent(Task task) {
        return task(task.job(), task.first(), task.emission(), task.alone(), true, task.limit());
    }

    private static Task task(String job, long first, int emission, boolean alone, boolean urgent, Duration limit) {
        var spec = spec(job);
        return new Task(
                job,
                spec.digest(),
                spec.partition(),
                spec.computationBytes(),
                first,
                first + 1,
                1,
                emission,
                alone,
                false,
                urgent,
                limit);
    }

    // ---- what the test lets happen

    void tick() {
        carryOut(desk.tick(now));
    }

    void join(int lane) {
        open(lane);
        carryOut(desk.joined(now, lane));
    }

    void open(int lane) {
        assertThat(opening.remove(lane)).as("lane %d is asked to open", lane).isTrue();
        carryOut(desk.opened(now, lane));
    }

    /// Lets time pass, and the desk look when it asked to.
    void pass(Duration time) {
        var until = now + time.toNanos();
        for (var due = desk.dueAt(now); due - until <= 0; due = desk.dueAt(now)) {
            assertThat(due).as("the desk has done what was due before").isGreaterThan(now);
            now = due;
            tick();
        }
        now = until;
        tick();
    }

    /// The first delivery of a task, to a lane that polls.
    void deliver(Task... tasks) {
        for (var task : tasks) {
            deliver(polling.first(), 1, task);
        }
    }

    void deliver(int lane, int count, Task... tasks) {
        deliver(
                lane,
                Arrays.stream(tasks)
                        .<Delivery>map(task -> {
                            var at = positions.computeIfAbsent(Key.of(task), _ -> new Position(0, offsets++));
                            return new Delivery.Valid(at.partition(), at.offset(), count, task);
                        })
                        .toList());
    }

    void deliver(int lane, List<Delivery> records) {
        assertThat(polling.remove(lane)).as("lane %d polls", lane).isTrue();
        records.forEach(record -> held(lane).put(new Position(record.partition(), record.offset()), record));
        if (records.isEmpty()) {
            fetching.add(lane);
        } else {
            fetching.remove(lane);
        }
        carryOut(desk.delivered(now, lane, records));
    }

    /// A task's kernel comes to its end, and leaves a value that is to be put elsewhere.
    void put(Task task) {
        var compute = Objects.requireNonNull(computing.remove(Key.of(task)), "it is computed");
        putting.put(Key.of(task), compute);
        put.add(compute.ticket());
        carryOut(desk.putting(now, compute.ticket()));
    }

    /// A task's kernel comes to its end, or its value to where it belongs.
    void finish(Task task) {
        finish(task, new Result.Done(ByteString.copyFromUtf8("value")));
    }

    void finish(Task task, Result.Answer answer) {
        var compute =
                computing.containsKey(Key.of(task)) ? computing.remove(Key.of(task)) : putting.remove(Key.of(task));
        assertThat(compute).as("%s is computed", task).isNotNull();
        carryOut(desk.computed(now, Objects.requireNonNull(compute).ticket(), answer, cost, heldBytes));
    }

    void writeResult() {
        var publish = publishing.remove();
        written.add(publish.result());
        put.remove(publish.ticket());
        answered.remove(publish.ticket());
        carryOut(desk.published(now, publish.ticket()));
    }

    void failResult(String why) {
        carryOut(desk.unpublished(now, publishing.remove().ticket(), why));
    }

    void writeHeartbeat() {
        beats.add(beating.remove());
        carryOut(desk.beaten(now));
    }

    void failHeartbeat(String why) {
        beating.remove();
        carryOut(desk.unbeaten(now, why));
    }

    /// A lane's consumer is gone; what it held is returned.
    List<Delivery> lose(int lane, Desk.Loss why, String detail) {
        opening.remove(lane);
        polling.remove(lane);
        fetching.remove(lane);
        var dropped = List.copyOf(held(lane).values());
        held(lane).clear();
        carryOut(desk.lost(now, lane, why, detail));
        return dropped;
    }

    void end(String job) {
        carryOut(desk.ended(now, job, spec(job).digest()));
    }

    void drain() {
        carryOut(desk.drain(now));
    }

    // ---- what the test asks

    /// The answers written for a task, in order.
    List<Result.Answer> answers(Task task) {
        return written.stream()
                .filter(result -> Key.of(result).equals(Key.of(task)))
                .map(Result::answer)
                .toList();
    }

    boolean isComputing(Task task) {
        return computing.containsKey(Key.of(task));
    }

    boolean isAccepted(Task task) {
        return accepted.contains(Key.of(task));
    }

    Heartbeat lastBeat() {
        return beats.getLast();
    }

    Optional<Heartbeat.Holding> listed(Task task) {
        return lastBeat().holdings().stream()
                .filter(holding -> Key.of(holding.job(), holding).equals(Key.of(task)))
                .findFirst();
    }

    // ---- what the desk asks for

    void carryOut(List<Action> actions) {
        actions.forEach(this::carryOut);
        var handsMax = config.handsMax(recordsMost);
        assertThat(desk.inHand() - put.size() - answered.size())
                .as("tasks in hand that are not answered")
                .isLessThanOrEqualTo(handsMax);
        assertThat(desk.inHand() - put.size())
                .as("tasks in hand, with those that lanes brought unasked")
                .isLessThanOrEqualTo(handsMax + config.lanes() * recordsMost);
        if (exit == null && opening.isEmpty()) {
            assertThat(polling).as("lanes that poll, those that fetch anyway").containsAll(fetching);
        }
        assertThat(computing.size() + putting.size())
                .as("tasks computed and values on their way")
                .isLessThanOrEqualTo(2 * config.cores());
        while (!holdsResults && !publishing.isEmpty()) {
            writeResult();
        }
        while (!holdsHeartbeats && !beating.isEmpty()) {
            writeHeartbeat();
        }
    }

    private void carryOut(Action action) {
        assertThat(exit).as("nothing follows the exit, %s does", action).isNull();
        switch (action) {
            case Action.Open(var lane, var records) -> {
                assertThat(held(lane))
                        .as("records that lane %d holds when it opens", lane)
                        .isEmpty();
                assertThat(opening.add(lane) && !polling.contains(lane)).isTrue();
                assertThat(closed).doesNotContain(lane);
                fetching.remove(lane);
                laneRecords.put(lane, records);
                recordsMost = Math.max(recordsMost, records);
            }
            case Action.Close(var lane) -> {
                assertThat(held(lane))
                        .as("records that lane %d holds when it closes", lane)
                        .isEmpty();
                assertThat(closed.add(lane) && !polling.contains(lane)).isTrue();
                fetching.remove(lane);
            }
            case Action.Poll(var lane) -> {
                assertThat(closed).doesNotContain(lane);
                assertThat(held(lane))
                        .as("records that lane %d holds when it polls", lane)
                        .isEmpty();
                assertThat(polling.add(lane))
                        .as("lane %d was not polling", lane)
                        .isTrue();
            }
            case Action.Accept(var lane, var partition, var offset) -> accept(lane, new Position(partition, offset));
            case Action.Reject(var lane, var partition, var offset) -> {
                assertThat(held(lane).remove(new Position(partition, offset))).isInstanceOf(Delivery.Foreign.class);
                rejected++;
            }
            case Action.Compute compute -> compute(compute);
            case Action.Cancel(var ticket) -> {
                assertThat(computing.values().stream().map(Action.Compute::ticket))
                        .contains(ticket);
                assertThat(cancelled.add(ticket)).as("cancelled once").isTrue();
            }
            case Action.Publish publish -> {
                assertThat(publishing.stream().map(Action.Publish::ticket)).doesNotContain(publish.ticket());
                publishing.add(publish);
                answered.add(publish.ticket());
            }
            case Action.Beat(var heartbeat) -> {
                assertThat(beating).as("heartbeats under way").isEmpty();
                assertThat(heartbeat.sequence())
                        .isGreaterThan(beats.isEmpty() ? 0 : lastBeat().sequence());
                beating.add(heartbeat);
            }
            case Action.Exit left -> exit = left;
        }
    }

    private Map<Position, Delivery> held(int lane) {
        return Objects.requireNonNull(held.get(lane));
    }

    private void accept(int lane, Position position) {
        var record = held(lane).remove(position);
        assertThat(record).as("lane %d holds %s", lane, position).isInstanceOf(Delivery.Valid.class);
        var task = ((Delivery.Valid) Objects.requireNonNull(record)).task();
        assertThat(!answers(task).isEmpty()
                        || beats.stream()
                                .flatMap(beat -> beat.holdings().stream())
                                .anyMatch(holding -> holding.claimed()
                                        && Key.of(holding.job(), holding).equals(Key.of(task))))
                .as("%s is accepted only when its result or its claim is written", task)
                .isTrue();
        accepted.add(Key.of(task));
    }

    private void compute(Action.Compute compute) {
        assertThat(computing)
                .as("tasks computed")
                .hasSizeLessThan(config.cores() + (compute.task().urgent() ? 1 : 0));
        assertThat((compute.task().alone() && !(computing.isEmpty() && putting.isEmpty()))
                        || Stream.concat(computing.values().stream(), putting.values().stream())
                                .anyMatch(other -> other.task().alone()))
                .as("a task that must be alone is not")
                .isFalse();
        assertThat(computing.put(Key.of(compute.task()), compute))
                .as("%s is not computed already", compute.task())
                .isNull();
    }
}

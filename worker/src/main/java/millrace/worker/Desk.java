package millrace.worker;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import millrace.proto.ExitCode;
import millrace.proto.Heartbeat;
import millrace.proto.Result;
import millrace.proto.Result.Answer;
import millrace.proto.Result.Cost;
import millrace.proto.Result.Failed;
import millrace.proto.Result.FailureKind;
import millrace.proto.Result.HandBackReason;
import millrace.proto.Result.HandedBack;
import millrace.proto.SpecDigest;
import millrace.proto.Topics;
import org.jspecify.annotations.Nullable;

/// A worker's mind: decides what becomes of each record that its lanes get, when a record may be accepted, what
/// the next heartbeat says, and when to leave. It knows no Kafka, no thread and no clock: it is told what
/// happened and when, and answers with what is to be done.
///
/// What it keeps to:
/// - Every task is answered by a written result before its record is accepted, with one exception: a task in
///   hand for a third of its lock is *claimed*. A heartbeat that lists it is written first, then its record is
///   accepted, so that a long task neither needs its lock renewed nor blocks its lane. It stays listed until
///   its result is written.
/// - A valid task is never rejected and never released: the broker would deliver it again at once and in the
///   end drop it in silence. What cannot be computed here is handed back by a result.
/// - A task that was delivered three times has probably killed two workers. It is handed back as a suspect, and
///   comes again to be computed alone. The fourth delivery of a task that was alone blames it.
/// - In hand are at most one and a half times as many tasks as there are cores, and while one of them is
///   claimed no more are taken than cores are free: what waits here behind a long task would be computed at
///   once elsewhere. For the same reason a task that found no core for a third of its lock is handed back
///   rather than claimed.
/// - A kernel that does not stop when it is told to has five seconds; then the process leaves, and takes the
///   kernel with it.
///
/// One thread at a time. `now` is a monotonic time in nanoseconds, never earlier than in the call before.
public final class Desk {
    /// After how long in hand a task is claimed.
    public static final Duration CLAIM_AFTER = Topics.LOCK.dividedBy(3);

    /// How long a kernel that was told to stop may go on.
    public static final Duration STOP_WITHIN = Duration.ofSeconds(5);

    /// The delivery at which a task is handed back as a suspect.
    public static final int SUSPECT_DELIVERY = 3;

    /// The delivery at which a task that was alone is blamed.
    public static final int CRASHED_DELIVERY = 4;

    /// How long what is in hand may take to be handed back when the worker leaves.
    static final Duration HAND_BACK_WITHIN = Duration.ofSeconds(2);

    /// How long after a result could not be written the next try is made.
    static final Duration PUBLISH_AGAIN_AFTER = Duration.ofSeconds(5);

    /// How often a lane that found no room in the share group looks again while others have room.
    static final Duration LOOK_FOR_ROOM_EVERY = Duration.ofSeconds(60);

    /// No task runs that long, and nanoseconds have room for it.
    private static final Duration LIMIT_MAX = Duration.ofDays(365);

    /// Ended jobs that are remembered.
    private static final int ENDED_MAX = 10_000;

    /// Why a lane closed.
    public enum Loss {
        /// The share group has no room for it.
        NO_ROOM,
        /// Its consumer failed.
        FAILED
    }

    private enum Phase {
        WORKING,
        /// Takes nothing more, finishes what is being computed.
        DRAINING,
        /// Has answered for everything, waits for that to be written.
        LEAVING,
        GONE
    }

    private record Position(int partition, long offset) {}

    private record Job(String id, SpecDigest digest) {}

    private final Identity self;
    private final WorkerConfig config;
    private final Kernels kernels;
    private final Supplier<Vitals> vitals;

    private final Map<Long, Hand> hands = new LinkedHashMap<>();
    private final Map<Position, Hand> byPosition = new LinkedHashMap<>();
    private final ArrayDeque<Hand> waiting = new ArrayDeque<>();
    private final List<Berth> berths;
    private final Pulse pulse;
    private final Map<Job, Boolean> ended = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Job, Boolean> eldest) {
            return size() > ENDED_MAX;
        }
    };

    private final List<Action> actions = new ArrayList<>();

    /// The task that is or will be computed with nothing else in the process.
    private @Nullable Hand alone;

    private int running;
    private long tickets;
    private long turns;
    private long foreign;

    private Phase phase = Phase.WORKING;
    private ExitCode exit = ExitCode.SUCCEEDED;
    private String exitReason = "";
    private long handBackAt;
    private long leaveAt;
    private boolean lastBeat;

    private String publishTrouble = "";
    private String beatTrouble = "";
    private String laneTrouble = "";
    private String endingsTrouble = "";

    /// @param self    who this worker is
    /// @param kernels what it computes
    /// @param vitals  asked for each heartbeat
    /// @param now     as in all that follows
    public Desk(Identity self, WorkerConfig config, Kernels kernels, Supplier<Vitals> vitals, long now) {
        this.self = self;
        this.config = config;
        this.kernels = kernels;
        this.vitals = vitals;
        this.berths = IntStream.range(0, config.lanes())
                .mapToObj(lane -> new Berth(lane, now))
                .toList();
        this.pulse = new Pulse(now);
    }

    // ---- what happens
    // --------------------------------------------------------------------------------------------

    /// Time has passed. To be called at [#dueAt] or sooner, and once at the start.
    public List<Action> tick(long now) {
        for (var berth : berths) {
            if (berth.state == Berth.State.CLOSED && phase == Phase.WORKING && now - berth.openAt >= 0) {
                berth.state = Berth.State.OPENING;
                actions.add(new Action.Open(berth.lane));
            }
        }
        for (var hand : List.copyOf(hands.values())) {
            review(hand, now);
        }
        if (phase == Phase.DRAINING && now - handBackAt >= 0) {
            handEverythingBack(now);
            phase = Phase.LEAVING;
        }
        return settle(now);
    }

    /// A lane is connected.
    public List<Action> opened(long now, int lane) {
        var berth = berths.get(lane);
        if (berth.state == Berth.State.OPENING) {
            berth.state = Berth.State.IDLE;
        }
        return settle(now);
    }

    /// The share group has answered a lane for the first time since it was opened.
    public List<Action> joined(long now, int lane) {
        berths.get(lane).joined();
        laneTrouble = "";
        pulse.want();
        return settle(now);
    }

    /// A lane's consumer is gone: the broker delivers what it held again. It is opened again in time.
    ///
    /// @param detail one sentence
    public List<Action> lost(long now, int lane, Loss why, String detail) {
        var berth = berths.get(lane);
        berth.closed(now);
        laneTrouble = detail;
        if (why == Loss.NO_ROOM && berths.stream().anyMatch(other -> other.joined)) {
            berth.openAt = now + LOOK_FOR_ROOM_EVERY.toNanos();
        }
        for (var hand : List.copyOf(hands.values())) {
            if (hand.lanes.remove(lane) && hand.lanes.isEmpty() && hand.waiting() && hand.claim != Hand.Claim.HELD) {
                unqueue(hand);
                forget(hand); // whoever gets it next answers for it
            }
        }
        pulse.want();
        return settle(now);
    }

    /// A lane's poll has returned.
    public List<Action> delivered(long now, int lane, List<Delivery> records) {
        var berth = berths.get(lane);
        berth.arrived(records.size());
        for (var record : records) {
            switch (record) {
                case Delivery.Foreign(var partition, var offset) -> {
                    foreign++;
                    actions.add(new Action.Reject(lane, partition, offset));
                    berth.settled();
                }
                case Delivery.Valid task -> take(task, lane, now);
            }
        }
        return settle(now);
    }

    /// A kernel has stopped.
    ///
    /// @param answer what came of it
    /// @param cost   as measured, with no queue time
    public List<Action> computed(long now, long ticket, Answer answer, Cost cost) {
        var hand = Objects.requireNonNull(hands.get(ticket), "computed what is not in hand");
        hand.running = false;
        running--;
        pulse.computed(answer instanceof Result.Done ? hand.task.items() : 0, cost.cpuNanos());
        if (hand == alone) {
            alone = null;
        }
        if (!hand.answered()) {
            answer(
                    hand,
                    answer,
                    new Cost(
                            cost.cpuNanos(),
                            cost.wallNanos(),
                            hand.startedAt - hand.receivedAt,
                            cost.allocatedBytes()));
        } else if (hand.written) {
            forget(hand);
        }
        return settle(now);
    }

    /// A result is written.
    public List<Action> published(long now, long ticket) {
        var hand = Objects.requireNonNull(hands.get(ticket), "published what is not in hand");
        hand.publishing = false;
        hand.written = true;
        hand.unpublished = false;
        pulse.answered();
        accept(hand);
        if (!hand.running) {
            forget(hand);
        }
        if (hands.values().stream().noneMatch(other -> other.unpublished)) {
            publishTrouble = "";
        }
        return settle(now);
    }

    /// A result is larger than the topic takes: its task failed.
    public List<Action> tooLarge(long now, long ticket, String detail) {
        var hand = Objects.requireNonNull(hands.get(ticket), "wrote what is not in hand");
        var cost = Objects.requireNonNull(hand.result).cost();
        answer(hand, new Failed(FailureKind.TOO_LARGE, detail, ""), cost);
        return settle(now);
    }

    /// A result could not be written, and Kafka's client has given up. Nothing more is taken until it could.
    /// Meanwhile the task is neither claimed nor listed, so that others get it.
    ///
    /// @param detail one sentence
    public List<Action> unpublished(long now, long ticket, String detail) {
        var hand = Objects.requireNonNull(hands.get(ticket), "wrote what is not in hand");
        hand.publishing = false;
        hand.unpublished = true;
        hand.publishAt = now + PUBLISH_AGAIN_AFTER.toNanos();
        publishTrouble = "cannot write results: " + detail;
        pulse.want();
        return settle(now);
    }

    /// The heartbeat under way is written.
    public List<Action> beaten(long now) {
        pulse.written();
        beatTrouble = "";
        for (var hand : hands.values()) {
            if (hand.claim == Hand.Claim.LISTED) {
                hand.claim = Hand.Claim.HELD;
                accept(hand);
            }
        }
        return settle(now);
    }

    /// The heartbeat under way could not be written. Nothing more is taken until one could: the fleet does not
    /// see us.
    ///
    /// @param detail one sentence
    public List<Action> unbeaten(long now, String detail) {
        pulse.failed(now);
        beatTrouble = "cannot write heartbeats: " + detail;
        for (var hand : hands.values()) {
            if (hand.claim == Hand.Claim.LISTED) {
                hand.claim = Hand.Claim.WANTED;
            }
        }
        return settle(now);
    }

    /// A job has ended: its tasks are no longer wanted.
    public List<Action> ended(long now, String job, SpecDigest digest) {
        ended.put(new Job(job, digest), true);
        for (var hand : List.copyOf(hands.values())) {
            if (hand.task.job().equals(job) && hand.task.digest().equals(digest) && !hand.answered()) {
                stop(hand, now);
                answer(hand, new HandedBack(HandBackReason.ENDED, "the job has ended"), costSoFar(hand, now));
            }
        }
        return settle(now);
    }

    /// Whether the endings of jobs can be followed.
    ///
    /// @param trouble one sentence, empty when they can
    public List<Action> followsEndings(long now, String trouble) {
        if (!endingsTrouble.equals(trouble)) {
            endingsTrouble = trouble;
            pulse.want();
        }
        return settle(now);
    }

    /// The worker is asked to stop. What waits is handed back at once; what is being computed may finish as
    /// long as the drain time-out allows.
    public List<Action> drain(long now) {
        if (phase == Phase.WORKING) {
            phase = Phase.DRAINING;
            var timeout = config.drainTimeout().toNanos();
            leaveAt = now + timeout;
            handBackAt = leaveAt - Math.min(HAND_BACK_WITHIN.toNanos(), timeout / 2);
            for (var hand : List.copyOf(hands.values())) {
                if (hand.waiting()) {
                    answer(hand, new HandedBack(HandBackReason.DRAINING, "the worker stops"), costSoFar(hand, now));
                }
            }
            pulse.want();
        }
        return settle(now);
    }

    // ---- what may be asked
    // ---------------------------------------------------------------------------------------

    /// When [#tick] has something to do next.
    public long dueAt(long now) {
        var next = now + Pulse.EVERY_NANOS;
        if (!pulse.underWay() && !lastBeat) {
            next = earlier(next, pulse.dueAt());
        }
        for (var hand : hands.values()) {
            if (hand.unpublished && !hand.publishing) {
                next = earlier(next, hand.publishAt);
            } else if (!hand.written && !hand.claimed()) {
                next = earlier(next, hand.receivedAt + CLAIM_AFTER.toNanos());
            }
            if (hand.running) {
                next = earlier(
                        next,
                        hand.stopping ? hand.stoppingAt + STOP_WITHIN.toNanos() : hand.startedAt + limitNanos(hand));
            }
        }
        for (var berth : berths) {
            if (berth.state == Berth.State.CLOSED && phase == Phase.WORKING) {
                next = earlier(next, berth.openAt);
            }
        }
        return switch (phase) {
            case WORKING, GONE -> next;
            case DRAINING -> earlier(next, handBackAt);
            case LEAVING -> earlier(next, leaveAt);
        };
    }

    /// Whether it takes tasks and can answer them.
    public boolean ready() {
        return phase == Phase.WORKING && trouble().isEmpty() && berths.stream().anyMatch(berth -> berth.joined);
    }

    /// What keeps it from working, one sentence; empty when nothing does.
    public String trouble() {
        if (!exitReason.isEmpty()) {
            return exitReason;
        } else if (!publishTrouble.isEmpty()) {
            return publishTrouble;
        } else if (!beatTrouble.isEmpty()) {
            return beatTrouble;
        } else if (!laneTrouble.isEmpty() && berths.stream().noneMatch(berth -> berth.joined)) {
            return laneTrouble;
        }
        return endingsTrouble;
    }

    /// Records so far that were none of ours.
    public long foreign() {
        return foreign;
    }

    /// Tasks in hand that are not answered, or whose answer is not written.
    public int inHand() {
        return (int) hands.values().stream().filter(hand -> !hand.written).count();
    }

    /// The tasks that may be in hand at most.
    public int handsMax() {
        return Math.max(config.laneRecords(), config.cores() + (config.cores() + 1) / 2);
    }

    // ---- rules
    // -----------------------------------------------------------------------------------------------------

    private void take(Delivery.Valid delivery, int lane, long now) {
        var position = new Position(delivery.partition(), delivery.offset());
        var held = byPosition.get(position);
        if (held != null) { // its lock ended here, and it came back to where it is in hand
            held.lanes.add(lane);
            held.delivery = Math.max(held.delivery, delivery.count());
            if (held.written || held.claim == Hand.Claim.HELD) {
                accept(held);
            }
            return;
        }
        tickets++;
        var hand = new Hand(tickets, delivery.task(), delivery, lane, now);
        hands.put(hand.ticket, hand);
        byPosition.put(position, hand);
        var refusal = refusal(hand);
        if (refusal != null) {
            answer(hand, refusal, Cost.NONE);
        } else if (hand.task.alone()) {
            for (var other : List.copyOf(waiting)) {
                answer(
                        other,
                        new HandedBack(HandBackReason.BUSY, "makes room for " + hand.task + ", which must be alone"),
                        costSoFar(other, now));
            }
            alone = hand;
        } else {
            waiting.add(hand);
        }
    }

    private @Nullable Answer refusal(Hand hand) {
        var task = hand.task;
        if (ended.containsKey(new Job(task.job(), task.digest()))) {
            return new HandedBack(HandBackReason.ENDED, "the job has ended");
        }
        if (task.alone() && hand.delivery >= CRASHED_DELIVERY) {
            return new Failed(
                    FailureKind.CRASHED,
                    "delivered %d times: workers died computing it, also with nothing else in the process"
                            .formatted(hand.delivery),
                    "");
        }
        if (!task.alone() && hand.delivery >= SUSPECT_DELIVERY) {
            return new HandedBack(
                    HandBackReason.SUSPECT, "delivered %d times: workers died holding it".formatted(hand.delivery));
        }
        if (phase != Phase.WORKING) {
            return new HandedBack(HandBackReason.DRAINING, "the worker stops");
        }
        if (alone != null) {
            return new HandedBack(HandBackReason.BUSY, "makes room for " + alone.task + ", which must be alone");
        }
        return switch (kernels.find(task.computation())) {
            case Kernels.Found.Missing(var reason, var detail) -> new HandedBack(reason, detail);
            case Kernels.Found.Refused(var detail) -> new Failed(FailureKind.BAD_PARAMETERS, detail, "");
            case Kernels.Found.Known(var math) -> {
                hand.math = math;
                yield task.end() <= math.items()
                        ? null
                        : new Failed(
                                FailureKind.BAD_PARAMETERS,
                                "items [%d, %d) of %s, which has %d for these parameters"
                                        .formatted(task.first(), task.end(), math, math.items()),
                                "");
            }
        };
    }

    private void review(Hand hand, long now) {
        if (hand.running && !hand.stopping && now - hand.startedAt >= limitNanos(hand)) {
            stop(hand, now);
            answer(
                    hand,
                    new Failed(
                            FailureKind.TIMEOUT,
                            "not done within its limit of %d ms"
                                    .formatted(hand.task.limit().toMillis()),
                            ""),
                    costSoFar(hand, now));
        }
        if (hand.running && hand.stopping && now - hand.stoppingAt >= STOP_WITHIN.toNanos()) {
            leaveStuck(hand, now);
        }
        if (hand.unpublished) {
            if (!hand.publishing && now - hand.publishAt >= 0) {
                publish(hand);
            }
        } else if (!hand.written && !hand.claimed() && now - hand.receivedAt >= CLAIM_AFTER.toNanos()) {
            if (hand.waiting() && hand != alone) {
                answer(
                        hand,
                        new HandedBack(
                                HandBackReason.BUSY, "no core was free within " + CLAIM_AFTER.toSeconds() + " s"),
                        costSoFar(hand, now));
            } else {
                hand.claim = Hand.Claim.WANTED;
                pulse.want();
            }
        }
    }

    private void stop(Hand hand, long now) {
        if (hand.running && !hand.stopping) {
            hand.stopping = true;
            hand.stoppingAt = now;
            actions.add(new Action.Cancel(hand.ticket));
        }
    }

    private void answer(Hand hand, Answer answer, Cost cost) {
        unqueue(hand);
        hand.result = Result.of(hand.task, self.worker(), hand.delivery, cost, answer);
        publish(hand);
    }

    private void publish(Hand hand) {
        hand.publishing = true;
        actions.add(new Action.Publish(hand.ticket, hand.task.partition(), Objects.requireNonNull(hand.result)));
    }

    /// What a task cost that is answered before its kernel has stopped, or without it.
    private static Cost costSoFar(Hand hand, long now) {
        return hand.running
                ? new Cost(0, now - hand.startedAt, hand.startedAt - hand.receivedAt, 0)
                : new Cost(0, 0, now - hand.receivedAt, 0);
    }

    private void unqueue(Hand hand) {
        waiting.remove(hand);
        if (hand == alone && !hand.running) {
            alone = null;
        }
    }

    private void accept(Hand hand) {
        for (var lane : hand.lanes) {
            actions.add(new Action.Accept(lane, hand.partition, hand.offset));
            berths.get(lane).settled();
        }
        hand.lanes.clear();
    }

    private void forget(Hand hand) {
        hands.remove(hand.ticket);
        byPosition.remove(new Position(hand.partition, hand.offset));
    }

    private void leaveStuck(Hand hand, long now) {
        if (phase == Phase.WORKING || phase == Phase.DRAINING) {
            exit = ExitCode.STUCK;
            exitReason = "task %s does not stop within %d s: the worker leaves, to be started again"
                    .formatted(hand.task, STOP_WITHIN.toSeconds());
            handEverythingBack(now);
            leaveAt = now + HAND_BACK_WITHIN.toNanos();
            phase = Phase.LEAVING;
            pulse.want();
        }
    }

    // The others' tasks are not to blame for our leaving: handed back they are computed elsewhere at once, and
    // their deliveries do not count against them.
    private void handEverythingBack(long now) {
        for (var hand : List.copyOf(hands.values())) {
            if (!hand.answered()) {
                stop(hand, now);
                answer(hand, new HandedBack(HandBackReason.DRAINING, "the worker stops"), costSoFar(hand, now));
            }
        }
    }

    // ---- after every event
    // -----------------------------------------------------------------------------------------

    private List<Action> settle(long now) {
        if (phase == Phase.GONE) { // what still comes in changes nothing any more
            actions.clear();
            return List.of();
        }
        startComputing(now);
        letLanesPoll();
        leaveWhenDone(now);
        if (phase != Phase.GONE && !lastBeat && pulse.due(now)) {
            beat(now, phase == Phase.WORKING ? workingState() : Heartbeat.State.DRAINING);
        }
        var todo = List.copyOf(actions);
        actions.clear();
        return todo;
    }

    private void startComputing(long now) {
        if (alone != null) {
            if (running == 0) {
                start(alone, now);
            }
            return;
        }
        while (running < config.cores() && !waiting.isEmpty()) {
            start(waiting.remove(), now);
        }
    }

    private void start(Hand hand, long now) {
        hand.running = true;
        hand.startedAt = now;
        running++;
        actions.add(new Action.Compute(hand.ticket, hand.task, Objects.requireNonNull(hand.math)));
    }

    private void letLanesPoll() {
        while (mayTake()) {
            var idle = berths.stream()
                    .filter(berth -> berth.state == Berth.State.IDLE)
                    .min(Comparator.comparingLong(berth -> berth.turn));
            if (idle.isEmpty()) {
                return;
            }
            turns++;
            idle.get().turn = turns;
            idle.get().state = Berth.State.POLLING;
            actions.add(new Action.Poll(idle.get().lane));
        }
    }

    private boolean mayTake() {
        if (phase != Phase.WORKING || alone != null || !publishTrouble.isEmpty() || !beatTrouble.isEmpty()) {
            return false;
        }
        var asked = config.laneRecords()
                * (int) berths.stream()
                        .filter(berth -> berth.state == Berth.State.POLLING)
                        .count();
        var taken = hands.size() + asked;
        // A lane takes as many records as its consumer was made for, so the last core may bring some that wait.
        return taken + config.laneRecords() <= handsMax()
                && (taken < config.cores() || hands.values().stream().noneMatch(Hand::claimed));
    }

    private void leaveWhenDone(long now) {
        if (phase == Phase.DRAINING && inHand() == 0) {
            phase = Phase.LEAVING;
        }
        if (phase != Phase.LEAVING) {
            return;
        }
        if (now - leaveAt >= 0 || (lastBeat && !pulse.underWay())) {
            phase = Phase.GONE;
            actions.add(new Action.Exit(exit, exitReason));
        } else if (inHand() == 0
                && !lastBeat
                && !pulse.underWay()
                && berths.stream().noneMatch(berth -> berth.state == Berth.State.POLLING)) {
            lastBeat = true;
            beat(now, Heartbeat.State.STOPPED);
        }
    }

    private Heartbeat.State workingState() {
        return berths.stream().anyMatch(berth -> berth.joined) ? Heartbeat.State.RUNNING : Heartbeat.State.STARTING;
    }

    private void beat(long now, Heartbeat.State state) {
        pulse.begin(now);
        var holdings = new ArrayList<Heartbeat.Holding>();
        for (var hand : hands.values()) {
            if (!hand.written && !hand.unpublished) {
                holdings.add(hand.holding(now));
                if (hand.claim == Hand.Claim.WANTED) {
                    hand.claim = Hand.Claim.LISTED;
                }
            }
        }
        var lanes = (int) berths.stream().filter(berth -> berth.joined).count();
        var vital = vitals.get();
        actions.add(new Action.Beat(new Heartbeat(
                self.worker(),
                self.host(),
                self.pid(),
                self.release(),
                pulse.sequence(),
                self.startedMillis(),
                vital.atMillis(),
                state,
                trouble(),
                kernels.offers(),
                config.cores(),
                lanes,
                Math.min(handsMax(), lanes * config.laneRecords()),
                holdings,
                vital.heapUsedBytes(),
                vital.heapMaxBytes(),
                vital.residentBytes(),
                pulse.tasks(),
                pulse.cpuNanos(),
                pulse.itemsPerSecond())));
    }

    private static long limitNanos(Hand hand) {
        return hand.task.limit().compareTo(LIMIT_MAX) < 0 ? hand.task.limit().toNanos() : LIMIT_MAX.toNanos();
    }

    private static long earlier(long a, long b) {
        return a - b < 0 ? a : b;
    }
}

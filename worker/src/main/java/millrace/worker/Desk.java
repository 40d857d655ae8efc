package millrace.worker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
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
/// - In hand are at most one and a half times as many tasks as there are cores, those not counted whose values
///   are on the way to where large ones go, and while one of them is claimed no more are taken than cores are
///   free: what waits here behind a long task would be computed at once elsewhere. For the same reason a task that
///   found no core for a third of its lock is handed back rather than claimed. Of [TinyTasks] there are many in
///   hand; when they are tiny no more, all but as many as ever are handed back.
/// - A lane whose poll brought nothing goes on taking what comes, polled or not, and would keep it unseen. So it is
///   polled on when nothing more is wanted, and what then finds no core is handed back at once. When nothing can be
///   answered it is opened anew, and closed when the worker is to leave.
/// - An urgent task, the first of a job beside another's, does not wait for a core: where none of them is computed, one
///   is computed beside those on the cores. It so waits for its turn to be taken, and not for another task to end.
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

    private final Identity self;
    private final WorkerConfig config;
    private final MemoryBudget memory;
    private final Entrance entrance;
    private final Berths berths;
    private final Pulse pulse;
    private final Hands hands;
    private final TinyTasks tiny;
    private final List<Action> actions = new ArrayList<>();

    private long foreign;

    private Phase phase = Phase.WORKING;
    private ExitCode exit = ExitCode.SUCCEEDED;
    private String exitReason = "";
    private long handBackAt;
    private long leaveAt;
    private boolean lastBeat;

    private String publishTrouble = "";
    private String beatTrouble = "";
    private String endingsTrouble = "";

    /// @param self    who this worker is
    /// @param kernels what it computes
    /// @param vitals  asked for each heartbeat
    /// @param now     as in all that follows
    public Desk(Identity self, WorkerConfig config, Kernels kernels, Supplier<Vitals> vitals, long now) {
        this.self = self;
        this.config = config;
        this.memory = new MemoryBudget(config.taskBytesMax());
        this.entrance = new Entrance(kernels, memory);
        this.berths = new Berths(config, now);
        this.hands = new Hands(config.cores(), memory);
        this.tiny = new TinyTasks(now);
        this.pulse = new Pulse(self, config, kernels.offers(), vitals, now);
    }

    // ---- what happens

    /// Time has passed. To be called at [#dueAt] or sooner, and once at the start.
    public List<Action> tick(long now) {
        if (phase == Phase.WORKING) {
            berths.open(now, laneRecords()).forEach(this::open);
        }
        for (var hand : hands.all()) {
            review(hand, now);
        }
        tiny.look(now, hands.runsSince(now));
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
        berths.joined(lane);
        pulse.want();
        return settle(now);
    }

    /// A lane's consumer is gone: the broker delivers what it held again. It is opened again in time.
    ///
    /// @param detail one sentence
    public List<Action> lost(long now, int lane, Loss why, String detail) {
        berths.lost(now, lane, why, detail);
        for (var hand : hands.all()) {
            if (hand.lanes.remove(lane) && hand.lanes.isEmpty() && hand.waiting() && hand.claim != Hand.Claim.HELD) {
                hands.unqueue(hand);
                hands.forget(hand); // whoever gets it next answers for it
            }
        }
        pulse.want();
        return settle(now);
    }

    /// A lane's poll has returned.
    public List<Action> delivered(long now, int lane, List<Delivery> records) {
        var berth = berths.get(lane);
        berth.arrived(records.size());
        var mayWait = !berth.unasked || hasRoomFor(records.size(), 0);
        for (var record : records) {
            switch (record) {
                case Delivery.Foreign(var partition, var offset) -> {
                    foreign++;
                    actions.add(new Action.Reject(lane, partition, offset));
                    berth.settled();
                }
                case Delivery.Valid task -> take(task, lane, mayWait, now);
            }
        }
        return settle(now);
    }

    /// A kernel has stopped, and its value is on the way to where large values go: its core is free, its memory
    /// is not.
    public List<Action> putting(long now, long ticket) {
        hands.putting(hands.get(ticket));
        return settle(now);
    }

    /// A kernel has stopped, and its value is where it belongs.
    ///
    /// @param answer what came of it
    /// @param cost   as measured, with no queue time
    /// @param held   bytes of the heap, as [HeldBytes] measures them
    public List<Action> computed(long now, long ticket, Answer answer, Cost cost, long held) {
        var hand = hands.get(ticket);
        hands.stopped(hand, held);
        pulse.computed(answer instanceof Result.Done ? hand.task.items() : 0, cost.cpuNanos());
        tiny.computed(now, cost, answer instanceof Result.Done done ? done.bytes() : 0);
        if (!hand.answered()) {
            answer(hand, answer, hand.withQueue(cost));
        } else if (hand.written) {
            hands.forget(hand);
        }
        return settle(now);
    }

    /// A result is written.
    public List<Action> published(long now, long ticket) {
        var hand = hands.get(ticket);
        hand.publishing = false;
        hand.written = true;
        hand.unpublished = false;
        pulse.answered();
        accept(hand);
        if (!hand.running) {
            hands.forget(hand);
        }
        if (!publishTrouble.isEmpty() && !hands.anyUnpublished()) {
            publishTrouble = "";
        }
        return settle(now);
    }

    /// A result is larger than the topic takes: its task failed.
    public List<Action> tooLarge(long now, long ticket, String detail) {
        var hand = hands.get(ticket);
        var cost = Objects.requireNonNull(hand.result).cost();
        answer(hand, new Failed(FailureKind.TOO_LARGE, detail, ""), cost);
        return settle(now);
    }

    /// A result could not be written, and Kafka's client has given up. Nothing more is taken until it could.
    /// Meanwhile the task is neither claimed nor listed, so that others get it.
    ///
    /// @param detail one sentence
    public List<Action> unpublished(long now, long ticket, String detail) {
        var hand = hands.get(ticket);
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
        for (var hand : hands.all()) {
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
        for (var hand : hands.all()) {
            if (hand.claim == Hand.Claim.LISTED) {
                hand.claim = Hand.Claim.WANTED;
            }
        }
        return settle(now);
    }

    /// A job has ended: its tasks are no longer wanted.
    public List<Action> ended(long now, String job, SpecDigest digest) {
        entrance.ended(job, digest);
        for (var hand : hands.all()) {
            if (hand.task.job().equals(job) && hand.task.digest().equals(digest) && !hand.answered()) {
                stop(hand, now);
                answer(hand, new HandedBack(HandBackReason.ENDED, "the job has ended"), hand.costSoFar(now));
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
            for (var hand : hands.all()) {
                if (hand.waiting()) {
                    answer(hand, new HandedBack(HandBackReason.DRAINING, "the worker stops"), hand.costSoFar(now));
                }
            }
            pulse.want();
        }
        return settle(now);
    }

    // ---- what may be asked

    /// When [#tick] has something to do next.
    public long dueAt(long now) {
        var next = now + Pulse.EVERY_NANOS;
        if (!pulse.underWay() && !lastBeat && phase != Phase.GONE) {
            next = Hand.earlier(next, pulse.dueAt());
        }
        if (phase == Phase.WORKING || phase == Phase.DRAINING) {
            for (var hand : hands.all()) {
                next = hand.dueAt(next);
            }
        }
        return switch (phase) {
            case WORKING -> berths.openAt(next);
            case DRAINING -> Hand.earlier(next, handBackAt);
            case LEAVING -> Hand.earlier(next, leaveAt);
            case GONE -> next;
        };
    }

    /// Whether it takes tasks and can answer them.
    public boolean ready() {
        return phase == Phase.WORKING && trouble().isEmpty() && berths.joined() > 0;
    }

    /// What keeps it from working, one sentence; empty when nothing does.
    public String trouble() {
        if (!exitReason.isEmpty()) {
            return exitReason;
        } else if (!publishTrouble.isEmpty()) {
            return publishTrouble;
        } else if (!beatTrouble.isEmpty()) {
            return beatTrouble;
        } else if (!berths.trouble().isEmpty()) {
            return berths.trouble();
        }
        return endingsTrouble;
    }

    /// Records so far that were none of ours.
    public long foreign() {
        return foreign;
    }

    /// Tasks in hand that are not answered, or whose answer is not written.
    public int inHand() {
        return hands.unwritten();
    }

    /// What the tasks that are computed take of the heap by declaration or estimate, bytes.
    public long memoryTaken() {
        return memory.taken();
    }

    // ---- rules

    // @param mayWait for a core, where none is free
    private void take(Delivery.Valid delivery, int lane, boolean mayWait, long now) {
        var held = hands.find(delivery);
        if (held.isPresent()) {
            takeAgain(held.get(), delivery, lane);
            return;
        }
        var hand = hands.take(delivery, lane, now);
        switch (entrance.admit(hand.task, hand.delivery, phase != Phase.WORKING, hands.alone())) {
            case Entrance.Verdict.Refuse(var answer) -> answer(hand, answer, Cost.NONE);
            case Entrance.Verdict.Compute(var math, var bytes) -> {
                hands.queue(hand, math, bytes);
                if (!mayWait) {
                    startOrHandBack(hand, now);
                } else if (hand.task.alone()) {
                    tiny.end(now);
                    makeRoom(hand, now);
                }
            }
        }
    }

    private void startOrHandBack(Hand hand, long now) {
        startComputing(now);
        if (hand.waiting()) {
            answer(hand, new HandedBack(HandBackReason.BUSY, "no core, or no memory, is free for it soon"), Cost.NONE);
        }
    }

    // A record's lock ended here, and it came back to where its task is in hand: computing it twice helps nobody.
    private void takeAgain(Hand hand, Delivery.Valid delivery, int lane) {
        hand.lanes.add(lane);
        hand.delivery = Math.max(hand.delivery, delivery.count());
        if (hand.written || hand.claim == Hand.Claim.HELD) {
            accept(hand);
        }
    }

    private void makeRoom(Hand alone, long now) {
        for (var hand : hands.all()) {
            if (hand.waiting() && hand != alone) {
                answer(hand, Entrance.makesRoom(alone.task), hand.costSoFar(now));
            }
        }
    }

    private void review(Hand hand, long now) {
        if (hand.running && !hand.putting && !hand.stopping && now - hand.startedAt >= hand.limitNanos()) {
            stop(hand, now);
            answer(
                    hand,
                    new Failed(
                            FailureKind.TIMEOUT,
                            "not done within its limit of %d ms"
                                    .formatted(hand.task.limit().toMillis()),
                            ""),
                    hand.costSoFar(now));
        }
        if (hand.running && !hand.putting && hand.stopping && now - hand.stoppingAt >= STOP_WITHIN.toNanos()) {
            leaveStuck(hand, now);
        }
        if (hand.unpublished) {
            if (!hand.publishing && now - hand.publishAt >= 0) {
                publish(hand);
            }
        } else if (!hand.written && !hand.claimed() && now - hand.claimAt >= 0) {
            if (hand.waiting() && !hand.task.alone()) {
                hand.claimAt = now + CLAIM_AFTER.toNanos(); // should its answer take that long
                answer(hand, new HandedBack(HandBackReason.BUSY, hands.lack(hand)), hand.costSoFar(now));
            } else {
                hand.claim = Hand.Claim.WANTED;
                pulse.want();
            }
        }
    }

    private void stop(Hand hand, long now) {
        if (hand.running && !hand.putting && !hand.stopping) {
            hand.stopping = true;
            hand.stoppingAt = now;
            actions.add(new Action.Cancel(hand.ticket));
        }
    }

    private void answer(Hand hand, Answer answer, Cost cost) {
        hands.unqueue(hand);
        hand.result = Result.of(hand.task, self.worker(), hand.delivery, cost, answer);
        publish(hand);
    }

    private void publish(Hand hand) {
        hand.publishing = true;
        actions.add(new Action.Publish(hand.ticket, hand.task.partition(), Objects.requireNonNull(hand.result)));
    }

    private void accept(Hand hand) {
        for (var lane : hand.lanes) {
            actions.add(new Action.Accept(lane, hand.partition, hand.offset));
            berths.get(lane).settled();
        }
        hand.lanes.clear();
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
        for (var hand : hands.all()) {
            if (!hand.answered()) {
                stop(hand, now);
                answer(hand, new HandedBack(HandBackReason.DRAINING, "the worker stops"), hand.costSoFar(now));
            }
        }
    }

    // ---- after every event

    private List<Action> settle(long now) {
        if (phase == Phase.GONE) { // what still comes in changes nothing any more
            actions.clear();
            return List.of();
        }
        startComputing(now);
        handSurplusBack(now);
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
        for (var next = hands.next(now); next.isPresent(); next = hands.next(now)) {
            var hand = next.get();
            hands.started(hand, now);
            actions.add(new Action.Compute(hand.ticket, hand.task, Objects.requireNonNull(hand.math)));
        }
    }

    // Many were taken together because tasks were tiny, and they no longer are: others compute them sooner.
    private void handSurplusBack(long now) {
        for (var hand : hands.waitingBeyond(handsMax())) {
            answer(
                    hand,
                    new HandedBack(HandBackReason.BUSY, "tasks take longer than those before"),
                    hand.costSoFar(now));
        }
    }

    private int laneRecords() {
        return tiny.now() ? config.tinyRecords() : config.laneRecords();
    }

    private int handsMax() {
        return config.handsMax(laneRecords());
    }

    private void letLanesPoll() {
        if (phase != Phase.WORKING) {
            berths.leave().forEach(berth -> actions.add(new Action.Close(berth.lane)));
            return;
        }
        for (var berth = berths.openAnew(laneRecords()); berth != null; berth = berths.openAnew(laneRecords())) {
            open(berth);
        }
        if (!publishTrouble.isEmpty() || !beatTrouble.isEmpty()) {
            berths.openFetching().ifPresent(this::open);
            return;
        }
        while (berths.anyIdle(laneRecords()) && hasRoomFor(laneRecords(), berths.recordsAskedFor())) {
            poll(berths.turn(laneRecords()));
        }
        berths.pollUnasked().forEach(this::poll);
    }

    private void open(Berth berth) {
        actions.add(new Action.Open(berth.lane, berth.records));
    }

    private void poll(Berth berth) {
        actions.add(new Action.Poll(berth.lane));
    }

    // @param askedFor that polls under way may bring besides
    private boolean hasRoomFor(int records, int askedFor) {
        var taken = hands.count() - hands.putting() + askedFor;
        var anyWillStart = taken < config.cores() && !hands.anyWaitsForMemory();
        // A lane takes as many records as its consumer was made for, so the last core may bring some that wait.
        return hands.alone() == null && taken + records <= handsMax() && (anyWillStart || !hands.anyClaimed());
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
        } else if (inHand() == 0 && !lastBeat && !pulse.underWay() && berths.polling() == 0) {
            lastBeat = true;
            beat(now, Heartbeat.State.STOPPED);
        }
    }

    private Heartbeat.State workingState() {
        return berths.joined() > 0 ? Heartbeat.State.RUNNING : Heartbeat.State.STARTING;
    }

    private void beat(long now, Heartbeat.State state) {
        actions.add(new Action.Beat(pulse.beat(now, state, trouble(), berths.joined(), hands.list(now))));
    }
}

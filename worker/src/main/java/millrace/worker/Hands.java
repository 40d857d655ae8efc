package millrace.worker;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import millrace.proto.Heartbeat;
import millrace.proto.Task;
import org.jspecify.annotations.Nullable;

/// The tasks in hand, in the order in which they came.
///
/// They start in that order, as cores are free and memory is: a task that finds a core but not its memory
/// waits, and smaller ones behind it start meanwhile. That ends when it has waited for [#OVERTAKEN_FOR]: from
/// then on nothing starts before it, so that what runs makes room for it. As something runs whenever something
/// waits, and what runs gives its memory back, nobody waits for ever.
///
/// An urgent task needs no free core: where all compute, and nothing urgent, one is computed beside them.
final class Hands {
    /// How long a task that waits for memory is overtaken by others. Short against the time after which a task
    /// that waits is handed back.
    static final Duration OVERTAKEN_FOR = Duration.ofSeconds(1);

    /// So many of those that wait are looked at for one that there is memory for.
    private static final int LOOKED_AT_MAX = 64;

    private record Position(int partition, long offset) {}

    private final int cores;
    private final MemoryBudget memory;
    private final Map<Long, Hand> byTicket = new LinkedHashMap<>();
    private final Map<Position, Hand> byPosition = new HashMap<>();
    private final ArrayDeque<Hand> queue = new ArrayDeque<>();

    /// The task that is or will be computed with nothing else in the process.
    private @Nullable Hand alone;

    // Kernels that run, and values that are on their way.
    private int running;
    private int putting;

    // Urgent tasks in the queue, and those whose kernels run.
    private int urgent;
    private int urgentRunning;
    private long tickets;

    Hands(int cores, MemoryBudget memory) {
        this.cores = cores;
        this.memory = memory;
    }

    Hand take(Delivery.Valid delivery, int lane, long now) {
        tickets++;
        var hand = new Hand(tickets, delivery, lane, now);
        byTicket.put(hand.ticket, hand);
        byPosition.put(new Position(hand.partition, hand.offset), hand);
        return hand;
    }

    /// The task in hand whose record this is.
    Optional<Hand> find(Delivery.Valid delivery) {
        return Optional.ofNullable(byPosition.get(new Position(delivery.partition(), delivery.offset())));
    }

    Hand get(long ticket) {
        return Objects.requireNonNull(byTicket.get(ticket), "ticket of a task that is not in hand");
    }

    /// All of them, as they are now: they may be forgotten meanwhile.
    List<Hand> all() {
        return List.copyOf(byTicket.values());
    }

    int count() {
        return byTicket.size();
    }

    void forget(Hand hand) {
        byTicket.remove(hand.ticket);
        byPosition.remove(new Position(hand.partition, hand.offset));
    }

    // ---- for a core

    /// Lets a task wait for a core, or one that must be alone for all of them.
    ///
    /// @param math          computes it
    /// @param declaredBytes as in [Hand#declaredBytes]
    void queue(Hand hand, Ready<?> math, long declaredBytes) {
        hand.math = math;
        hand.declaredBytes = declaredBytes;
        if (hand.task.alone()) {
            alone = hand;
        } else {
            queue.add(hand);
            hand.queued = true;
            urgent += hand.task.urgent() ? 1 : 0;
        }
    }

    /// A task no longer waits for a core.
    void unqueue(Hand hand) {
        if (hand.queued) { // the usual hand has left it for a core, and looking through thousands takes time
            queue.remove(hand);
            dequeued(hand);
        }
        if (hand == alone && !hand.running) {
            alone = null;
        }
    }

    /// The next task that may start now.
    Optional<Hand> next(long now) {
        if (alone != null) {
            return running + putting == 0 ? Optional.of(alone) : Optional.empty();
        }
        var urgentOnly = !anyCoreFree();
        if (urgentOnly && (urgent == 0 || urgentRunning > 0 || !mayRun(cores + 1))) {
            return Optional.empty();
        }
        var looked = 0;
        for (var waiting = queue.iterator(); waiting.hasNext() && looked < LOOKED_AT_MAX; ) {
            var hand = waiting.next();
            if (urgentOnly && !hand.task.urgent()) {
                continue;
            }
            looked++;
            if (running + putting == 0 || memory.hasRoomFor(memory.bytes(hand.task, hand.declaredBytes))) {
                waiting.remove();
                dequeued(hand);
                return Optional.of(hand);
            }
            if (now - hand.receivedAt >= OVERTAKEN_FOR.toNanos()) {
                break;
            }
        }
        return Optional.empty();
    }

    private void dequeued(Hand hand) {
        hand.queued = false;
        urgent -= hand.task.urgent() ? 1 : 0;
    }

    /// The tasks that wait for a core, but for so many of them that with those that run are not more than `most`.
    List<Hand> waitingBeyond(int most) {
        var few = Math.max(0, most - running);
        return queue.size() <= few ? List.of() : queue.stream().skip(few).toList();
    }

    /// Since when the task runs that has run for longest, `now` when none does.
    long runsSince(long now) {
        var since = now;
        for (var hand : byTicket.values()) {
            since = hand.running && !hand.putting ? Hand.earlier(since, hand.startedAt) : since;
        }
        return since;
    }

    /// Whether a core is free for a task that waits, but no memory. To be asked when all that may start have.
    boolean anyWaitsForMemory() {
        return anyCoreFree() && !queue.isEmpty();
    }

    private boolean anyCoreFree() {
        return mayRun(cores);
    }

    // Beside a full house about as many values are on their way: more would only wait for the brokers, in memory.
    private boolean mayRun(int most) {
        return running < most && running + putting < 2 * cores;
    }

    /// Tasks whose values are on their way.
    int putting() {
        return putting;
    }

    /// A task's core is free, its memory is not.
    void putting(Hand hand) {
        hand.putting = true;
        leftCore(hand);
        putting++;
    }

    /// What a task that waits did not find in time.
    String lack(Hand hand) {
        var within = Desk.CLAIM_AFTER.toSeconds();
        if (!anyCoreFree()) {
            return "no core was free within %d s".formatted(within);
        }
        var bytes = memory.bytes(hand.task, hand.declaredBytes);
        return "no memory was free for its %d bytes within %d s: others take %d of %d"
                .formatted(bytes, within, memory.taken(), memory.bytesMax());
    }

    void started(Hand hand, long now) {
        hand.running = true;
        hand.startedAt = now;
        hand.chargedBytes = memory.bytes(hand.task, hand.declaredBytes);
        memory.take(hand.chargedBytes);
        running++;
        urgentRunning += hand.task.urgent() ? 1 : 0;
    }

    /// @param heldBytes of the heap, as measured
    void stopped(Hand hand, long heldBytes) {
        hand.running = false;
        memory.giveBack(hand.chargedBytes);
        if (hand.declaredBytes == MemoryBudget.UNKNOWN) {
            memory.saw(hand.task, heldBytes);
        }
        if (hand.putting) {
            hand.putting = false;
            putting--;
        } else {
            leftCore(hand);
        }
        if (hand == alone) {
            alone = null;
        }
    }

    private void leftCore(Hand hand) {
        running--;
        urgentRunning -= hand.task.urgent() ? 1 : 0;
    }

    /// The task that others must make room for, if there is one.
    @Nullable
    Task alone() {
        return alone == null ? null : alone.task;
    }

    // ---- for heartbeats

    boolean anyClaimed() {
        return byTicket.values().stream().anyMatch(Hand::claimed);
    }

    boolean anyUnpublished() {
        return byTicket.values().stream().anyMatch(hand -> hand.unpublished);
    }

    int unwritten() {
        return (int) byTicket.values().stream().filter(hand -> !hand.written).count();
    }

    /// What a heartbeat says that is written from now on: claims that are wanted are listed by it.
    List<Heartbeat.Holding> list(long now) {
        var holdings = new ArrayList<Heartbeat.Holding>();
        for (var hand : byTicket.values()) {
            if (!hand.written && !hand.unpublished) {
                holdings.add(hand.holding(now));
                if (hand.claim == Hand.Claim.WANTED) {
                    hand.claim = Hand.Claim.LISTED;
                }
            }
        }
        return holdings;
    }
}

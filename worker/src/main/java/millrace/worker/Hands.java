package millrace.worker;

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
final class Hands {
    private record Position(int partition, long offset) {}

    private final int cores;
    private final Map<Long, Hand> byTicket = new LinkedHashMap<>();
    private final Map<Position, Hand> byPosition = new HashMap<>();
    private final ArrayDeque<Hand> queue = new ArrayDeque<>();

    /// The task that is or will be computed with nothing else in the process.
    private @Nullable Hand alone;

    private int running;
    private long tickets;

    Hands(int cores) {
        this.cores = cores;
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
    void queue(Hand hand) {
        if (hand.task.alone()) {
            alone = hand;
        } else {
            queue.add(hand);
            hand.queued = true;
        }
    }

    /// A task no longer waits for a core.
    void unqueue(Hand hand) {
        if (hand.queued) { // the usual hand has left it for a core, and looking through thousands takes time
            queue.remove(hand);
            hand.queued = false;
        }
        if (hand == alone && !hand.running) {
            alone = null;
        }
    }

    /// The next task that may start now.
    Optional<Hand> next() {
        if (alone != null) {
            return running == 0 ? Optional.of(alone) : Optional.empty();
        }
        if (running >= cores || queue.isEmpty()) {
            return Optional.empty();
        }
        var next = queue.remove();
        next.queued = false;
        return Optional.of(next);
    }

    void started(Hand hand, long now) {
        hand.running = true;
        hand.startedAt = now;
        running++;
    }

    void stopped(Hand hand) {
        hand.running = false;
        running--;
        if (hand == alone) {
            alone = null;
        }
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

package millrace.worker;

import java.time.Duration;
import java.util.TreeSet;
import millrace.proto.Heartbeat;
import millrace.proto.Result;
import millrace.proto.Task;
import org.jspecify.annotations.Nullable;

/// A task in hand: from its delivery until its result is written and its kernel has stopped.
final class Hand {
    /// No task runs that long, and nanoseconds have room for it.
    private static final Duration LIMIT_MAX = Duration.ofDays(365);

    /// How far a task is on the way to having its record accepted before its result is there.
    enum Claim {
        NONE,
        /// The next heartbeat lists it.
        WANTED,
        /// The heartbeat that is on its way lists it.
        LISTED,
        /// A written heartbeat lists it: its record is accepted.
        HELD
    }

    final long ticket;
    final Task task;
    final int partition;
    final long offset;
    final long receivedAt;

    /// The lanes whose consumers hold its record, several when its lock ended here and it came back.
    final TreeSet<Integer> lanes = new TreeSet<>();

    int delivery;
    Claim claim = Claim.NONE;

    /// When it is claimed if it is still in hand.
    long claimAt;

    /// Set when its kernel may compute it.
    @Nullable
    Ready<?> math;

    /// What its kernel declares that it takes of the heap, or [MemoryBudget#UNKNOWN].
    long declaredBytes = MemoryBudget.UNKNOWN;

    /// What it takes of the memory budget while its kernel runs.
    long chargedBytes;

    /// It is in the queue for a core.
    boolean queued;

    /// Whether its kernel runs, or its value is being put elsewhere.
    boolean running;

    long startedAt;

    /// Whether its kernel has stopped and its value is being put elsewhere; it still counts as running.
    boolean putting;

    /// Whether its kernel was told to stop, and when.
    boolean stopping;

    long stoppingAt;

    /// What it was answered, if it was.
    @Nullable
    Result result;

    /// Whether the result is written.
    boolean written;

    /// Whether the result is being written.
    boolean publishing;

    /// Whether the result could not be written so far, and when to try again.
    boolean unpublished;

    long publishAt;

    Hand(long ticket, Delivery.Valid delivery, int lane, long now) {
        this.ticket = ticket;
        this.task = delivery.task();
        this.partition = delivery.partition();
        this.offset = delivery.offset();
        this.delivery = delivery.count();
        this.receivedAt = now;
        this.claimAt = now + Desk.CLAIM_AFTER.toNanos();
        lanes.add(lane);
    }

    boolean answered() {
        return result != null;
    }

    /// Neither computed nor answered yet.
    boolean waiting() {
        return !running && result == null;
    }

    boolean claimed() {
        return claim != Claim.NONE;
    }

    long limitNanos() {
        return task.limit().compareTo(LIMIT_MAX) < 0 ? task.limit().toNanos() : LIMIT_MAX.toNanos();
    }

    /// What its kernel cost, with the time that it waited for a core.
    Result.Cost withQueue(Result.Cost cost) {
        return new Result.Cost(
                cost.cpuNanos(), cost.wallNanos(), startedAt - receivedAt, cost.allocatedBytes(), cost.extra());
    }

    /// What it cost when it is answered before its kernel has stopped, or without it.
    Result.Cost costSoFar(long now) {
        return running
                ? new Result.Cost(0, now - startedAt, startedAt - receivedAt, 0)
                : new Result.Cost(0, 0, now - receivedAt, 0);
    }

    /// When something is to be done about it.
    ///
    /// @param atMost the answer when that is later or never
    long dueAt(long atMost) {
        var next = atMost;
        if (unpublished && !publishing) {
            next = earlier(next, publishAt);
        } else if (!unpublished && !written && !claimed()) {
            next = earlier(next, claimAt);
        }
        if (running && !putting) {
            next = earlier(next, stopping ? stoppingAt + Desk.STOP_WITHIN.toNanos() : startedAt + limitNanos());
        }
        return next;
    }

    static long earlier(long a, long b) {
        return a - b < 0 ? a : b;
    }

    Heartbeat.Holding holding(long now) {
        return new Heartbeat.Holding(
                task.job(),
                task.first(),
                task.end(),
                task.emission(),
                claimed(),
                running,
                Math.max(0, (now - receivedAt) / 1_000_000));
    }
}

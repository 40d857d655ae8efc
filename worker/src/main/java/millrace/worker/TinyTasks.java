package millrace.worker;

import millrace.proto.Result.Cost;

/// Whether tasks have become so short that a lane should take many at once. One by one, each is a request to take it,
/// one to write its result and one that it is done with, which cost many times as much as its math.
///
/// Many together are soon done, so that no other worker would have had them sooner, and as soon as one takes longer
/// they are tiny no more. Nothing is known of tasks at first, nor when none have come for a while: then they are not.
final class TinyTasks {
    /// Tasks are tiny from this average on: all that a lane takes together are a fraction of a task as it should be.
    private static final double BEGIN_NANOS = 200_000;

    /// And no more from this average on.
    private static final double END_NANOS = 1_000_000;

    /// What a task's CPU time counts at most: one that took long may be the only one, a second soon after it ends it.
    private static final double CPU_NANOS_MAX = 40_000_000;

    /// What the time that a task waited counts at most: a pause of the process meets the tasks of all cores.
    private static final double WALL_NANOS_MAX = 2_000_000;

    /// The average before any is known: it takes some 150 tiny ones.
    private static final double UNKNOWN = 2_000_000;

    /// The part of a task in the average.
    private static final double WEIGHT = 1.0 / 64;

    /// What a byte of a result counts: so all in hand have room where they wait to be sent.
    private static final double BYTE_NANOS = 80;

    /// The most bytes that results have on average while tasks are tiny.
    static final long VALUE_BYTES_MAX = (long) (END_NANOS / BYTE_NANOS);

    /// A task that runs for so long ends it, whenever it will be done.
    private static final long RUN_NANOS_MAX = 250_000_000L;

    /// When none come for so long, other ones may be next.
    private static final long FORGOTTEN_AFTER = 30_000_000_000L;

    /// Once ended it does not begin again sooner: lanes are made anew each time.
    private static final long PAUSE = 3_000_000_000L;

    private double average = UNKNOWN;
    private boolean tiny;
    private long lastAt;
    private long notBefore;

    TinyTasks(long now) {
        lastAt = now;
        notBefore = now;
    }

    boolean now() {
        return tiny;
    }

    /// A task's kernel has stopped, and its value is where it belongs.
    ///
    /// @param cost       of its kernel; half of its time counts, as others may keep the core busy
    /// @param valueBytes of its answer
    void computed(long now, Cost cost, long valueBytes) {
        var cpu = Math.min(CPU_NANOS_MAX, (double) cost.cpuNanos());
        var wall = Math.min(WALL_NANOS_MAX, cost.wallNanos() / 2.0);
        var value = Math.min(CPU_NANOS_MAX, BYTE_NANOS * valueBytes);
        var nanos = Math.max(cpu, wall) + value;
        average += WEIGHT * (nanos - average);
        lastAt = now;
        if (tiny && average > END_NANOS) {
            end(now);
        } else if (!tiny && average < BEGIN_NANOS && now - notBefore >= 0) {
            tiny = true;
        }
    }

    /// Time has passed.
    ///
    /// @param runsSince since when the task runs that has run for longest; `now` when none does
    void look(long now, long runsSince) {
        if (now - runsSince >= RUN_NANOS_MAX || now - lastAt >= FORGOTTEN_AFTER) {
            end(now);
        }
    }

    /// Tasks are not tiny, whatever they cost so far.
    void end(long now) {
        average = UNKNOWN;
        notBefore = tiny ? now + PAUSE : notBefore;
        tiny = false;
    }
}

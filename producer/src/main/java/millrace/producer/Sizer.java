package millrace.producer;

import millrace.proto.JobSpec;
import millrace.proto.Join;
import millrace.proto.Tally;

/// How many items the next task of a job gets: measured, not guessed. One at first, then as many as cost the
/// target time by the recent cost of an item, but not many times what was seen to work, and towards the end ever
/// fewer, so that all cores finish together (guided self-scheduling, Polychronopoulos and Kuck 1987).
final class Sizer {
    /// A task has at most so many times the items of those whose cost is known.
    private static final int GROWTH = 16;

    /// Or so many, as long as the target time is enough for items that cost [#GROWTH] times as much as those.
    private static final int GROWTH_OF_TINY = 256;

    /// The smallest task towards the end, as a part of the target time: smaller ones cost more than they even out.
    private static final int SMALLEST = 16;

    /// Values of concatenations grow with their task. They need not fit into a record, but a worker holds a few at
    /// once, and each is put before its result.
    private static final long PASSED_ON_BYTES = 4L << 20;

    /// Counts by key grow with their task as well. Each that is put elsewhere is one that the aggregator has to merge with
    /// all others, so few large ones are better, but a worker has several times as much in memory for each core.
    private static final long COUNTS_BYTES = 16L << 20;

    private final long taskNanos;
    private final long fixedItems;
    private final Join join;

    private double recentItems;
    private double recentNanos;
    private double recentTasks;
    private double recentBytes;
    private double itemsSeen;

    Sizer(JobSpec spec) {
        taskNanos = Nanos.of(spec.policy().taskTime());
        fixedItems = spec.policy().taskItems();
        join = spec.join();
    }

    /// What was counted between two tallies of one owner.
    ///
    /// @param cores of the workers that compute the job
    void measure(Tally before, Tally after, long cores) {
        var items = after.items() - before.items();
        var tasks = after.tasks() - before.tasks();
        if (items <= 0 || tasks <= 0) {
            return;
        }
        // CPU time, because it does not depend on who else is running. A kernel that waits costs its core all the
        // same.
        var cpu = Math.max(0, after.cpuNanos() - before.cpuNanos());
        var wall = Math.max(0, after.wallNanos() - before.wallNanos());
        var nanos = Math.max(1.0, (double) Math.max(cpu, wall / 2));
        // What is recent: the last few tasks of each core.
        var span = 2.0 * Math.max(1, cores) * taskNanos;
        var keep = Math.pow(0.5, nanos / span);
        // A whole history at once, as after a takeover, weighs no more than what is recent.
        var add = Math.min(1.0, 4 * span / nanos);
        recentItems = recentItems * keep + add * items;
        recentNanos = recentNanos * keep + add * nanos;
        recentTasks = recentTasks * keep + add * tasks;
        recentBytes = recentBytes * keep + add * Math.max(0, after.valueBytes() - before.valueBytes());
        itemsSeen = Math.max(itemsSeen, (double) items / tasks);
    }

    boolean isMeasured() {
        return recentItems > 0;
    }

    /// What so many items are expected to cost, nanoseconds; the target time while nothing is known.
    long costNanos(long items) {
        return isMeasured() ? Math.max(1, (long) (items * (recentNanos / recentItems))) : taskNanos;
    }

    /// What a task weighs in the window and in the shares. A tiny task takes a place in a lane all the same, and
    /// while sizes grow a few of each are enough to learn from.
    long weightNanos(long items) {
        if (fixedItems > 0) {
            return Math.max(Math.min(Nanos.MILLI, taskNanos), costNanos(items));
        }
        return isGrowing() ? taskNanos : Math.max(taskNanos / SMALLEST, costNanos(items));
    }

    private boolean isGrowing() {
        return !isMeasured() || grown() < itemsOfTarget();
    }

    // Items of a task that is not too large, by what is known so far.
    private double grown() {
        return Math.max(GROWTH * itemsSeen, Math.min(GROWTH_OF_TINY * itemsSeen, itemsOfTarget() / GROWTH));
    }

    // Items that are expected to cost the target time.
    private double itemsOfTarget() {
        return taskNanos / (recentNanos / recentItems);
    }

    /// Items of the next task.
    ///
    /// @param uncut items not yet cut, at least 1
    /// @param cores that the job may use
    long items(long uncut, long cores) {
        if (fixedItems > 0) {
            return Math.min(uncut, fixedItems);
        }
        if (!isMeasured()) {
            return 1;
        }
        var full = Math.min(itemsOfTarget(), grown());
        full = Math.min(full, itemsByValue());
        var guided = Math.max(uncut / (2.0 * Math.max(1, cores)), itemsOfTarget() / SMALLEST);
        return Math.clamp((long) Math.min(full, guided), 1, uncut);
    }

    private double itemsByValue() {
        if (recentBytes <= 0) {
            return Double.MAX_VALUE;
        }
        return switch (join) {
            case Join.Concatenation _ -> PASSED_ON_BYTES / (recentBytes / recentItems);
            // As large as the keys that a task meets: it grows with the task at most, perhaps less, so a task that
            // is large stays as it is.
            case Join.CountsByKey _, Join.CountsByPrefix _ ->
                recentBytes / recentTasks > COUNTS_BYTES
                        ? recentItems / recentTasks
                        : COUNTS_BYTES / (recentBytes / recentItems);
            case Join.IntegerSum _, Join.FloatSum _, Join.Extremes _, Join.TopK _ -> Double.MAX_VALUE;
        };
    }
}

package millrace.tests.sim;

import java.time.Duration;
import java.util.TreeMap;
import millrace.proto.Computation;
import millrace.proto.JobSpec;
import millrace.proto.Policy;
import millrace.proto.Task;

/// A job of a world, with what its items cost and do to workers.
///
/// @param itemNanos  what an item costs, about
/// @param longItem   the item that takes seconds, or -1
/// @param deadlyItem the item that kills its worker, or -1
/// @param stubborn   how often its kernel does not heed a cancellation
record SimJob(JobSpec spec, Toy toy, long itemNanos, long longItem, long longNanos, long deadlyItem, double stubborn) {
    static SimJob draw(World world, String id) {
        var chance = world.chance;
        var faults = world.faults;
        var count = chance.in(0.05) ? 0 : (long) chance.spread(1, 600);
        var bad = count > 0 && faults.allows(Fault.BAD_ITEM) && chance.in(0.3) ? chance.between(0, count - 1) : -1;
        var toy = new Toy(chance.of(Toy.KINDS), count, chance.between(0, 1_000_000), bad);
        var policy = Policy.DEFAULT
                .withPriority((int) chance.between(-2, 2))
                .withMaxAttempts((int) chance.between(1, 4))
                .withTaskTime(Duration.ofMillis((long) chance.spread(20, 500)))
                .withTaskLimit(Duration.ofSeconds(chance.between(20, 60)));
        if (chance.in(0.3)) {
            policy = policy.withTaskItems((long) chance.spread(1, 40));
        }
        if (chance.in(0.2)) {
            policy = policy.withMaxCores((int) chance.between(1, 3));
        }
        if (chance.in(0.3)) {
            policy = policy.withSkipMax((long) chance.spread(1, 100));
        }
        if (faults.allows(Fault.DEADLINE) && chance.in(0.2)) {
            policy = policy.withDeadline(Duration.ofMillis((long) chance.spread(500, 30_000)));
            world.hits.hit(Fault.DEADLINE);
        }
        if (bad >= 0) {
            world.hits.hit(Fault.BAD_ITEM);
        }
        var part = chance.in(0.1) && count > 2;
        var first = part ? chance.between(1, count / 2) : 0;
        var end = part ? chance.between(first + 1, count) : count;
        var spec = JobSpec.of(
                id,
                world.broker.jobPartitions,
                Computation.of(toy),
                first,
                end,
                toy.join(),
                policy,
                new TreeMap<>(),
                "");
        var isLong = count > 0 && faults.allows(Fault.LONG_TASK) && chance.in(0.3);
        var isDeadly = count > 0 && faults.allows(Fault.DEADLY_ITEM) && chance.in(0.3);
        return new SimJob(
                spec,
                toy,
                (long) (chance.spread(0.2, 60) * Agenda.MILLI),
                isLong ? chance.between(0, count - 1) : -1,
                chance.millis(4_000, 15_000),
                isDeadly ? chance.between(0, count - 1) : -1,
                faults.allows(Fault.STUBBORN_KERNEL) && chance.in(0.6) ? 0.7 : 0);
    }

    long costNanos(Task task, World world) {
        var nanos = 0L;
        for (var item = task.first(); item < task.end(); item++) {
            nanos += itemNanos / 2 + itemNanos * (toy.draw(item) % 1000) / 1000;
        }
        if (holds(task, longItem)) {
            world.hits.hit(Fault.LONG_TASK);
            nanos += longNanos;
        }
        return nanos;
    }

    boolean isDeadly(Task task) {
        return holds(task, deadlyItem);
    }

    boolean isStubborn(Chance chance) {
        return stubborn > 0 && chance.in(stubborn);
    }

    private static boolean holds(Task task, long item) {
        return task.first() <= item && item < task.end();
    }
}

package millrace.aggregator;

import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import millrace.proto.Result;
import millrace.proto.Tally;

/// Adds up what the results of one job were and cost.
final class Costs {
    private static final int WORKERS_MAX = 1000;
    private static final int BUCKETS = 128;

    private long items;
    private long tasks;
    private long attempts;
    private long duplicates;
    private long redeliveries;
    private long copies;
    private long handedBack;
    private long failures;
    private long cpuNanos;
    private long wallNanos;
    private long queueNanos;
    private long wastedCpuNanos;
    private long valueBytes;
    private long allocatedBytes;
    private long firstMillis;
    private long lastMillis;
    private long deadItems;
    private Result.Extra extra = Result.Extra.NONE;
    private final TreeSet<String> workers = new TreeSet<>();
    private final long[] taskMicros = new long[BUCKETS];

    /// What every answer adds, before it is known what becomes of it.
    void answered(Result result) {
        switch (result.answer()) {
            case Result.Done _, Result.Failed _ -> attempts++;
            case Result.HandedBack _ -> handedBack++;
        }
        extra = extra.plus(result.cost().extra());
        if (result.delivery() > 1) {
            redeliveries++;
        }
        if (result.copy()) {
            copies++;
        }
        if (workers.size() < WORKERS_MAX) {
            workers.add(result.worker());
        }
    }

    /// @param atMillis the result's time, the brokers' clock
    void counted(Result result, long bytes, long atMillis) {
        var cost = result.cost();
        tasks++;
        items += result.items();
        cpuNanos += cost.cpuNanos();
        wallNanos += cost.wallNanos();
        queueNanos += cost.queueNanos();
        allocatedBytes += cost.allocatedBytes();
        valueBytes += bytes;
        firstMillis = firstMillis == 0 ? atMillis : firstMillis;
        lastMillis = Math.max(lastMillis, atMillis);
        taskMicros[bucket(cost.wallNanos() / 1000)]++;
    }

    void duplicate(Result result) {
        duplicates++;
        wasted(result);
    }

    void failed(Result result) {
        failures++;
        wasted(result);
    }

    void wasted(Result result) {
        wastedCpuNanos += result.cost().cpuNanos();
    }

    void gaveUp(long dead) {
        deadItems += dead;
    }

    // Bucket b holds [2^(b/2), 2^((b+1)/2)) microseconds: two buckets for each power of two.
    static int bucket(long micros) {
        if (micros <= 1) {
            return 0;
        }
        var power = Long.SIZE - 1 - Long.numberOfLeadingZeros(micros);
        var half = micros >= Math.scalb(Math.sqrt(2), power) ? 1 : 0;
        return Math.min(BUCKETS - 1, 2 * power + half);
    }

    Tally tally() {
        var used = BUCKETS;
        while (used > 0 && taskMicros[used - 1] == 0) {
            used--;
        }
        return new Tally(
                items,
                tasks,
                attempts,
                duplicates,
                redeliveries,
                copies,
                handedBack,
                failures,
                cpuNanos,
                wallNanos,
                queueNanos,
                wastedCpuNanos,
                valueBytes,
                allocatedBytes,
                firstMillis,
                lastMillis,
                List.copyOf(workers),
                Arrays.stream(taskMicros, 0, used).boxed().toList(),
                deadItems,
                extra);
    }

    static Costs of(Tally tally) {
        var costs = new Costs();
        costs.items = tally.items();
        costs.tasks = tally.tasks();
        costs.attempts = tally.attempts();
        costs.duplicates = tally.duplicates();
        costs.redeliveries = tally.redeliveries();
        costs.copies = tally.copies();
        costs.handedBack = tally.handedBack();
        costs.failures = tally.failures();
        costs.cpuNanos = tally.cpuNanos();
        costs.wallNanos = tally.wallNanos();
        costs.queueNanos = tally.queueNanos();
        costs.wastedCpuNanos = tally.wastedCpuNanos();
        costs.valueBytes = tally.valueBytes();
        costs.allocatedBytes = tally.allocatedBytes();
        costs.firstMillis = tally.firstMillis();
        costs.lastMillis = tally.lastMillis();
        costs.deadItems = tally.deadItems();
        costs.extra = tally.extra();
        costs.workers.addAll(tally.workers());
        for (var b = 0; b < Math.min(BUCKETS, tally.taskMicros().size()); b++) {
            costs.taskMicros[b] = tally.taskMicros().get(b);
        }
        return costs;
    }
}

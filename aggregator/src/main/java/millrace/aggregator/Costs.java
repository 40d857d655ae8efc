package millrace.aggregator;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import millrace.proto.Result;
import millrace.proto.Spread;
import millrace.proto.Tally;
import millrace.proto.WorkerCost;

/// Adds up what the results of one job were and cost.
final class Costs {
    private static final int WORKERS_MAX = 1000;

    /// Workers whose costs are kept apart, and those of them whose memory is kept over time: an ending stays small.
    private static final int WORKER_COSTS_MAX = 100;

    private static final int SAMPLED_MAX = 32;

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
    private final long[] taskTimes = new long[Spread.BUCKETS];
    private long nanosMin;
    private long nanosMax;
    private long allocatedMax;
    private long firstStartMillis;
    private final Map<String, WorkerCosts> workerCosts = new HashMap<>();

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
        taskTimes[Spread.bucket(cost.wallNanos())]++;
        nanosMin = tasks == 1 ? cost.wallNanos() : Math.min(nanosMin, cost.wallNanos());
        nanosMax = Math.max(nanosMax, cost.wallNanos());
        allocatedMax = Math.max(allocatedMax, cost.allocatedBytes());
        var start = Math.max(1, atMillis - cost.wallNanos() / 1_000_000);
        firstStartMillis = firstStartMillis == 0 ? start : Math.min(firstStartMillis, start);
        var worker = workerCosts.get(result.worker());
        if (worker == null && workerCosts.size() < WORKER_COSTS_MAX) {
            worker = new WorkerCosts(result.worker());
            workerCosts.put(result.worker(), worker);
        }
        if (worker != null) {
            worker.counted(cost, atMillis, workerCosts.size() <= SAMPLED_MAX);
        }
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

    /// All that is known, for endings and snapshots.
    Tally tally() {
        return tally(workerCosts.values().stream()
                .map(WorkerCosts::cost)
                .sorted(Comparator.comparing(WorkerCost::worker))
                .toList());
    }

    /// Without what each worker did, for progress, which is sent often.
    Tally brief() {
        return tally(List.of());
    }

    private Tally tally(List<WorkerCost> byWorker) {
        var times = Spread.BUCKETS;
        while (times > 0 && taskTimes[times - 1] == 0) {
            times--;
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
                deadItems,
                extra,
                new Tally.Detail(
                        new Spread(Arrays.stream(taskTimes, 0, times).boxed().toList(), nanosMin, nanosMax),
                        allocatedMax,
                        firstStartMillis,
                        byWorker));
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
        var detail = tally.detail();
        for (var b = 0; b < detail.times().counts().size(); b++) {
            costs.taskTimes[b] = detail.times().counts().get(b);
        }
        costs.nanosMin = detail.times().minNanos();
        costs.nanosMax = detail.times().maxNanos();
        costs.allocatedMax = detail.allocatedMax();
        costs.firstStartMillis = detail.firstStartMillis();
        detail.workers().forEach(worker -> costs.workerCosts.put(worker.worker(), WorkerCosts.of(worker)));
        return costs;
    }
}

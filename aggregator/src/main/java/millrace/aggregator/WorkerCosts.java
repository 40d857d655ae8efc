package millrace.aggregator;

import java.util.Arrays;
import millrace.proto.Result;
import millrace.proto.WorkerCost;

/// Adds up what one worker did for one job. Memory over time is kept in so many samples at most; when they are full,
/// each two become one of twice the time.
final class WorkerCosts {
    private static final long STEP_MILLIS = 1000;
    private static final long MEBIBYTE = 1 << 20;

    private final String worker;
    private int cores;
    private long tasks;
    private long cpuNanos;
    private long heapPeak;
    private long residentPeak;
    private long firstMillis;
    private long stepMillis = STEP_MILLIS;
    private long[] heap = {};
    private long[] resident = {};

    WorkerCosts(String worker) {
        this.worker = worker;
    }

    /// @param sampled whether memory over time is kept, too
    void counted(Result.Cost cost, long atMillis, boolean sampled) {
        var footprint = cost.footprint();
        tasks++;
        cpuNanos += cost.cpuNanos();
        cores = Math.max(cores, footprint.cores());
        heapPeak = Math.max(heapPeak, footprint.heapBytes());
        residentPeak = Math.max(residentPeak, footprint.residentBytes());
        firstMillis = firstMillis == 0 ? atMillis : firstMillis;
        if (sampled && footprint.heapBytes() > 0) {
            var sample = sample(atMillis);
            heap[sample] = Math.max(heap[sample], footprint.heapBytes() / MEBIBYTE);
            resident[sample] = Math.max(resident[sample], footprint.residentBytes() / MEBIBYTE);
        }
    }

    private int sample(long atMillis) {
        var since = Math.max(0, atMillis - firstMillis);
        while (since / stepMillis >= WorkerCost.SAMPLES_MAX) {
            heap = halved(heap);
            resident = halved(resident);
            stepMillis *= 2;
        }
        var sample = (int) (since / stepMillis);
        if (sample >= heap.length) {
            heap = Arrays.copyOf(heap, sample + 1);
            resident = Arrays.copyOf(resident, sample + 1);
        }
        return sample;
    }

    private static long[] halved(long[] samples) {
        var half = new long[Math.ceilDiv(samples.length, 2)];
        for (var i = 0; i < samples.length; i++) {
            half[i / 2] = Math.max(half[i / 2], samples[i]);
        }
        return half;
    }

    WorkerCost cost() {
        return new WorkerCost(
                worker,
                cores,
                tasks,
                cpuNanos,
                heapPeak,
                residentPeak,
                firstMillis,
                stepMillis,
                Arrays.stream(heap).boxed().toList(),
                Arrays.stream(resident).boxed().toList());
    }

    static WorkerCosts of(WorkerCost cost) {
        var costs = new WorkerCosts(cost.worker());
        costs.cores = cost.cores();
        costs.tasks = cost.tasks();
        costs.cpuNanos = cost.cpuNanos();
        costs.heapPeak = cost.heapPeak();
        costs.residentPeak = cost.residentPeak();
        costs.firstMillis = cost.firstMillis();
        costs.stepMillis = Math.max(1, cost.stepMillis());
        costs.heap = cost.heap().stream().mapToLong(mebibytes -> mebibytes).toArray();
        costs.resident =
                cost.resident().stream().mapToLong(mebibytes -> mebibytes).toArray();
        return costs;
    }
}

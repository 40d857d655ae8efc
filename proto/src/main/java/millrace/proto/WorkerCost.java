package millrace.proto;

import static millrace.proto.Check.require;

import java.util.List;

/// What one worker did for a job, and the memory it had in use meanwhile, as its results say.
///
/// @param worker       its id
/// @param cores        computing threads; 0 when not known
/// @param tasks        of its results that were counted
/// @param cpuNanos     of these
/// @param heapPeak     the most heap in use, bytes
/// @param residentPeak the most resident memory, bytes; 0 when not known
/// @param firstMillis  when the first of these results was written, the brokers' clock
/// @param stepMillis   how long each sample of `heap` and `resident` stands for, from `firstMillis` on
/// @param heap         the most heap in use in each step, MiB; 0 where no result came
/// @param resident     the most resident memory in each step, MiB; as long as `heap`
public record WorkerCost(
        String worker,
        int cores,
        long tasks,
        long cpuNanos,
        long heapPeak,
        long residentPeak,
        long firstMillis,
        long stepMillis,
        List<Long> heap,
        List<Long> resident) {
    /// The most samples of a worker.
    public static final int SAMPLES_MAX = 60;

    public WorkerCost {
        worker = Text.line(worker, 100);
        heap = List.copyOf(heap);
        resident = List.copyOf(resident);
        require(
                heap.size() <= SAMPLES_MAX && heap.size() == resident.size(),
                "worker %s has %d and %d samples, allowed 0..%d, as many of both",
                worker,
                heap.size(),
                resident.size(),
                SAMPLES_MAX);
    }

    static WorkerCost read(millrace.v1.WorkerCost message) {
        return new WorkerCost(
                message.getWorker(),
                message.getCores(),
                message.getTasks(),
                message.getCpuNanos(),
                message.getHeapPeak(),
                message.getResidentPeak(),
                message.getFirstMillis(),
                message.getStepMillis(),
                message.getHeapMebibytesList(),
                message.getResidentMebibytesList());
    }

    millrace.v1.WorkerCost message() {
        return millrace.v1.WorkerCost.newBuilder()
                .setWorker(worker)
                .setCores(cores)
                .setTasks(tasks)
                .setCpuNanos(cpuNanos)
                .setHeapPeak(heapPeak)
                .setResidentPeak(residentPeak)
                .setFirstMillis(firstMillis)
                .setStepMillis(stepMillis)
                .addAllHeapMebibytes(heap)
                .addAllResidentMebibytes(resident)
                .build();
    }
}

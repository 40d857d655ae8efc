package millrace.proto;

import java.util.List;

/// What the results of a job were and cost, in all. Counted means: in the value; a result that is not counted is a
/// duplicate, late or no value.
///
/// @param items          items done
/// @param tasks          results counted
/// @param attempts       results of tasks that a worker computed, well or not
/// @param duplicates     values not counted because some of their items were done
/// @param redeliveries   results of records that had been delivered before
/// @param copies         results of stragglers' copies
/// @param handedBack     tasks handed back
/// @param failures       tasks failed
/// @param cpuNanos       CPU time of counted results
/// @param wallNanos      computing time of counted results
/// @param queueNanos     time that counted results' tasks waited in their worker
/// @param wastedCpuNanos CPU time of results not counted
/// @param valueBytes     bytes of counted values
/// @param allocatedBytes bytes allocated by counted results' tasks
/// @param firstMillis    when the first result was counted, the aggregator's clock; 0 before
/// @param lastMillis     when the last result was counted; 0 before
/// @param workers        the workers that answered, sorted, at most 1,000
/// @param deadItems      items given up
/// @param extra          what all results, counted or not, spent on getting ready
/// @param detail         what a report tells beyond
public record Tally(
        long items,
        long tasks,
        long attempts,
        long duplicates,
        long redeliveries,
        long copies,
        long handedBack,
        long failures,
        long cpuNanos,
        long wallNanos,
        long queueNanos,
        long wastedCpuNanos,
        long valueBytes,
        long allocatedBytes,
        long firstMillis,
        long lastMillis,
        List<String> workers,
        long deadItems,
        Result.Extra extra,
        Detail detail) {
    public static final Tally NONE =
            new Tally(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, List.of(), 0, Result.Extra.NONE, Detail.NONE);

    /// What a report tells beyond. All of counted results.
    ///
    /// @param times            computing times of tasks
    /// @param allocatedMax     the most bytes that one task allocated
    /// @param firstStartMillis when the first one's computing began, by the brokers' clock; 0 before
    /// @param workers          the first 100 that answered, sorted by name; none while the job is running
    public record Detail(Spread times, long allocatedMax, long firstStartMillis, List<WorkerCost> workers) {
        public static final Detail NONE = new Detail(Spread.NONE, 0, 0, List.of());

        public Detail {
            workers = List.copyOf(workers);
        }
    }

    public Tally {
        workers = List.copyOf(workers);
    }

    millrace.v1.Tally message() {
        return millrace.v1.Tally.newBuilder()
                .setItems(items)
                .setTasks(tasks)
                .setAttempts(attempts)
                .setDuplicates(duplicates)
                .setRedeliveries(redeliveries)
                .setCopies(copies)
                .setHandedBack(handedBack)
                .setFailures(failures)
                .setCpuNanos(cpuNanos)
                .setWallNanos(wallNanos)
                .setQueueNanos(queueNanos)
                .setWastedCpuNanos(wastedCpuNanos)
                .setValueBytes(valueBytes)
                .setAllocatedBytes(allocatedBytes)
                .setFirstResultMillis(firstMillis)
                .setLastResultMillis(lastMillis)
                .addAllWorkers(workers)
                .setDeadItems(deadItems)
                .setWarmNanos(extra.warmNanos())
                .setBlobNanos(extra.blobNanos())
                .setBlobBytes(extra.blobBytes())
                .addAllTaskTimes(detail.times.counts())
                .setTaskNanosMin(detail.times.minNanos())
                .setTaskNanosMax(detail.times.maxNanos())
                .setAllocatedBytesMax(detail.allocatedMax)
                .setFirstStartMillis(detail.firstStartMillis)
                .addAllWorkerCosts(
                        detail.workers.stream().map(WorkerCost::message).toList())
                .build();
    }

    static Tally of(millrace.v1.Tally message) {
        return new Tally(
                message.getItems(),
                message.getTasks(),
                message.getAttempts(),
                message.getDuplicates(),
                message.getRedeliveries(),
                message.getCopies(),
                message.getHandedBack(),
                message.getFailures(),
                message.getCpuNanos(),
                message.getWallNanos(),
                message.getQueueNanos(),
                message.getWastedCpuNanos(),
                message.getValueBytes(),
                message.getAllocatedBytes(),
                message.getFirstResultMillis(),
                message.getLastResultMillis(),
                message.getWorkersList(),
                message.getDeadItems(),
                new Result.Extra(message.getWarmNanos(), message.getBlobNanos(), message.getBlobBytes()),
                new Detail(
                        new Spread(message.getTaskTimesList(), message.getTaskNanosMin(), message.getTaskNanosMax()),
                        message.getAllocatedBytesMax(),
                        message.getFirstStartMillis(),
                        message.getWorkerCostsList().stream()
                                .map(WorkerCost::read)
                                .toList()));
    }
}

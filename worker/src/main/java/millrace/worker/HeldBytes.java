package millrace.worker;

import com.sun.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Measures how much of the heap a task held, as well as a JVM lets one: nobody counts what a thread holds.
///
/// What its thread allocated is more than it held at any time, but may be far more, when it drops what it
/// allocates. When the heap was collected meanwhile, what was left in all of it after the last collection is
/// another upper limit for what the task held at that time, and the smaller of both is taken. So the figure
/// counts garbage of tasks that are too short for a collection, and what others held; and of a task that held
/// its most before the last collection it tells too little. Good enough to estimate by; who knows better
/// declares it.
///
/// Any thread.
final class HeldBytes {
    private static final Set<String> HEAP_POOLS = ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .map(MemoryPoolMXBean::getName)
            .collect(Collectors.toUnmodifiableSet());

    private final List<GarbageCollectorMXBean> collectors =
            ManagementFactory.getPlatformMXBeans(GarbageCollectorMXBean.class);

    /// How often the heap was collected so far: to be asked before a task starts.
    long collections() {
        var sum = 0L;
        for (var collector : collectors) { // for each task, so no stream
            sum += collector.getCollectionCount();
        }
        return sum;
    }

    /// What a task held that ends now.
    ///
    /// @param collectionsBefore of [#collections] when it started
    /// @param allocated         by its thread since then
    long of(long collectionsBefore, long allocated) {
        return collections() == collectionsBefore ? allocated : Math.min(allocated, left());
    }

    // A collector that has not run yet has no last collection.
    private long left() {
        return collectors.stream()
                .map(GarbageCollectorMXBean::getLastGcInfo)
                .filter(info -> info != null)
                .max(Comparator.comparingLong(info -> info.getEndTime()))
                .map(info -> info.getMemoryUsageAfterGc().entrySet().stream()
                        .filter(pool -> HEAP_POOLS.contains(pool.getKey()))
                        .map(pool -> pool.getValue())
                        .mapToLong(MemoryUsage::getUsed)
                        .sum())
                .orElse(Long.MAX_VALUE);
    }
}

package millrace.aggregator;

import java.util.concurrent.atomic.AtomicLong;

/// The bytes that the open jobs of all partitions of a process take together. Any thread.
public final class MemoryBudget {
    private final long bytesMax;
    private final AtomicLong bytes = new AtomicLong();

    public MemoryBudget(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    void add(long more) {
        bytes.addAndGet(more);
    }

    boolean isExceeded() {
        return bytes.get() > bytesMax;
    }

    long bytesMax() {
        return bytesMax;
    }

    /// Bytes taken at this moment.
    public long bytes() {
        return bytes.get();
    }
}

package millrace.worker;

/// When the next heartbeat is due, and what it counts. One heartbeat is on its way at a time, so that none
/// overtakes another.
final class Pulse {
    static final long EVERY_NANOS = 1_000_000_000L;

    // Of the rate: what happened longer ago than this hardly counts.
    private static final double RATE_SECONDS = 10;

    private long sequence;
    private boolean underWay;
    private boolean wanted = true;
    private long dueAt;

    private long tasks;
    private long cpuNanos;
    private long itemsSince;
    private long ratedAt;
    private double itemsPerSecond;

    Pulse(long now) {
        dueAt = now;
        ratedAt = now;
    }

    /// Asks for one at once.
    void want() {
        wanted = true;
    }

    boolean due(long now) {
        return !underWay && (wanted || now - dueAt >= 0);
    }

    /// When one is due; with one under way the next is not before that is settled.
    long dueAt() {
        return dueAt;
    }

    boolean underWay() {
        return underWay;
    }

    void begin(long now) {
        sequence++;
        underWay = true;
        wanted = false;
        dueAt = now + EVERY_NANOS;
        var seconds = (now - ratedAt) / 1e9;
        if (seconds > 0) {
            var weight = -Math.expm1(-seconds / RATE_SECONDS);
            itemsPerSecond += weight * (itemsSince / seconds - itemsPerSecond);
            itemsSince = 0;
            ratedAt = now;
        }
    }

    void written() {
        underWay = false;
    }

    void failed(long now) {
        underWay = false;
        wanted = false;
        dueAt = now + EVERY_NANOS;
    }

    void answered() {
        tasks++;
    }

    void computed(long items, long nanos) {
        itemsSince += items;
        cpuNanos += nanos;
    }

    long sequence() {
        return sequence;
    }

    long tasks() {
        return tasks;
    }

    long cpuNanos() {
        return cpuNanos;
    }

    double itemsPerSecond() {
        return itemsPerSecond;
    }
}

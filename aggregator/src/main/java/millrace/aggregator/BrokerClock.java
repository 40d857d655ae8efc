package millrace.aggregator;

import java.util.concurrent.TimeUnit;

/// The brokers' clock, as learnt from the times they give to records: deadlines hold whatever this machine's
/// clock says. Between records this process's monotonic clock goes on. Any thread.
final class BrokerClock {
    private static final long UNKNOWN = Long.MIN_VALUE;

    // Brokers' time minus our monotonic time, in milliseconds.
    private volatile long ahead = UNKNOWN;

    /// A record that was written a moment ago got this time.
    void wrote(long atMillis) {
        if (atMillis > 0) {
            ahead = atMillis - monotonicMillis();
        }
    }

    /// Milliseconds since the epoch; 0 while nothing is known.
    long nowMillis() {
        var offset = ahead;
        return offset == UNKNOWN ? 0 : offset + monotonicMillis();
    }

    private static long monotonicMillis() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }
}

package millrace.producer;

import java.util.random.RandomGenerator;

/// How long a range waits before it is emitted again, spread by a quarter either way.
final class Backoff {
    private static final long FAILURE_FIRST = 250 * Nanos.MILLI;
    private static final long FAILURE_MOST = 10 * Nanos.SECOND;
    private static final long HAND_BACK_SECOND = 25 * Nanos.MILLI;
    private static final long HAND_BACK_MOST = 250 * Nanos.MILLI;

    private final RandomGenerator random;

    Backoff(RandomGenerator random) {
        this.random = random;
    }

    /// 250 ms after the first failure, twice as long after each further one, 10 s at most.
    ///
    /// @param failures so far, at least 1
    long afterFailure(int failures) {
        return spread(grown(FAILURE_FIRST, failures - 1, FAILURE_MOST));
    }

    /// Nothing after the first hand-back in a row: it was nobody's fault. Then 25 ms and ever longer, 250 ms at
    /// most: where some workers offer the kernel and others do not, a task may have to go round a few times, but
    /// it must not spin.
    ///
    /// @param before hand-backs before this one
    long afterHandBack(int before) {
        return before == 0 ? 0 : spread(grown(HAND_BACK_SECOND, before - 1, HAND_BACK_MOST));
    }

    private static long grown(long first, int doublings, long most) {
        return Math.min(most, first << Math.clamp(doublings, 0, 20));
    }

    private long spread(long nanos) {
        return (long) (nanos * (0.75 + 0.5 * random.nextDouble()));
    }
}

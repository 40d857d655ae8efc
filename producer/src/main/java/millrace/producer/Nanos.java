package millrace.producer;

import java.time.Duration;

/// Times and lengths of time of the core: nanoseconds since any fixed moment, never running backwards.
final class Nanos {
    static final long MILLI = 1_000_000;
    static final long SECOND = 1_000_000_000;

    /// Later than anything.
    static final long NEVER = Long.MAX_VALUE;

    private Nanos() {}

    /// The duration; [#NEVER] when it is too long for a `long`.
    static long of(Duration duration) {
        try {
            return duration.toNanos();
        } catch (ArithmeticException e) {
            return NEVER;
        }
    }
}

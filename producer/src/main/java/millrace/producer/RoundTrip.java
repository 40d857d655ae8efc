package millrace.producer;

/// How long a finished core waits for our next task when none is queued: from a task's end over its result and the
/// progress that tells of it to the next task's arrival. Estimated from what a task takes beyond computing, at its
/// least, and from how far apart progress comes.
final class RoundTrip {
    private static final long LEAST = 5 * Nanos.MILLI;
    private static final long MOST = 500 * Nanos.MILLI;
    private static final long FIRST = 50 * Nanos.MILLI;

    /// How long a lowest value is believed.
    private static final long MEMORY = 10 * Nanos.SECOND;

    private long lowest = FIRST;
    private long lowestSince = -1;
    private double gap;
    private long progressAt = -1;

    /// A task's way, from its emission until its result was known.
    void passed(long elapsedNanos, long costNanos, long now) {
        var overhead = Math.max(0, elapsedNanos - costNanos);
        if (lowestSince < 0 || overhead <= lowest || now - lowestSince > MEMORY) {
            lowest = overhead;
            lowestSince = now;
        }
    }

    /// Progress came that told of finished tasks.
    void progressed(long now) {
        if (progressAt >= 0) {
            gap += (Math.min(now - progressAt, MOST) - gap) / 8;
        }
        progressAt = now;
    }

    long nanos() {
        return Math.clamp((long) (lowest + gap), LEAST, MOST);
    }
}

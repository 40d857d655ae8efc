package millrace.producer;

/// How long it takes from a task's end over its result and the progress that tells of it to the arrival of the
/// next task: for so long a core would wait if nothing were queued for it. How long tasks are out says nothing
/// about it, as most of that is their waiting in the queue that this is to size.
final class RoundTrip {
    private static final long LEAST = 5 * Nanos.MILLI;
    private static final long MOST = 500 * Nanos.MILLI;

    /// Task to the broker, to the worker, result to the broker, to the aggregator, progress to the broker, to us.
    private static final int HOPS = 6;

    private double hop = 5.0 * Nanos.MILLI;
    private double delay = 20.0 * Nanos.MILLI;
    private long progressAt = -1;

    /// A task was sent and acknowledged, which is two ways of a record.
    void acknowledged(long nanos) {
        hop += (Math.min(nanos, MOST) / 2.0 - hop) / 16;
    }

    /// Progress came that told of finished tasks: of several at once when it had kept the first of them back.
    void progressed(int tasks, long now) {
        if (progressAt >= 0) {
            var held = Math.min(now - progressAt, MOST) * (1 - 1.0 / tasks);
            delay += (held - delay) / 16;
        }
        progressAt = now;
    }

    long nanos() {
        return Math.clamp((long) (HOPS * hop + delay), LEAST, MOST);
    }
}

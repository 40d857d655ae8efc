package millrace.producer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import millrace.proto.Ranges.Range;
import org.jspecify.annotations.Nullable;

/// A range that has been cut and is not done. It is waiting to be emitted (again), or it has emissions out, or a
/// worker has it in hand. Its boundaries never change: results are counted by exact ranges.
final class Outstanding {
    /// The order in which waiting ranges are emitted.
    static final Comparator<Outstanding> BY_DUE =
            Comparator.<Outstanding>comparingLong(o -> o.due).thenComparing(o -> o.range);

    private static final long NOT_WAITING = Nanos.NEVER;

    final FeedingJob job;
    final Range range;

    /// What each emission weighs in the window.
    final long weightNanos;

    /// The emissions that have not been answered.
    final List<Emission> emissions = new ArrayList<>(1);

    /// The number of the latest emission, 0 before the first.
    int emission;

    int attempt = 1;
    boolean alone;

    /// How often it was handed back in a row, and how often its sending failed.
    int handedBack;

    int copies;

    /// When it is to be emitted, while it waits.
    private long due = NOT_WAITING;

    /// Since when all its records are known to be finished, or [Nanos#NEVER].
    long finishedSince = Nanos.NEVER;

    /// The question for the end of the results, asked since nobody seems to be at it.
    Probes.@Nullable Probe probe;

    /// Whether its emissions are left out of the window.
    boolean forgiven;

    Outstanding(FeedingJob job, Range range, long weightNanos) {
        this.job = job;
        this.range = range;
        this.weightNanos = weightNanos;
    }

    boolean isWaiting() {
        return due != NOT_WAITING;
    }

    long due() {
        return due;
    }

    /// Only its job calls this: the order of waiting ranges depends on it.
    void waitUntil(long time) {
        due = time;
    }

    void stopWaiting() {
        due = NOT_WAITING;
    }

    /// When its latest emission went out; 0 without one.
    long emittedAt() {
        return emissions.isEmpty() ? 0 : emissions.getLast().at;
    }
}

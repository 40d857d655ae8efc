package millrace.producer;

import org.jspecify.annotations.Nullable;

/// Finds tasks to copy: at the end of a job, when cores would idle, tasks that take far longer than the job's
/// others. The first result wins. All copies of a job cost at most [#EXTRA] of it, its first copy aside; each
/// further copy of a range waits twice as long.
final class Stragglers {
    /// What copies may cost, as a part of the job.
    static final double EXTRA = 0.05;

    /// A range is copied at most so often.
    private static final int COPIES_MAX = 3;

    private static final long LEAST = 100 * Nanos.MILLI;

    private final InFlight inFlight;
    private final LiveWorkers workers;

    Stragglers(InFlight inFlight, LiveWorkers workers) {
        this.inFlight = inFlight;
        this.workers = workers;
    }

    /// The job's worst straggler that may be copied now, or null.
    @Nullable
    Outstanding find(FeedingJob job, long now) {
        if (!job.isEnding()) {
            return null;
        }
        var usual = job.elapsed().usual();
        if (usual == Nanos.NEVER) {
            return null;
        }
        var patience = Math.max(LEAST, 2 * usual);
        Outstanding worst = null;
        for (var o : job.outstanding()) {
            if (isSlow(o, now, patience)
                    && (worst == null || o.emittedAt() < worst.emittedAt())
                    && job.affords(o, EXTRA)) {
                worst = o;
            }
        }
        return worst;
    }

    private boolean isSlow(Outstanding o, long now, long patience) {
        return !o.alone
                && !o.emissions.isEmpty()
                && o.copies < COPIES_MAX
                && now - o.emittedAt() > patience << o.copies
                // With its record finished and nobody at it, its result is on the way, or it is lost.
                && (!inFlight.isFinished(o) || workers.claimed(o.job.id(), o.range));
    }
}

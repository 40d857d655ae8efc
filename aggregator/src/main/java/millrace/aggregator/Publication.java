package millrace.aggregator;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// When the progress of which open job is to be told: soon after a change, and now and then without one.
final class Publication {
    private static final long SOON_MILLIS = 20;
    /// A young job's changes are told sooner, at most after this part of its age: the feeder learns from each what the
    /// next tasks cost, and until it knows, cores wait for it.
    private static final int SOON_BY_AGE = 8;

    private static final long SOON_MILLIS_MIN = 4;
    private static final long ROUND_MILLIS = 1000;

    private final Set<JobJoin> changed = new LinkedHashSet<>();
    private long roundMillis;

    void changed(JobJoin job) {
        changed.add(job);
    }

    void ended(JobJoin job) {
        changed.remove(job);
    }

    /// The jobs whose turn it is, which is theirs once.
    List<JobJoin> due(Collection<JobJoin> open, long monotonicMillis) {
        var due = new ArrayList<JobJoin>();
        for (var job : changed) {
            if (monotonicMillis >= soonMillis(job)) {
                due.add(job);
                job.published(monotonicMillis);
            }
        }
        due.forEach(changed::remove);
        if (monotonicMillis >= roundMillis) {
            // A thousand open jobs get a second, more get more.
            var every = Math.max(ROUND_MILLIS, open.size());
            roundMillis = monotonicMillis + every;
            for (var job : open) {
                if (monotonicMillis - job.publishedMillis() >= every) {
                    due.add(job);
                    job.published(monotonicMillis);
                    changed.remove(job);
                }
                roundMillis = Math.min(roundMillis, job.publishedMillis() + every);
            }
            // Many that are due one after the other are not worth a round each.
            roundMillis = Math.max(roundMillis, monotonicMillis + ROUND_MILLIS / 10);
        }
        return due;
    }

    /// When [#due] should be asked again at the latest while there are open jobs.
    long dueMillis() {
        var due = roundMillis;
        for (var job : changed) {
            due = Math.min(due, soonMillis(job));
        }
        return due;
    }

    // When a change of the job is to be told.
    private static long soonMillis(JobJoin job) {
        var age = job.publishedMillis() - job.firstPublishedMillis();
        return job.publishedMillis() + Math.clamp(age / SOON_BY_AGE, SOON_MILLIS_MIN, SOON_MILLIS);
    }
}

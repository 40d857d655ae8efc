package millrace.aggregator;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// When the progress of which open job is to be told: soon after a change, and now and then without one.
final class Publication {
    private static final long SOON_MILLIS = 20;
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
            if (monotonicMillis - job.publishedMillis() >= SOON_MILLIS) {
                due.add(job);
                job.published(monotonicMillis);
            }
        }
        due.forEach(changed::remove);
        if (monotonicMillis >= roundMillis) {
            // A thousand open jobs get a second, more get more.
            var every = Math.max(ROUND_MILLIS, open.size());
            for (var job : open) {
                if (monotonicMillis - job.publishedMillis() >= every) {
                    due.add(job);
                    job.published(monotonicMillis);
                    changed.remove(job);
                }
            }
            roundMillis = monotonicMillis + ROUND_MILLIS / 10;
        }
        return due;
    }

    /// When [#due] should be asked again at the latest while there are open jobs.
    long dueMillis() {
        var due = roundMillis;
        for (var job : changed) {
            due = Math.min(due, job.publishedMillis() + SOON_MILLIS);
        }
        return due;
    }
}

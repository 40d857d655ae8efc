package millrace.producer;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Shares the fleet among jobs: deficit round robin (Shreedhar and Varghese 1995) in core-seconds. A job's share
/// is proportional to 2^priority, whatever the sizes of its tasks.
final class RoundRobin {
    /// What the job of the highest priority may spend in a round, nanoseconds.
    private static final double ROUND = 50.0 * Nanos.MILLI;

    private final List<FeedingJob> ring = new ArrayList<>();
    private int at;
    private boolean paid;

    void join(FeedingJob job) {
        ring.add(job);
    }

    void leave(FeedingJob job) {
        var index = ring.indexOf(job);
        if (index < 0) {
            return;
        }
        ring.remove(index);
        if (index < at) {
            at--;
        } else if (index == at) {
            paid = false;
        }
    }

    /// The plan of the job whose turn it is, paid for; null when no job has a plan.
    ///
    /// @param plans what a job would emit next, or null when nothing now
    @Nullable
    Plan next(Function<FeedingJob, @Nullable Plan> plans) {
        var highest = Integer.MIN_VALUE;
        for (var job : ring) {
            highest = Math.max(highest, job.priority());
        }
        var turn = at;
        var wasPaid = paid;
        while (true) {
            var rounds = Double.POSITIVE_INFINITY;
            for (var visited = 0; visited <= ring.size() && !ring.isEmpty(); visited++) {
                at = at >= ring.size() ? 0 : at;
                var job = ring.get(at);
                var plan = plans.apply(job);
                // Without a plan a job is not paid, so it saves nothing up, and keeps what it has.
                if (plan != null) {
                    if (!paid) {
                        job.deficit += share(job, highest);
                        paid = true;
                    }
                    if (job.deficit >= plan.weightNanos()) {
                        job.deficit -= plan.weightNanos();
                        return plan;
                    }
                    rounds = Math.min(rounds, (plan.weightNanos() - job.deficit) / share(job, highest));
                }
                at++;
                paid = false;
            }
            if (rounds == Double.POSITIVE_INFINITY) {
                // The window is closed as a rule: whose turn it is goes on with it.
                at = turn;
                paid = wasPaid;
                return null;
            }
            skip(Math.floor(rounds), highest, plans);
        }
    }

    // Rounds in which nobody could pay, taken at once: a job of a low priority would need millions of them.
    private void skip(double rounds, int highest, Function<FeedingJob, @Nullable Plan> plans) {
        for (var job : ring) {
            if (plans.apply(job) != null) {
                job.deficit += rounds * share(job, highest);
            }
        }
    }

    private static double share(FeedingJob job, int highest) {
        return ROUND * Math.scalb(1.0, job.priority() - highest);
    }
}

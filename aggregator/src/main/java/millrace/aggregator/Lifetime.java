package millrace.aggregator;

import java.time.Duration;
import millrace.proto.Durations;
import millrace.proto.Ending;
import org.jspecify.annotations.Nullable;

/// When a job is over whether it is finished or not: cancelled, past its deadline, or so old that its records
/// will leave the topics.
final class Lifetime {
    private final Duration ageMax;

    Lifetime(Duration ageMax) {
        this.ageMax = ageMax;
    }

    /// How the job is to end by now, or null when it may go on.
    @Nullable
    Verdict over(JobJoin job, long nowMillis) {
        var cancelled = job.cancelled();
        if (cancelled != null) {
            return Verdict.of(Ending.State.CANCELLED, cancelled.isBlank() ? "cancelled" : cancelled);
        }
        var deadline = job.spec().policy().deadline();
        var age = nowMillis - job.submittedMillis();
        if (!deadline.isZero() && age >= deadline.toMillis()) {
            return Verdict.of(
                    Ending.State.EXPIRED,
                    "its deadline, " + Durations.format(deadline) + " after its submission, has passed");
        }
        return age < ageMax.toMillis()
                ? null
                : Verdict.of(
                        Ending.State.EXPIRED,
                        "it is older than " + Durations.format(ageMax) + ", half the time that its records are kept");
    }

    /// When its time is over, the brokers' clock.
    long endMillis(JobJoin job) {
        var deadline = job.spec().policy().deadline();
        var longest = deadline.isZero() || deadline.compareTo(ageMax) > 0 ? ageMax : deadline;
        return job.submittedMillis() + longest.toMillis();
    }

    /// Whether an order of that age is of a job that ended long ago: at half that age at the latest, and its
    /// ending has left the topic before the order did.
    boolean isBygone(long ageMillis) {
        return ageMillis > 2 * ageMax.toMillis();
    }
}

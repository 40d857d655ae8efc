package millrace.proto.view;

import java.time.Duration;
import java.util.Locale;
import millrace.proto.Progress;
import millrace.proto.Tally;
import org.jspecify.annotations.Nullable;

/// How far a job is. Never runs backwards for one observer.
///
/// @param job            the job's id
/// @param items          items wanted
/// @param done           items in the value so far
/// @param dead           items given up so far
/// @param itemsPerSecond recent rate; 0 when not known
/// @param eta            seconds left, or null when not known
/// @param tally          what the results were and cost so far
public record JobProgress(
        String job, long items, long done, long dead, double itemsPerSecond, Progress.@Nullable Eta eta, Tally tally) {
    /// The part of the items that is finished, well or not: 0 to 1; 1 for a job without items.
    public double fraction() {
        return items == 0 ? 1 : Math.min(1, (double) (done + dead) / items);
    }

    @Override
    public String toString() {
        var left = eta == null ? "" : ", " + Duration.ofMillis((long) (1000 * eta.seconds())) + " left";
        return String.format(Locale.ROOT, "%s: %.1f %% of %d items%s", job, 100 * fraction(), items, left);
    }
}

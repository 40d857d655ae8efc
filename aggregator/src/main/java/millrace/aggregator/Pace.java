package millrace.aggregator;

import millrace.proto.Progress;
import org.jspecify.annotations.Nullable;

/// How fast a job's items get done lately, and how long the rest may take.
///
/// The rate is a mean over time slices whose weights fade by half in seven seconds. Its spread over the slices
/// gives the width of the forecast.
final class Pace {
    private static final double FADE_SECONDS = 10;
    private static final long SLICE_MILLIS = 200;

    /// Below this much weighed time a forecast would be a guess.
    private static final double ENOUGH_SECONDS = 1;

    private static final int ENOUGH_RESULTS = 5;

    // What changes slower than the slices show: kernels whose later items cost more, workers that come and go.
    private static final double DRIFT = 0.10;

    private long sliceStart = -1;
    private long sliceItems;
    private double seconds;
    private double items;
    private double squares;
    private int results;

    /// @param atMillis the result's time; times that run backwards count as now
    void counted(long count, long atMillis) {
        results++;
        if (sliceStart < 0) {
            // The first result's items were computed before the clock started.
            sliceStart = atMillis;
            return;
        }
        passTo(atMillis);
        sliceItems += count;
    }

    /// Items a second; 0 when nothing is known.
    double itemsPerSecond(long nowMillis) {
        passTo(nowMillis);
        return seconds < SLICE_MILLIS / 1000.0 ? 0 : items / seconds;
    }

    Progress.@Nullable Eta eta(long itemsLeft, long nowMillis) {
        var rate = itemsPerSecond(nowMillis);
        if (itemsLeft == 0) {
            return new Progress.Eta(0, 0, 0);
        }
        if (seconds < ENOUGH_SECONDS || results < ENOUGH_RESULTS || rate * 1e9 < itemsLeft) {
            return null;
        }
        var slices = seconds * 1000 / SLICE_MILLIS;
        var variance = Math.max(0, squares / seconds - rate * rate);
        var error = 2 * Math.sqrt(variance / slices);
        var middle = itemsLeft / rate;
        var low = itemsLeft / (rate + error) / (1 + DRIFT);
        var high = itemsLeft / Math.max(rate - error, rate / 10) * (1 + DRIFT);
        return new Progress.Eta(low, middle, high);
    }

    private void passTo(long atMillis) {
        if (sliceStart < 0) {
            return;
        }
        var passed = atMillis - sliceStart;
        if (passed < SLICE_MILLIS) {
            return;
        }
        var slice = passed / 1000.0;
        var fade = Math.exp(-slice / FADE_SECONDS);
        var rate = sliceItems / slice;
        seconds = seconds * fade + slice * weight(slice, fade);
        items = items * fade + sliceItems * weight(slice, fade);
        squares = squares * fade + rate * rate * slice * weight(slice, fade);
        sliceItems = 0;
        sliceStart = atMillis;
    }

    // A long slice has itself faded in part when it ends.
    private static double weight(double slice, double fade) {
        return FADE_SECONDS * (1 - fade) / slice;
    }
}

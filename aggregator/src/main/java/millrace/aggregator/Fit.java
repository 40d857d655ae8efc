package millrace.aggregator;

import java.util.ArrayList;
import java.util.List;
import millrace.proto.Progress;
import millrace.proto.Ranges;

/// Keeps what goes into one record below a record's size. Whatever is left out comes with a later record.
final class Fit {
    /// Bytes of ranges in one record, beside a spec and a report.
    static final int RANGES_BYTES_MAX = 150_000;

    private static final int AGAIN_BYTES_MAX = 250_000;

    // What a range asked for again takes apart from its text.
    private static final int AGAIN_BYTES = 48;

    private Fit() {}

    /// Whether all of the ranges fit.
    static boolean fits(Ranges ranges) {
        // Two numbers of at most 8 bytes each: items are below 2^53.
        return ranges.size() * 16L <= RANGES_BYTES_MAX || ranges.equals(lowest(ranges));
    }

    /// The ranges from the lowest on, as many as fit: never an item that is not in them.
    static Ranges lowest(Ranges ranges) {
        if (ranges.size() * 16L <= RANGES_BYTES_MAX) {
            return ranges.copy();
        }
        var lowest = new Ranges();
        var bytes = 0;
        var from = 0L;
        for (var range : ranges.ranges()) {
            bytes += varintBytes(range.first() - from) + varintBytes(range.items());
            if (bytes > RANGES_BYTES_MAX) {
                break;
            }
            lowest.add(range.first(), range.end());
            from = range.end();
        }
        return lowest;
    }

    private static int varintBytes(long number) {
        return Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(number) + 6) / 7);
    }

    /// As many as fit, in their order.
    static List<Progress.Again> again(List<Progress.Again> all) {
        var some = new ArrayList<Progress.Again>();
        var bytes = 0;
        for (var again : all) {
            bytes += AGAIN_BYTES + 3 * again.why().line().length();
            if (bytes > AGAIN_BYTES_MAX || some.size() == Progress.AGAIN_MAX) {
                break;
            }
            some.add(again);
        }
        return some;
    }
}

package millrace.proto;

import static millrace.proto.Check.require;

import java.util.List;

/// How long many things took: counts by buckets, eight to each power of two, so that a quantile is off by 6 % at most;
/// the extremes are exact.
///
/// @param counts   of the buckets from 0 on, see [#bucket]; those behind the last are 0
/// @param minNanos the shortest; 0 when there is none
/// @param maxNanos the longest; 0 when there is none
public record Spread(List<Long> counts, long minNanos, long maxNanos) {
    public static final Spread NONE = new Spread(List.of(), 0, 0);

    /// More buckets than any time needs.
    public static final int BUCKETS = 8 * Long.SIZE;

    public Spread {
        counts = List.copyOf(counts);
        require(counts.size() <= BUCKETS, "a spread has %d buckets, allowed 0..%d", counts.size(), BUCKETS);
        require(0 <= minNanos && minNanos <= maxNanos, "a spread goes from %d to %d ns", minNanos, maxNanos);
    }

    /// The bucket that counts a time: its highest bit and the three below.
    ///
    /// @param nanos 0 and up
    public static int bucket(long nanos) {
        if (nanos < 8) {
            return (int) nanos;
        }
        var power = Long.SIZE - 1 - Long.numberOfLeadingZeros(nanos);
        return 8 * (power - 2) + (int) (nanos >>> (power - 3) & 7);
    }

    /// The shortest time that a bucket counts, in nanoseconds.
    public static double floor(int bucket) {
        return bucket < 8 ? bucket : Math.scalb(8.0 + bucket % 8, bucket / 8 - 1);
    }

    public long total() {
        return counts.stream().mapToLong(count -> count).sum();
    }

    /// The time that a part of all did not exceed, in nanoseconds; 0 when there is none.
    ///
    /// @param part 0 for the shortest, 0.5 for the median, 1 for the longest
    public double quantile(double part) {
        var total = total();
        if (total == 0 || part <= 0) {
            return minNanos;
        }
        var wanted = part * total;
        var before = 0L;
        for (var bucket = 0; bucket < counts.size(); bucket++) {
            var count = counts.get(bucket);
            if (count > 0 && before + count >= wanted) {
                var inside = (wanted - before) / count;
                var time = floor(bucket) + inside * (floor(bucket + 1) - floor(bucket));
                return Math.clamp(time, (double) minNanos, (double) maxNanos);
            }
            before += count;
        }
        return maxNanos;
    }
}

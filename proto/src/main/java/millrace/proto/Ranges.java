package millrace.proto;

import static millrace.proto.Check.require;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A set of item numbers as disjoint ranges `[first, end)` that do not touch: its size in memory follows the number of
/// gaps, not of items. Item numbers are 0 to 2^53. Not for several threads at once.
public final class Ranges {
    /// One range, `first` inclusive, `end` exclusive, never empty.
    public record Range(long first, long end) implements Comparable<Range> {
        public Range {
            require(
                    0 <= first && first < end && end <= Description.ITEMS_MAX,
                    "bad range [%d, %d), allowed 0 <= first < end <= 2^53",
                    first,
                    end);
        }

        public long items() {
            return end - first;
        }

        @Override
        public int compareTo(Range other) {
            var byFirst = Long.compare(first, other.first);
            return byFirst != 0 ? byFirst : Long.compare(end, other.end);
        }

        @Override
        public String toString() {
            return "[" + first + ", " + end + ")";
        }
    }

    private final TreeMap<Long, Long> ends = new TreeMap<>();
    private long items;

    public Ranges() {}

    /// The one range `[first, end)`; empty when `first == end`.
    public static Ranges of(long first, long end) {
        var ranges = new Ranges();
        if (first != end) {
            ranges.add(first, end);
        }
        return ranges;
    }

    public Ranges copy() {
        var copy = new Ranges();
        copy.ends.putAll(ends);
        copy.items = items;
        return copy;
    }

    /// Adds `[first, end)`, which is not empty and may overlap what is there.
    public void add(long first, long end) {
        require(0 <= first && first < end && end <= Description.ITEMS_MAX, "bad range [%d, %d)", first, end);
        var low = first;
        var high = end;
        for (var at = ends.floorEntry(high); at != null && at.getValue() >= low; at = ends.floorEntry(high)) {
            low = Math.min(low, at.getKey());
            high = Math.max(high, at.getValue());
            items -= at.getValue() - at.getKey();
            ends.remove(at.getKey());
        }
        ends.put(low, high);
        items += high - low;
    }

    /// Adds every range of `other`.
    public void addAll(Ranges other) {
        other.ends.forEach(this::add);
    }

    /// Removes what of `[first, end)` is there; nothing when `end <= first`.
    public void remove(long first, long end) {
        if (end <= first) {
            return;
        }
        for (var at = ends.lowerEntry(end); at != null && at.getValue() > first; at = ends.lowerEntry(end)) {
            var low = at.getKey();
            var high = at.getValue();
            ends.remove(low);
            items -= high - low;
            if (high > end) {
                ends.put(end, high);
                items += high - end;
            }
            if (low < first) {
                ends.put(low, first);
                items += first - low;
                break;
            }
        }
    }

    public boolean contains(long item) {
        var at = ends.floorEntry(item);
        return at != null && item < at.getValue();
    }

    /// Whether all of `[first, end)` is in the set; true when there is nothing in it, as `end <= first`.
    public boolean containsAll(long first, long end) {
        var at = ends.floorEntry(first);
        return end <= first || (at != null && end <= at.getValue());
    }

    /// Whether any of `[first, end)` is in the set.
    public boolean intersects(long first, long end) {
        var at = ends.lowerEntry(end);
        return first < end && at != null && at.getValue() > first;
    }

    /// The first range of `[first, end)` that is not in the set, or null when there is none.
    public @Nullable Range firstGap(long first, long end) {
        var from = first;
        var at = ends.floorEntry(from);
        if (at != null && at.getValue() > from) {
            from = at.getValue();
        }
        if (from >= end) {
            return null;
        }
        var next = ends.higherKey(from);
        return new Range(from, next == null ? end : Math.min(end, next));
    }

    /// What of `[first, end)` is not in the set, in order.
    public List<Range> gaps(long first, long end) {
        var gaps = new ArrayList<Range>();
        for (var gap = firstGap(first, end); gap != null; gap = firstGap(gap.end(), end)) {
            gaps.add(gap);
        }
        return gaps;
    }

    /// The ranges in order.
    public List<Range> ranges() {
        return ends.entrySet().stream()
                .map(at -> new Range(at.getKey(), at.getValue()))
                .toList();
    }

    /// The number of ranges.
    public int size() {
        return ends.size();
    }

    /// The number of items.
    public long items() {
        return items;
    }

    public boolean isEmpty() {
        return ends.isEmpty();
    }

    /// As gaps and lengths in turn, the first gap counted from `base`, which is not above the first item: what progress
    /// and snapshots carry.
    public List<Long> encode(long base) {
        var numbers = new ArrayList<Long>(2 * ends.size());
        var from = base;
        for (Map.Entry<Long, Long> at : ends.entrySet()) {
            numbers.add(at.getKey() - from);
            numbers.add(at.getValue() - at.getKey());
            from = at.getValue();
        }
        return numbers;
    }

    /// Reads what [#encode] wrote.
    ///
    /// @throws IllegalArgumentException when the numbers are not ranges inside `[base, end)`
    public static Ranges decode(List<Long> numbers, long base, long end) {
        require(numbers.size() % 2 == 0, "ranges have %d numbers, allowed an even number", numbers.size());
        var ranges = new Ranges();
        var at = base;
        for (var i = 0; i < numbers.size(); i += 2) {
            long gap = numbers.get(i);
            long length = numbers.get(i + 1);
            require(
                    (i == 0 ? 0 : 1) <= gap && gap < end - at && 0 < length && length <= end - at - gap,
                    "range %d has gap %d and length %d, which touches the one before or leaves [%d, %d)",
                    i / 2,
                    gap,
                    length,
                    base,
                    end);
            ranges.add(at + gap, at + gap + length);
            at += gap + length;
        }
        return ranges;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Ranges that && ends.equals(that.ends);
    }

    @Override
    public int hashCode() {
        return ends.hashCode();
    }

    @Override
    public String toString() {
        return ranges().toString();
    }
}

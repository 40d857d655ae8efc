package millrace.proto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.LongStream;
import millrace.proto.Ranges.Range;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RangesTest {
    private static final int ITEMS = 60;

    static LongStream seeds() {
        return Seeds.seeds(100);
    }

    /// Many short sets instead of one long one: near empty and near full is where the cases are.
    @ParameterizedTest
    @MethodSource("seeds")
    void rangesAreASetOfItems(long seed) {
        var random = Seeds.random(seed);
        var ranges = new Ranges();
        var model = new BitSet();
        for (var step = 0; step < 60; step++) {
            var first = random.nextInt(ITEMS);
            var end = random.nextInt(first, random.nextBoolean() ? ITEMS + 1 : Math.min(ITEMS, first + 5) + 1);
            if (random.nextInt(5) < 3 && first < end) {
                ranges.add(first, end);
                model.set(first, end);
            } else {
                ranges.remove(first, end);
                model.clear(first, end);
            }
            assertThat(ranges.ranges()).isEqualTo(runs(model, 0, ITEMS, true));
            assertThat(ranges.items()).isEqualTo(model.cardinality());
            assertThat(ranges.size()).isEqualTo(ranges.ranges().size());
            assertThat(ranges.isEmpty()).isEqualTo(model.isEmpty());
            assertThat(Ranges.decode(ranges.encode(0), 0, ITEMS))
                    .isEqualTo(ranges)
                    .hasSameHashCodeAs(ranges);
        }
        for (var first = 0; first < ITEMS; first++) {
            assertThat(ranges.contains(first)).isEqualTo(model.get(first));
            for (var end = first; end <= ITEMS; end++) {
                var present = model.get(first, end).cardinality();
                assertThat(ranges.containsAll(first, end)).isEqualTo(present == end - first);
                assertThat(ranges.intersects(first, end)).isEqualTo(present > 0);
                var gaps = runs(model, first, end, false);
                assertThat(ranges.gaps(first, end)).isEqualTo(gaps);
                assertThat(ranges.firstGap(first, end)).isEqualTo(gaps.isEmpty() ? null : gaps.getFirst());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void copyGoesItsOwnWay(long seed) {
        var ranges = random(seed);
        var before = ranges.ranges();
        var copy = ranges.copy();
        assertThat(copy).isEqualTo(ranges);
        copy.add(0, ITEMS);
        copy.remove(3, 4);
        assertThat(ranges.ranges()).isEqualTo(before);
        assertThat(ranges.items())
                .isEqualTo(before.stream().mapToLong(Range::items).sum());
        assertThat(copy).isNotEqualTo(ranges);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void unionHasTheItemsOfBoth(long seed) {
        var one = random(seed);
        var other = random(-seed);
        var union = one.copy();
        union.addAll(other);
        for (var item = 0; item < ITEMS; item++) {
            assertThat(union.contains(item)).isEqualTo(one.contains(item) || other.contains(item));
        }
        var turned = other.copy();
        turned.addAll(one);
        assertThat(union).isEqualTo(turned);
    }

    @Test
    void emptyRangeChangesNothing() {
        var ranges = Ranges.of(0, 10);
        ranges.remove(5, 5);
        ranges.remove(7, 3);
        assertThat(ranges.ranges()).containsExactly(new Range(0, 10));
        assertThat(ranges.intersects(5, 5)).isFalse();
        assertThat(ranges.containsAll(20, 20)).isTrue();
        assertThat(Ranges.of(4, 4).isEmpty()).isTrue();
        assertThat(ranges).hasToString("[[0, 10)]");
    }

    @Test
    void itemsReachToTwoToThe53() {
        var ranges = Ranges.of(0, Description.ITEMS_MAX);
        ranges.remove(1, Description.ITEMS_MAX - 1);
        assertThat(ranges.items()).isEqualTo(2);
        assertThat(ranges.encode(0)).containsExactly(0L, 1L, Description.ITEMS_MAX - 2, 1L);
        assertThat(Ranges.decode(ranges.encode(0), 0, Description.ITEMS_MAX)).isEqualTo(ranges);
    }

    @ParameterizedTest
    @CsvSource({"-1,5", "5,5", "6,5", "0,9007199254740993"})
    void badRangeIsRefused(long first, long end) {
        assertThatThrownBy(() -> new Ranges().add(first, end))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("bad range [%d, %d)", first, end);
        assertThatThrownBy(() -> new Range(first, end)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void encodingCountsFromItsBase() {
        var ranges = Ranges.of(12, 15);
        ranges.add(20, 21);
        assertThat(ranges.encode(10)).containsExactly(2L, 3L, 5L, 1L);
        assertThat(Ranges.decode(List.of(2L, 3L, 5L, 1L), 10, 21)).isEqualTo(ranges);
        assertThat(Ranges.decode(List.of(), 10, 21).isEmpty()).isTrue();
    }

    static List<List<Long>> brokenNumbers() {
        return List.of(
                List.of(2L),
                List.of(2L, 0L),
                List.of(2L, -1L),
                List.of(-1L, 3L),
                List.of(2L, 10L), // beyond the end
                List.of(11L, 1L),
                List.of(0L, 2L, 0L, 2L), // one range written as two
                List.of(0L, 2L, -2L, 1L),
                List.of(Long.MAX_VALUE, 1L),
                List.of(1L, Long.MAX_VALUE),
                List.of(Long.MIN_VALUE, 1L));
    }

    @ParameterizedTest
    @MethodSource("brokenNumbers")
    void brokenNumbersAreRefused(List<Long> numbers) {
        assertThatThrownBy(() -> Ranges.decode(numbers, 10, 21))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("range");
    }

    private static Ranges random(long seed) {
        var random = Seeds.random(seed);
        var ranges = new Ranges();
        for (var i = random.nextInt(8); i > 0; i--) {
            var first = random.nextInt(ITEMS);
            ranges.add(first, random.nextInt(first + 1, ITEMS + 1));
            ranges.remove(random.nextInt(ITEMS), ITEMS / 2);
        }
        return ranges;
    }

    /// The runs within `[first, end)` of items that are, or are not, in the model.
    private static List<Range> runs(BitSet model, int first, int end, boolean present) {
        var runs = new ArrayList<Range>();
        var from = -1;
        for (var item = first; item <= end; item++) {
            var inside = item < end && model.get(item) == present;
            if (inside && from < 0) {
                from = item;
            } else if (!inside && from >= 0) {
                runs.add(new Range(from, item));
                from = -1;
            }
        }
        return runs;
    }
}

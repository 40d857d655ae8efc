package millrace.aggregator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import millrace.proto.Counts;
import millrace.proto.Entries;
import millrace.proto.Entry;
import millrace.proto.ExactSum;
import millrace.proto.Integers;
import millrace.proto.Join;
import millrace.proto.Ranges.Range;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

class JoinedValueTest {
    private static final List<Join> JOINS = List.of(
            new Join.IntegerSum(1),
            new Join.IntegerSum(3),
            new Join.FloatSum(1),
            new Join.FloatSum(2),
            new Join.Concatenation(),
            new Join.CountsByKey(),
            new Join.CountsByPrefix(1),
            new Join.CountsByPrefix(500),
            new Join.Extremes(),
            new Join.TopK(1),
            new Join.TopK(20));

    static Stream<Arguments> joinsAndSeeds() {
        return JOINS.stream().flatMap(join -> LongStream.rangeClosed(1, 30).mapToObj(seed -> Arguments.of(join, seed)));
    }

    @ParameterizedTest
    @MethodSource("joinsAndSeeds")
    void orderAndSplitsDoNotShow(Join join, long seed) {
        var random = new Random(seed);
        var items = random.nextInt(1, 400);
        var job = new Job(join, seed, items);
        var expected = output(job.joined(List.of(new Range(0, items))));
        for (var round = 0; round < 4; round++) {
            var tasks = cut(items, random);
            Collections.shuffle(tasks, random);
            var value = job.joined(tasks);
            assertThat(output(value)).isEqualTo(expected);
            if (value instanceof JoinedBytes bytes) {
                assertThat(bytes.outputBytes()).isEqualTo(expected.length);
            }
            assertThat(value.state()).isEqualTo(job.joined(cut(items, random)).state());
        }
        assertThat(expected).isEqualTo(job.truth());
    }

    @ParameterizedTest
    @MethodSource("joinsAndSeeds")
    void restoredValueGoesOnAsIfNothingHadHappened(Join join, long seed) {
        var random = new Random(seed);
        var items = random.nextInt(1, 400);
        var job = new Job(join, seed, items);
        var tasks = cut(items, random);
        Collections.shuffle(tasks, random);
        var value = JoinedValue.of(join);
        for (var task : tasks) {
            if (random.nextInt(4) == 0) {
                var state = value.state();
                value = JoinedValue.restore(join, RunLimits.NONE, state);
                assertThat(value.state()).isEqualTo(state);
            }
            value.add(task.first(), task.end(), job.partial(task.first(), task.end()));
        }
        assertThat(output(value)).isEqualTo(job.truth());
    }

    @ParameterizedTest
    @MethodSource("joinsAndSeeds")
    void partOfAJobHasTheBytesOfThatPart(Join join, long seed) {
        var random = new Random(seed);
        var job = new Job(join, seed, 300);
        var tasks = cut(300, random);
        tasks.removeIf(task -> random.nextInt(3) == 0);
        var ordered = job.joined(tasks);
        Collections.shuffle(tasks, random);
        var finer = new ArrayList<Range>();
        for (var task : tasks) {
            var middle = random.nextLong(task.first(), task.end());
            if (task.first() < middle) {
                finer.add(new Range(task.first(), middle));
            }
            finer.add(new Range(middle, task.end()));
        }
        assertThat(output(job.joined(finer))).isEqualTo(output(ordered));
        assertThat(job.joined(finer).state()).isEqualTo(ordered.state());
    }

    static Stream<Arguments> refusedValues() {
        return Stream.of(
                Arguments.of(new Join.IntegerSum(2), Integers.encode(1), "1 integers, the join adds 2"),
                Arguments.of(new Join.IntegerSum(2), Integers.encode(1, 2, 3), "3 integers, the join adds 2"),
                Arguments.of(new Join.IntegerSum(2), new byte[0], "0 integers, the join adds 2"),
                Arguments.of(new Join.IntegerSum(2), hex("010102000a"), "bad integers at byte 5"),
                Arguments.of(new Join.FloatSum(2), ExactSum.encode(new ExactSum()), "1 exact sums, the join adds 2"),
                Arguments.of(new Join.FloatSum(2), hex("0006"), "bad exact sum at byte 2"),
                Arguments.of(new Join.FloatSum(1), hex("04" + "8e02" + "01" + "04"), "exact sum 0 is beyond 2^1088"),
                Arguments.of(new Join.CountsByKey(), hex("01610101620001"), "bad counts at byte 6"),
                Arguments.of(new Join.Extremes(), entries(9, 10), "an entry is of item 9, the task has [10, 20)"),
                Arguments.of(new Join.Extremes(), entries(10, 20), "an entry is of item 20, the task has [10, 20)"),
                Arguments.of(new Join.Extremes(), new byte[3], "bad entries at byte 0"),
                Arguments.of(new Join.TopK(3), entries(10, 20), "an entry is of item 20, the task has [10, 20)"));
    }

    @ParameterizedTest
    @MethodSource("refusedValues")
    void refusedValueChangesNothing(Join join, byte[] partial, String message) {
        var job = new Job(join, 1, 30);
        var value = job.joined(List.of(new Range(0, 10)));
        var before = value.state();
        assertThatThrownBy(() -> value.add(10, 20, partial))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
        assertThat(value.state()).isEqualTo(before);
        value.add(10, 20, job.partial(10, 20));
        value.add(20, 30, job.partial(20, 30));
        assertThat(output(value)).isEqualTo(job.truth());
    }

    @ParameterizedTest
    @FieldSource("JOINS")
    void noItemsHaveAnOutput(Join join) {
        assertThat(output(JoinedValue.of(join))).isEqualTo(new Job(join, 1, 0).truth());
        assertThat(output(JoinedValue.restore(
                        join, RunLimits.NONE, JoinedValue.of(join).state())))
                .isEqualTo(output(JoinedValue.of(join)));
    }

    @Test
    void partialValueJustBelowTheBoundIsAdded() {
        var value = JoinedValue.of(new Join.FloatSum(1));
        var largest = hex("04" + "8d02" + "01" + "ff"); // the byte of 2^1078 to 2^1085
        value.add(0, 1, largest);
        value.add(1, 2, largest);
        assertThat(ExactSum.decode(output(value))[0].exponent()).isEqualTo(1086);
    }

    @Test
    void sumThatOutgrowsAPartialValueIsRestored() {
        var join = new Join.FloatSum(1);
        var value = JoinedValue.of(join);
        for (var i = 0; i < 8; i++) {
            value.add(i, i + 1, hex("04" + "8d02" + "01" + "ff"));
        }
        assertThat(JoinedValue.restore(join, RunLimits.NONE, value.state()).state())
                .isEqualTo(value.state());
        assertThat(ExactSum.decode(value.state())[0].exponent()).isEqualTo(1088);
    }

    @Test
    void infinityAndNanAreSums() {
        var value = JoinedValue.of(new Join.FloatSum(2));
        value.add(0, 1, hex("0103"));
        value.add(1, 2, hex("0200"));
        assertThat(output(value)).isEqualTo(hex("0303"));
    }

    @ParameterizedTest
    @CsvSource({"5,15", "10,20", "12,13", "0,11", "19,25", "0,40"})
    void itemJoinedTwiceIsABugOfOurs(long first, long end) {
        var value = JoinedValue.of(new Join.Concatenation());
        value.add(10, 20, new byte[] {1});
        assertThatThrownBy(() -> value.add(first, end, new byte[] {2}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("items of [%d, %d) are joined twice".formatted(first, end));
        value.add(0, 10, new byte[] {3});
        value.add(20, 30, new byte[] {4});
        assertThat(output(value)).containsExactly(3, 1, 4);
    }

    @Test
    void millionTinyPiecesStaySmall() {
        var value = JoinedValue.of(new Join.Concatenation());
        for (var item = 1; item < 200_000; item += 2) {
            value.add(item, item + 1, new byte[] {(byte) item});
        }
        for (var item = 0; item < 200_000; item += 2) {
            value.add(item, item + 1, new byte[] {(byte) item});
        }
        assertThat(value.memoryBytes()).isBetween(200_000L, 250_000L);
        var expected = new byte[200_000];
        for (var i = 0; i < expected.length; i++) {
            expected[i] = (byte) i;
        }
        assertThat(output(value)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "00,'bad state: a run begins in the last 1 bytes'",
        "000000000000000500000000000000050000000000000000,'bad state: bad run [5, 5)'",
        "000000000000000000200000000000010000000000000000,'bad state: bad run [0, 9007199254740993)'",
        "000000000000000000000000000000010000000000000002aa,'bad state: the run [0, 1) has 2 bytes, 1 are left'",
        "00000000000000000000000000000001000000000000000000000000000000010000000000000002"
                + "0000000000000000,'bad state: bad run [1, 2)'",
    })
    void brokenStateIsRefused(String state, String message) {
        assertThatThrownBy(() -> JoinedValue.restore(new Join.Concatenation(), RunLimits.NONE, hex(state)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    /// A job whose items have values that follow from its seed alone.
    private record Job(Join join, long seed, int items) {
        JoinedValue joined(List<Range> tasks) {
            var value = JoinedValue.of(join);
            for (var task : tasks) {
                value.add(task.first(), task.end(), partial(task.first(), task.end()));
            }
            assertThat(value.memoryBytes()).isNotNegative();
            return value;
        }

        /// What a kernel answers.
        byte[] partial(long first, long end) {
            return switch (join) {
                case Join.IntegerSum(var width) -> Integers.encode(integers(width, first, end));
                case Join.FloatSum(var width) -> ExactSum.encode(floats(width, first, end));
                case Join.Concatenation() -> {
                    var bytes = new ByteArrayOutputStream();
                    LongStream.range(first, end).forEach(item -> bytes.writeBytes(bytes(item)));
                    yield bytes.toByteArray();
                }
                case Join.CountsByKey _, Join.CountsByPrefix _ -> {
                    var counts = new Counts();
                    LongStream.range(first, end).forEach(item -> counts.add(key(item), item + 1));
                    yield counts.encode();
                }
                case Join.Extremes() -> Entries.encode(entries(first, end));
                // Some kernels leave out what cannot be in the output, some do not.
                case Join.TopK(var k) ->
                    Entries.encode(
                            seed % 2 == 0
                                    ? entries(first, end)
                                    : entries(first, end).stream()
                                            .sorted(Entries.LARGEST_FIRST)
                                            .limit(k)
                                            .toList());
            };
        }

        /// The output, by another way.
        byte[] truth() {
            return switch (join) {
                case Join.IntegerSum(var width) -> {
                    var sums = new BigInteger[width];
                    Arrays.fill(sums, BigInteger.ZERO);
                    for (var item = items - 1; item >= 0; item--) {
                        var values = integers(width, item, item + 1);
                        Arrays.setAll(sums, i -> values[i].add(sums[i]));
                    }
                    yield Integers.encode(sums);
                }
                case Join.FloatSum(var width) -> ExactSum.encode(floats(width, 0, items));
                case Join.Concatenation() -> partial(0, items);
                case Join.CountsByKey() -> {
                    var map = new TreeMap<byte[], Long>(Arrays::compareUnsigned);
                    LongStream.range(0, items).forEach(item -> map.merge(key(item), item + 1, Long::sum));
                    var counts = new Counts();
                    map.forEach(counts::add);
                    yield counts.encode();
                }
                case Join.CountsByPrefix(var atLeast) -> {
                    var map = new TreeMap<byte[], Long>(Arrays::compareUnsigned);
                    LongStream.range(0, items).forEach(item -> {
                        for (var length = 1; length <= key(item).length; length++) {
                            map.merge(Arrays.copyOf(key(item), length), item + 1, Long::sum);
                        }
                    });
                    var counts = new Counts();
                    map.forEach((prefix, count) -> {
                        if (count >= atLeast) {
                            counts.add(prefix, count);
                        }
                    });
                    yield counts.encode();
                }
                case Join.Extremes() -> {
                    var all = entries(0, items);
                    var extremes = new TreeSet<Entry>(Entries.LARGEST_FIRST);
                    all.stream().min(Entries.LARGEST_FIRST).ifPresent(extremes::add);
                    all.stream().min(Entries.SMALLEST_FIRST).ifPresent(extremes::add);
                    yield Entries.encode(extremes);
                }
                case Join.TopK(var k) ->
                    Entries.encode(entries(0, items).stream()
                            .sorted(Entries.LARGEST_FIRST)
                            .limit(k)
                            .toList());
            };
        }

        private Random random(long item) {
            return new Random(seed * 1_000_003 + item);
        }

        private BigInteger[] integers(int width, long first, long end) {
            var sums = new BigInteger[width];
            Arrays.fill(sums, BigInteger.ZERO);
            for (var item = first; item < end; item++) {
                var random = random(item);
                Arrays.setAll(
                        sums, i -> sums[i].add(new BigInteger(90, random)).subtract(BigInteger.ONE.shiftLeft(89)));
            }
            return sums;
        }

        private ExactSum[] floats(int width, long first, long end) {
            var sums = new ExactSum[width];
            Arrays.setAll(sums, i -> new ExactSum());
            for (var item = first; item < end; item++) {
                var random = random(item);
                for (var sum : sums) {
                    sum.add(Math.scalb(random.nextGaussian(), random.nextInt(-1000, 1000)));
                }
            }
            return sums;
        }

        /// Between none and a few, of few values.
        /// Prefixes of long keys would be megabytes.
        private byte[] key(long item) {
            var bytes = bytes(item);
            return join instanceof Join.CountsByPrefix ? Arrays.copyOf(bytes, Math.min(40, bytes.length)) : bytes;
        }

        private byte[] bytes(long item) {
            var random = random(item);
            var bytes = new byte[random.nextInt(20) == 0 ? 3000 : random.nextInt(4)];
            random.nextBytes(bytes);
            for (var i = 0; i < bytes.length; i++) {
                bytes[i] &= (byte) 0x83;
            }
            return bytes;
        }

        /// Between none and two of each item; scores are often equal.
        private List<Entry> entries(long first, long end) {
            var entries = new ArrayList<Entry>();
            for (var item = first; item < end; item++) {
                var random = random(item);
                for (var i = random.nextInt(3); i > 0; i--) {
                    var payload = ByteString.copyFrom(new byte[] {(byte) random.nextInt()});
                    entries.add(new Entry(random.nextInt(-5, 5) * 0.5, item, payload));
                }
            }
            return entries;
        }
    }

    private static List<Range> cut(long items, Random random) {
        var tasks = new ArrayList<Range>();
        for (var first = 0L; first < items; ) {
            var end = Math.min(items, first + random.nextLong(1, random.nextBoolean() ? 5 : 100));
            tasks.add(new Range(first, end));
            first = end;
        }
        return tasks;
    }

    private static byte[] output(JoinedValue value) {
        var out = new ByteArrayOutputStream();
        try {
            value.writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static byte[] entries(long... items) {
        return Entries.encode(Arrays.stream(items)
                .mapToObj(item -> new Entry(1, item, ByteString.EMPTY))
                .toList());
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }
}

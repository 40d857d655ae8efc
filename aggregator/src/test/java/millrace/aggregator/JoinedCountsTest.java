package millrace.aggregator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import millrace.proto.Counts;
import millrace.proto.Digests;
import millrace.proto.Join;
import millrace.proto.OutputPart;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Counts by key of which most are elsewhere: their output is that of one table.
class JoinedCountsTest {
    private static final List<Join> JOINS =
            List.of(new Join.CountsByKey(), new Join.CountsByPrefix(1), new Join.CountsByPrefix(20));

    /// Every partial value is a run, and a part has a few keys.
    private static final RunLimits TINY = new RunLimits(0, 40, 100, 16);

    private final TestBlobs blobs = new TestBlobs();

    private static byte[] counts(Random random, int keys, int letters) {
        var counts = new Counts();
        for (var i = 0; i < keys; i++) {
            var key = new byte[random.nextInt(7)];
            for (var at = 0; at < key.length; at++) {
                // Bytes above 127, too: the order is unsigned.
                key[at] = (byte) (120 + random.nextInt(letters));
            }
            counts.add(key, 1 + random.nextInt(3));
        }
        return counts.encode();
    }

    private static List<byte[]> partials(Random random, int number) {
        return Stream.generate(() -> counts(random, random.nextInt(60), 12))
                .limit(number)
                .toList();
    }

    private static JobValue inMemory(Join join, List<byte[]> partials) {
        var value = new JobValue(JoinedValue.of(join));
        for (var i = 0; i < partials.size(); i++) {
            value.add(Partial.of(partials.get(i)), i, i + 1);
        }
        return value;
    }

    private void end(JobValue value) {
        blobs.serve(value, true, Integer.MAX_VALUE);
        blobs.read(value);
    }

    private void assertOutput(JobValue value, JobValue expected) {
        var output = value.output().toByteArray();
        if (value.partsBytes() != JobEnd.WHOLE) {
            output = blobs.together(output);
            assertThat(value.partsBytes()).isEqualTo(output.length);
        }
        assertThat(output).isEqualTo(expected.output().toByteArray());
        assertThat(value.digest()).isEqualTo(expected.digest());
        assertThat(value.digest().toByteArray()).isEqualTo(Digests.sha256().digest(output));
    }

    static Stream<Arguments> joinsAndRuns() {
        return JOINS.stream()
                .flatMap(join ->
                        Stream.of(0, 1, 2, 3, 16, 17, 31, 32, 33, 40, 100, 300).map(runs -> Arguments.of(join, runs)));
    }

    @ParameterizedTest
    @MethodSource("joinsAndRuns")
    void outputIsThatOfOneTableWhateverTheNumberOfRuns(Join join, int runs) {
        var random = new Random(runs);
        var partials = partials(random, runs);
        var value = new JobValue(JoinedValue.of(join, TINY));
        for (var i = 0; i < runs; i++) {
            value.add(Partial.of(partials.get(i)), i, i + 1);
            blobs.serve(value, false, Integer.MAX_VALUE);
            assertThat(value.isFull()).isFalse();
        }
        end(value);
        assertOutput(value, inMemory(join, partials));
    }

    static Stream<Arguments> joinsAndSeeds() {
        return JOINS.stream().flatMap(join -> LongStream.rangeClosed(1, 60).mapToObj(seed -> Arguments.of(join, seed)));
    }

    @ParameterizedTest
    @MethodSource("joinsAndSeeds")
    void outputIsThatOfOneTableWhereverItWasSavedAndHowFarItsMergesAre(Join join, long seed) {
        var random = new Random(seed);
        var limits = new RunLimits(
                random.nextInt(5_000), 1 + random.nextInt(200), random.nextInt(2_000), 2 + random.nextInt(20));
        var partials = partials(random, 1 + random.nextInt(120));
        var value = new JobValue(JoinedValue.of(join, limits));
        for (var i = 0; i < partials.size(); i++) {
            value.add(somewhere(random, partials.get(i)), i, i + 1);
            if (random.nextInt(4) == 0) {
                blobs.serve(value, false, random.nextInt(30));
            }
            if (random.nextInt(10) == 0) { // a successor goes on; limits may have changed
                var state = value.state().toByteArray();
                value = new JobValue(JoinedValue.restore(join, limits, state));
                assertThat(value.state().toByteArray()).isEqualTo(state);
            }
        }
        blobs.serve(value, true, random.nextInt(100));
        var kept = value.state().toByteArray();
        end(value);
        var expected = inMemory(join, partials);
        assertOutput(value, expected);
        var heir = new JobValue(JoinedValue.restore(join, TINY, kept));
        end(heir);
        assertOutput(heir, expected);
    }

    private Partial somewhere(Random random, byte[] partial) {
        return partial.length > 0 && random.nextInt(3) == 0
                ? Partial.elsewhere(blobs.putCounts(partial, 1 + random.nextInt(300)))
                : Partial.of(partial);
    }

    @ParameterizedTest
    @FieldSource("JOINS")
    void stateFromBeforeThereWereRunsIsRead(Join join) {
        var random = new Random(7);
        var partials = partials(random, 9);
        var before = inMemory(join, partials.subList(0, 8)).state().toByteArray();
        assertThat(before).isEqualTo(Counts.decode(before).encode());
        var value = new JobValue(JoinedValue.restore(join, TINY, before));
        value.add(Partial.of(partials.getLast()), 8, 9);
        assertThat(value.isElsewhere()).isTrue();
        end(value);
        assertOutput(value, inMemory(join, partials));
    }

    @Test
    void stateWithRunsIsNoTableAndCannotBeCut() {
        var value = new JobValue(JoinedValue.of(new Join.CountsByKey(), TINY));
        value.add(Partial.of(counts(new Random(1), 50, 12)), 0, 1);
        var state = value.state().toByteArray();
        assertThatThrownBy(() -> Counts.decode(state)).isInstanceOf(IllegalArgumentException.class);
        for (var length = 1; length < state.length; length++) {
            var cut = Arrays.copyOf(state, length);
            assertThatThrownBy(() -> JoinedValue.restore(new Join.CountsByKey(), TINY, cut))
                    .as("%d of %d bytes", length, state.length)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void longestKeysArePartsOfTheirOwn() {
        var partials = new ArrayList<byte[]>();
        for (var i = 0; i < 20; i++) {
            var counts = new Counts();
            var key = new byte[Counts.KEY_BYTES_MAX];
            Arrays.fill(key, 4, key.length, (byte) i);
            counts.add(key, 1);
            counts.add(new byte[] {(byte) i}, 1);
            counts.add(new byte[0], 1);
            partials.add(counts.encode());
        }
        for (var join : List.of(new Join.CountsByKey(), new Join.CountsByPrefix(2))) {
            var value = new JobValue(JoinedValue.of(join, TINY));
            for (var i = 0; i < partials.size(); i++) {
                value.add(Partial.of(partials.get(i)), i, i + 1);
            }
            end(value);
            assertOutput(value, inMemory(join, partials));
        }
    }

    @Test
    void refusedValueChangesNothing() {
        var value = new JobValue(JoinedValue.of(new Join.CountsByKey(), TINY));
        var most = new Counts();
        most.add("a".getBytes(StandardCharsets.US_ASCII), Long.MAX_VALUE - 1);
        value.add(Partial.of(most.encode()), 0, 1);
        var state = value.state();
        var two = new Counts();
        two.add("b".getBytes(StandardCharsets.US_ASCII), 2);
        assertThatThrownBy(() -> value.add(Partial.of(two.encode()), 1, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the sum of all counts is beyond 2^63 - 1");
        assertThatThrownBy(() -> value.add(Partial.of(new byte[] {1}), 1, 2))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(value.state()).isEqualTo(state);
    }

    @Test
    void countsElsewhereWhoseSumIsTooLargeAreRefusedWhenTheyAreMerged() {
        var value = new JobValue(JoinedValue.of(new Join.CountsByKey(), TINY));
        for (var key : List.of("a", "b")) {
            var most = new Counts();
            most.add(key.getBytes(StandardCharsets.US_ASCII), Long.MAX_VALUE);
            value.add(Partial.elsewhere(blobs.putCounts(most.encode(), 100)), key.charAt(0), key.charAt(0) + 1);
        }
        assertThatThrownBy(() -> end(value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the sum of all counts is beyond 2^63 - 1");
    }

    @Test
    void whatWillBeWantedIsToldBeforeAndStaysSo() {
        var random = new Random(11);
        var value = new JobValue(JoinedValue.of(new Join.CountsByKey(), new RunLimits(1 << 20, 40, 100, 16)));
        for (var i = 0; i < 10; i++) {
            value.add(Partial.elsewhere(blobs.putCounts(counts(random, 300, 12), 100)), i, i + 1);
        }
        var told = new HashSet<OutputPart>();
        var wantedUntold = 0;
        for (var part = value.wanted(true); part != null; part = value.wanted(true)) {
            var ahead = value.ahead();
            if (part instanceof OutputPart.Placed placed) {
                wantedUntold += told.remove(part) ? 0 : 1;
                assertThat(ahead).hasSizeLessThanOrEqualTo(RunMerge.READS).containsAll(told);
                told.addAll(ahead);
                value.read(placed, Objects.requireNonNull(blobs.get(placed.place())));
            } else {
                value.put((OutputPart.Data) part, blobs.put(((OutputPart.Data) part).bytes()));
            }
        }
        assertThat(told).isEmpty();
        assertThat(wantedUntold).isLessThan((int) blobs.puts() / 4);
    }

    @Test
    void lateAnswerDoesNoHarm() {
        var random = new Random(3);
        var partials = partials(random, 40);
        var value = new JobValue(JoinedValue.of(new Join.CountsByKey(), TINY));
        for (var i = 0; i < partials.size(); i++) {
            value.add(Partial.of(partials.get(i)), i, i + 1);
        }
        for (var part = value.wanted(true); part != null; part = value.wanted(true)) {
            switch (part) {
                case OutputPart.Data data -> {
                    value.put(data, blobs.put(data.bytes()));
                    value.put(data, blobs.put(data.bytes()));
                }
                case OutputPart.Placed placed -> {
                    var bytes = blobs.get(placed.place());
                    value.read(placed, bytes == null ? ByteString.EMPTY : bytes);
                    value.read(placed, ByteString.EMPTY);
                }
            }
        }
        blobs.read(value);
        assertOutput(value, inMemory(new Join.CountsByKey(), partials));
    }

    @Test
    void millionsOfKeysElsewhereTakeAFewMegabytes() {
        var limits = RunLimits.of(12 << 20);
        var value = new JobValue(JoinedValue.of(new Join.CountsByPrefix(4), limits));
        var random = new Random(5);
        var partials = new ArrayList<byte[]>();
        for (var i = 0; i < 20; i++) {
            partials.add(counts(random, 200_000, 100));
            value.add(Partial.elsewhere(blobs.putCounts(partials.getLast(), Counts.PART_BYTES)), 2L * i, 2L * i + 1);
            partials.add(counts(random, 85_000, 100)); // about as many as a record holds
            value.add(Partial.of(partials.getLast()), 2L * i + 1, 2L * i + 2);
            assertThat(value.memoryBytes()).as("after %d values", 2 * i + 2).isLessThan(12 << 20);
            blobs.serve(value, false, Integer.MAX_VALUE);
        }
        end(value);
        assertOutput(value, inMemory(new Join.CountsByPrefix(4), partials));
    }

    @Test
    void millionKeysTakeAFewMegabytes() {
        var limits = RunLimits.of(2 << 20);
        var value = new JobValue(JoinedValue.of(new Join.CountsByPrefix(4), limits));
        var random = new Random(5);
        var partials = new ArrayList<byte[]>();
        for (var i = 0; i < 200; i++) {
            partials.add(counts(random, 5_000, 100));
            value.add(Partial.of(partials.getLast()), i, i + 1);
            assertThat(value.memoryBytes()).as("after %d values", i + 1).isLessThan(2 << 20);
            blobs.serve(value, false, Integer.MAX_VALUE);
        }
        end(value);
        assertOutput(value, inMemory(new Join.CountsByPrefix(4), partials));
    }
}

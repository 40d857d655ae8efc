package millrace.aggregator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import millrace.proto.Blob;
import millrace.proto.BlobPiece;
import millrace.proto.BlobPlace;
import millrace.proto.Digests;
import millrace.proto.Join;
import millrace.proto.OutputPart;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Values that are elsewhere, among others that are here.
class JoinedBytesTest {
    private static final long ITEMS = 100;

    private final Map<BlobPlace, byte[]> elsewhere = new HashMap<>();

    private BlobPlace put(byte[] bytes) {
        var blob = Blob.of(bytes);
        var offsets = LongStream.range(0, BlobPiece.count(blob)).boxed().toList();
        var place = new BlobPlace(blob, elsewhere.size(), 1, offsets, 0);
        elsewhere.put(place, bytes);
        return place;
    }

    private void readUpTo(JoinedBytes value, long limit) {
        for (var place = value.toBeRead(limit); place != null; place = value.toBeRead(limit)) {
            var reading = value.reading();
            reading.update(elsewhere.get(place));
            value.read(reading);
        }
    }

    private byte[] output(JoinedBytes value) throws IOException {
        var parts = new ByteArrayOutputStream();
        value.writeParts(parts);
        var in = new ByteArrayInputStream(parts.toByteArray());
        var output = new ByteArrayOutputStream();
        for (var part = OutputPart.read(in); part.isPresent(); part = OutputPart.read(in)) {
            switch (part.get()) {
                case OutputPart.Data(var bytes) -> bytes.writeTo(output);
                case OutputPart.Placed(var place) -> output.write(elsewhere.get(place));
            }
        }
        return output.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void digestIsThatOfAllBytesWhateverCameWhenAndWhereItIs(long seed) throws IOException {
        var random = new Random(seed);
        var expected = new ByteArrayOutputStream();
        var ranges = new ArrayList<long[]>();
        var values = new ArrayList<byte[]>();
        for (var first = 0L; first < ITEMS; ) {
            var end = Math.min(ITEMS, first + 1 + random.nextInt(9));
            var bytes = new byte[random.nextInt(5000)];
            random.nextBytes(bytes);
            expected.writeBytes(bytes);
            ranges.add(new long[] {first, end, values.size()});
            values.add(bytes);
            first = end;
        }
        Collections.shuffle(ranges, random);
        var value = new JoinedBytes();
        var done = new millrace.proto.Ranges();
        for (var range : ranges) {
            var bytes = values.get((int) range[2]);
            if (random.nextBoolean() && bytes.length > 0) {
                value.add(range[0], range[1], put(bytes));
            } else {
                value.add(range[0], range[1], bytes);
            }
            done.add(range[0], range[1]);
            var gap = done.firstGap(0, ITEMS);
            if (random.nextInt(3) == 0) {
                readUpTo(value, gap == null ? ITEMS : gap.first());
            }
            if (random.nextInt(10) == 0) { // a successor reads again
                var state = value.state();
                value = JoinedBytes.restore(state);
                assertThat(value.state()).isEqualTo(state);
            }
        }
        readUpTo(value, Long.MAX_VALUE);
        var sha = Digests.sha256();
        sha.update(expected.toByteArray());
        assertThat(value.digest()).as("seed %d", seed).isEqualTo(sha.digest());
        assertThat(output(value)).isEqualTo(expected.toByteArray());
        assertThat(value.outputBytes()).isEqualTo(expected.size());
    }

    @Test
    void valueElsewhereTakesLittleMemory() {
        var value = new JoinedBytes();
        value.add(0, 1, put(new byte[20_000_000]));
        assertThat(value.outputBytes()).isEqualTo(20_000_000);
        assertThat(value.memoryBytes()).isLessThan(2_000);
    }

    @Test
    void brokenReadingChangesNothing() {
        var value = new JoinedBytes();
        value.add(0, 1, put(new byte[] {1, 2, 3}));
        value.reading().update(new byte[] {1, 2});
        readUpTo(value, 1);
        var sha = Digests.sha256();
        sha.update(new byte[] {1, 2, 3});
        assertThat(value.digest()).isEqualTo(sha.digest());
    }

    @Test
    void joinsThatReadValuesRefuseThoseThatAreElsewhere() {
        for (var join : List.of(new Join.IntegerSum(1), new Join.FloatSum(1), new Join.Extremes())) {
            assertThatThrownBy(() -> JoinedValue.of(join).add(0, 1, List.of(put(new byte[5]))))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void valueInSeveralPartsIsRefused() {
        var value = new JoinedBytes();
        assertThatThrownBy(() -> value.add(3, 5, List.of(put(new byte[5]), put(new byte[6]))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a value of items [3, 5) is in 2 parts, allowed 1");
        assertThat(value.outputBytes()).isZero();
    }
}

package millrace.proto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Counts a part at a time, and from their end.
class CountsPartsTest {
    private static byte[] counts(Random random) {
        var counts = new Counts();
        for (var i = random.nextInt(300); i > 0; i--) {
            var key = new byte[random.nextInt(random.nextInt(20) == 0 ? 400 : 5)];
            random.nextBytes(key);
            counts.add(key, 1 + random.nextLong(1L << random.nextInt(1, 50)));
        }
        return counts.encode();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void partsAreCountsOfTheGivenSizeAndTogetherTheWhole(long seed) {
        var random = new Random(seed);
        var encoded = counts(random);
        var bytesMax = 1 + random.nextInt(100);
        var together = ByteString.EMPTY;
        for (var part : Counts.cut(encoded, bytesMax)) {
            var keys = Counts.decode(part.toByteArray()).size();
            assertThat(keys).isPositive();
            assertThat(part.size() <= bytesMax || keys == 1).isTrue();
            together = together.concat(part);
        }
        assertThat(together.toByteArray()).isEqualTo(encoded);
        assertThat(Counts.cut(encoded, Integer.MAX_VALUE)).hasSize(encoded.length == 0 ? 0 : 1);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void whatIsReadFromTheEndIsWrittenFromTheEnd(long seed) {
        var random = new Random(seed);
        var encoded = counts(random);
        var bytesMax = 1 + random.nextInt(100);
        var reader = new CountsReader(encoded);
        var writer = new CountsWriter(bytesMax);
        var parts = new ArrayList<ByteString>();
        while (reader.previous()) {
            if (!writer.put(reader.bytes(), reader.from(), reader.length(), reader.count())) {
                parts.add(writer.take());
                assertThat(writer.put(reader.bytes(), reader.from(), reader.length(), reader.count()))
                        .isTrue();
            }
        }
        assertThat(writer.isEmpty()).isEqualTo(encoded.length == 0);
        parts.add(writer.take());
        assertThat(writer.isEmpty()).isTrue();
        assertThat(ByteString.copyFrom(parts.reversed()).toByteArray()).isEqualTo(encoded);
    }

    @Test
    void keysAreComparedUnsigned() {
        var low = new CountsReader(new byte[] {1, 127, 1});
        var high = new CountsReader(new byte[] {1, (byte) 128, 1});
        assertThat(low.previous() && high.previous()).isTrue();
        assertThat(low.compareKey(high)).isNegative();
        assertThat(high.compareKey(low)).isPositive();
        assertThat(low.compareKey(low)).isZero();
    }

    @Test
    void bytesThatAreNotCanonicalAreRefused() {
        var descending = new byte[] {1, 'b', 1, 1, 'a', 1};
        assertThatThrownBy(() -> new CountsReader(descending)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Counts.cut(descending, 3)).isInstanceOf(IllegalArgumentException.class);
    }
}

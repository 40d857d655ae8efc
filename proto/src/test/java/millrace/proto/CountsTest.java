package millrace.proto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class CountsTest {
    static LongStream seeds() {
        return Seeds.seeds(30);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void tableCountsLikeAMap(long seed) throws IOException {
        var random = Seeds.random(seed);
        var map = new TreeMap<byte[], Long>(Arrays::compareUnsigned);
        var counts = new Counts();
        for (var i = random.nextInt(5000); i > 0; i--) {
            var key = key(random, 3);
            var count = random.nextLong(1, 1L << 40);
            map.merge(key, count, Long::sum);
            counts.add(key, count);
        }
        assertThat(counts.size()).isEqualTo(map.size());
        assertThat(counts.total())
                .isEqualTo(map.values().stream().mapToLong(Long::longValue).sum());
        map.forEach((key, count) -> assertThat(counts.get(key)).isEqualTo(count));
        assertThat(counts.get("no such key".getBytes(UTF_8))).isZero();

        var left = new TreeMap<>(map);
        counts.forEach((bytes, from, length, count) -> {
            var first = left.pollFirstEntry();
            assertThat(first.getKey()).isEqualTo(Arrays.copyOfRange(bytes, from, from + length));
            assertThat(first.getValue()).isEqualTo(count);
        });
        assertThat(left).isEmpty();

        var encoded = counts.encode();
        var written = new ByteArrayOutputStream();
        counts.writeTo(written);
        assertThat(written.toByteArray()).isEqualTo(encoded);
        assertThat(counts.encodedBytes()).isEqualTo(encoded.length);
        assertThat(Counts.decode(encoded).encode()).isEqualTo(encoded);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void orderAndSplitsDoNotShow(long seed) {
        var random = Seeds.random(seed);
        var all = new Counts();
        var parts = new Counts[random.nextInt(1, 10)];
        Arrays.setAll(parts, i -> new Counts());
        for (var i = 0; i < 2000; i++) {
            var key = key(random, 2);
            all.add(key, i + 1);
            parts[random.nextInt(parts.length)].add(key, i + 1);
        }
        var merged = new Counts();
        for (var part : parts) {
            merged.addEncoded(part.encode());
        }
        assertThat(merged.encode()).isEqualTo(all.encode());
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void wrongBytesAreRefusedOrCanonical(long seed) {
        var random = Seeds.random(seed);
        var counts = new Counts();
        for (var i = random.nextInt(6); i > 0; i--) {
            counts.add(key(random, 3), 1L << random.nextInt(50));
        }
        Broken.forEach(
                counts.encode(),
                broken -> Broken.refusedOrCanonical(
                        broken, () -> Counts.decode(broken).encode(), "bad counts at byte "));
    }

    @ParameterizedTest
    @CsvSource({
        "81800400,'bad counts at byte 3: key''s length is 65537, allowed 0..65536'",
        "0261,'bad counts at byte 1: 2 bytes are needed, 1 are left'",
        "0161,'bad counts at byte 2: count is missing'",
        "016100,'bad counts at byte 3: count is 0, allowed 1..9223372036854775807'",
        "016201016101,'bad counts at byte 5: a key does not come after the one before it'",
        "016101016101,'bad counts at byte 5: a key does not come after the one before it'",
        "01ff01016101,'bad counts at byte 5: a key does not come after the one before it'",
        "0161010001,'bad counts at byte 4: a key does not come after the one before it'",
        "0001016180,'bad counts at byte 5: count is missing'",
        "0001ffffffffffffffff7f,'bad counts at byte 11: key''s length is 9223372036854775807, allowed 0..65536'",
        "00ffffffffffffffff7f016101,'bad counts at byte 13: the sum of all counts is beyond 2^63 - 1'",
    })
    void refusalNamesWhatIsWrong(String hex, String message) {
        assertThatThrownBy(() -> Counts.decode(HexFormat.of().parseHex(hex)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void refusedBytesLeaveTheTableAsItWas() {
        var counts = new Counts();
        counts.add(new byte[] {1}, Long.MAX_VALUE - 5);
        var before = counts.encode();
        assertThatThrownBy(() -> counts.addEncoded(HexFormat.of().parseHex("010101" + "010200")))
                .hasMessage("bad counts at byte 6: count is 0, allowed 1..9223372036854775807");
        assertThatThrownBy(() -> counts.addEncoded(HexFormat.of().parseHex("010103" + "010203")))
                .hasMessage("the sum of all counts is beyond 2^63 - 1");
        assertThat(counts.encode()).isEqualTo(before);
        counts.addEncoded(HexFormat.of().parseHex("010103" + "010202"));
        assertThat(counts.total()).isEqualTo(Long.MAX_VALUE);
        assertThatThrownBy(() -> counts.add(new byte[] {3}, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThat(counts.size()).isEqualTo(2);
    }

    @Test
    void keysAndCountsAreChecked() {
        var counts = new Counts();
        counts.add(new byte[Counts.KEY_BYTES_MAX], 1);
        counts.add(new byte[0], 2);
        assertThat(Counts.decode(counts.encode()).get(new byte[0])).isEqualTo(2);
        assertThatThrownBy(() -> counts.add(new byte[Counts.KEY_BYTES_MAX + 1], 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a key has 65537 bytes, allowed at most 65536");
        assertThatThrownBy(() -> counts.add(new byte[1], 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a count is 0, allowed 1 and up");
        assertThatThrownBy(() -> counts.add(new byte[1], 1, 1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(counts).hasToString("2 keys, 3 in all");
    }

    @Test
    void manyKeysStaySmall() {
        var counts = new Counts();
        var key = new byte[8];
        for (var i = 0; i < 500_000; i++) {
            var mixed = i * 0x9e3779b97f4a7c15L;
            for (var at = 0; at < 8; at++) {
                key[at] = (byte) (mixed >>> (8 * at));
            }
            counts.add(key, 1);
            counts.add(key, 0, 8, i + 1);
        }
        assertThat(counts.size()).isEqualTo(500_000);
        assertThat(counts.memoryBytes()).isLessThan(50L * 500_000);
        assertThat(Counts.read(counts.encode(), (bytes, from, length, count) -> {}))
                .isEqualTo(counts.total());
    }

    /// Up to `bytesMax` bytes of few values, so that keys meet again; one is the beginning of another.
    private static byte[] key(RandomGenerator random, int bytesMax) {
        var key = new byte[random.nextInt(bytesMax + 1)];
        for (var i = 0; i < key.length; i++) {
            key[i] = (byte) (random.nextInt(9) * 31);
        }
        return key;
    }
}

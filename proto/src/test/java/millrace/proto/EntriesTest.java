package millrace.proto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class EntriesTest {
    static LongStream seeds() {
        return Seeds.seeds(30);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void encodingIsReadBackInOrder(long seed) {
        var entries = entries(seed);
        assertThat(Entries.decode(Entries.encode(entries)))
                .isSortedAccordingTo(Entries.LARGEST_FIRST)
                .doesNotHaveDuplicates()
                .hasSameElementsAs(entries);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void orderOfEntriesDoesNotShow(long seed) {
        var entries = entries(seed);
        var expected = Entries.encode(entries);
        Collections.shuffle(entries, new Random(seed));
        assertThat(Entries.encode(entries)).isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void wrongBytesAreRefusedOrCanonical(long seed) {
        Broken.forEach(
                Entries.encode(entries(seed)),
                broken -> Broken.refusedOrCanonical(
                        broken, () -> Entries.encode(Entries.decode(broken)), "bad entries at byte "));
    }

    @Test
    void tiesGoToTheLowestItem() {
        var entries = List.of(entry(1, 5, "b"), entry(1, 5, "a"), entry(1, 4, "c"), entry(2, 9, ""), entry(-3, 0, ""));
        assertThat(entries.stream().sorted(Entries.LARGEST_FIRST))
                .containsExactly(
                        entry(2, 9, ""), entry(1, 4, "c"), entry(1, 5, "a"), entry(1, 5, "b"), entry(-3, 0, ""));
        assertThat(entries.stream().sorted(Entries.SMALLEST_FIRST))
                .containsExactly(
                        entry(-3, 0, ""), entry(1, 4, "c"), entry(1, 5, "a"), entry(1, 5, "b"), entry(2, 9, ""));
    }

    @Test
    void zeroHasNoSign() {
        assertThat(entry(-0.0, 1, "")).isEqualTo(entry(0.0, 1, ""));
        assertThat(Entries.encode(List.of(entry(-0.0, 1, ""), entry(0.0, 1, ""))))
                .isEqualTo(HexFormat.of().parseHex("0000000000000000" + "01" + "00"));
        assertThat(entry(Double.MIN_VALUE, 1, "").score()).isEqualTo(Double.MIN_VALUE);
    }

    @ParameterizedTest
    @CsvSource({
        "3ff0,'bad entries at byte 0: 8 bytes are needed, 2 are left'",
        "7ff80000000000000000,'bad entries at byte 8: score is NaN'",
        "80000000000000000000,'bad entries at byte 8: score is -0.0'",
        "00000000000000008080808080808010,'bad entries at byte 16: item is 9007199254740992, allowed 0..9007199254740991'",
        "0000000000000000018108,'bad entries at byte 11: payload''s length is 1025, allowed 0..1024'",
        "0000000000000000010261,'bad entries at byte 10: 2 bytes are needed, 1 are left'",
        "0000000000000000010000000000000000000100,'bad entries at byte 20: entry 1 does not come after the one before it'",
        "000000000000000001003ff00000000000000100,'bad entries at byte 20: entry 1 does not come after the one before it'",
    })
    void refusalNamesWhatIsWrong(String hex, String message) {
        assertThatThrownBy(() -> Entries.decode(HexFormat.of().parseHex(hex)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void entryChecksItself() {
        assertThatThrownBy(() -> entry(Double.NaN, 7, ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the score of item 7 is NaN, allowed: anything else");
        assertThatThrownBy(() -> entry(1, -1, ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("item is -1, allowed 0..2^53 - 1");
        assertThatThrownBy(() -> entry(1, Description.ITEMS_MAX, "")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> entry(1, 7, "x".repeat(1025)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the payload of item 7 has 1025 bytes, allowed at most 1024");
        assertThat(Entries.decode(Entries.encode(List.of(entry(1, Description.ITEMS_MAX - 1, "x".repeat(1024))))))
                .hasSize(1);
    }

    private static List<Entry> entries(long seed) {
        var random = Seeds.random(seed);
        var scores = new double[] {
            0.0,
            -0.0,
            1,
            -1,
            Double.POSITIVE_INFINITY,
            Double.NEGATIVE_INFINITY,
            Double.MIN_VALUE,
            random.nextGaussian()
        };
        var entries = new ArrayList<Entry>();
        for (var i = random.nextInt(8); i > 0; i--) {
            var payload = new byte[random.nextInt(3)];
            random.nextBytes(payload);
            entries.add(new Entry(
                    scores[random.nextInt(scores.length)],
                    random.nextLong(random.nextBoolean() ? 3 : Description.ITEMS_MAX),
                    ByteString.copyFrom(payload)));
        }
        return entries;
    }

    private static Entry entry(double score, long item, String payload) {
        return new Entry(score, item, ByteString.copyFromUtf8(payload));
    }
}

package millrace.proto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class IntegersTest {
    static LongStream seeds() {
        return Seeds.seeds(30);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void encodingIsReadBack(long seed) {
        var values = values(seed);
        assertThat(Integers.decode(Integers.encode(values))).isEqualTo(values);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void wrongBytesAreRefusedOrCanonical(long seed) {
        Broken.forEach(
                Integers.encode(values(seed)),
                broken -> Broken.refusedOrCanonical(
                        broken, () -> Integers.encode(Integers.decode(broken)), "bad integers at byte "));
    }

    @Test
    void longsAreEncodedLikeAnyInteger() {
        assertThat(Integers.encode(0, -1, 127, 128, Long.MIN_VALUE))
                .isEqualTo(HexFormat.of().parseHex("0100" + "01ff" + "017f" + "020080" + "088000000000000000"))
                .isEqualTo(Integers.encode(
                        BigInteger.ZERO,
                        BigInteger.valueOf(-1),
                        BigInteger.valueOf(127),
                        BigInteger.valueOf(128),
                        BigInteger.valueOf(Long.MIN_VALUE)));
        assertThat(Integers.decode(Integers.encode(50_847_534))).containsExactly(BigInteger.valueOf(50_847_534));
        assertThat(Integers.decode(new byte[0])).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "00,'bad integers at byte 1: length is 0, allowed 1..2147483647'",
        "0200,'bad integers at byte 1: 2 bytes are needed, 1 are left'",
        "ffffffff0700,'bad integers at byte 5: 2147483647 bytes are needed, 1 are left'",
        "020001,'bad integers at byte 3: an integer of 2 bytes begins with one that adds nothing'",
        "02ff80,'bad integers at byte 3: an integer of 2 bytes begins with one that adds nothing'",
        "81,'bad integers at byte 1: length is missing'",
    })
    void refusalNamesWhatIsWrong(String hex, String message) {
        assertThatThrownBy(() -> Integers.decode(HexFormat.of().parseHex(hex)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void widthIsCapped() {
        var widest = Integers.encode(new long[Join.WIDTH_MAX]);
        assertThat(Integers.decode(widest)).hasSize(Join.WIDTH_MAX).containsOnly(BigInteger.ZERO);
        var wider = Arrays.copyOf(widest, widest.length + 2);
        wider[widest.length] = 1;
        assertThatThrownBy(() -> Integers.decode(wider))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("more than 4096 integers");
        assertThatThrownBy(() -> Integers.encode(new long[Join.WIDTH_MAX + 1]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("4097 integers, allowed at most 4096");
    }

    private static BigInteger[] values(long seed) {
        var random = Seeds.random(seed);
        var values = new BigInteger[random.nextInt(6)];
        Arrays.setAll(values, i -> {
            var value = new BigInteger(random.nextInt(200), Random.from(random));
            return random.nextBoolean() ? value : value.negate();
        });
        return values;
    }
}

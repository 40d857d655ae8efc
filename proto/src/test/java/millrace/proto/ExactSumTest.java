package millrace.proto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExactSumTest {
    static LongStream seeds() {
        return Seeds.seeds(30);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void sumIsTheRoundedTrueSum(long seed) {
        var values = values(Seeds.random(seed), 200);
        assertThat(sum(values).doubleValue()).isEqualTo(truth(values));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void orderAndSplitsDoNotShow(long seed) {
        var random = Seeds.random(seed);
        var values = values(random, 3000);
        var expected = ExactSum.encode(sum(values));
        for (var round = 0; round < 5; round++) {
            shuffle(values, random);
            var parts = new ArrayList<ExactSum>();
            for (var from = 0; from < values.length; ) {
                var to = Math.min(values.length, from + random.nextInt(1, 1500));
                var part = new ExactSum();
                if (random.nextBoolean()) {
                    part.add(values, from, to);
                } else {
                    for (var i = from; i < to; i++) {
                        part.add(values[i]);
                    }
                }
                parts.add(random.nextInt(parts.size() + 1), part);
                from = to;
            }
            var total = new ExactSum();
            for (var part : parts) {
                if (random.nextBoolean()) {
                    total.add(part);
                } else {
                    part.add(total);
                    total = part;
                }
            }
            assertThat(ExactSum.encode(total)).isEqualTo(expected);
            assertThat(total).isEqualTo(sum(values)).hasSameHashCodeAs(sum(values));
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void wildSumsCancelToNothing(long seed) {
        var random = Seeds.random(seed);
        var values = values(random, 2500);
        var both = Arrays.copyOf(values, 2 * values.length);
        for (var i = 0; i < values.length; i++) {
            both[values.length + i] = -values[i];
        }
        shuffle(both, random);
        assertThat(sum(both).isZero()).isTrue();
        assertThat(ExactSum.encode(sum(both))).containsExactly(0);
        assertThat(sum(both).doubleValue()).isEqualTo(0.0);
        var last = both[both.length - 1];
        var rest = new ExactSum();
        rest.add(both, 0, both.length - 1);
        assertThat(rest.doubleValue()).isEqualTo(-last + 0.0);
        assertThat(rest.isZero()).isEqualTo(last == 0);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void encodingIsReadBack(long seed) {
        var random = Seeds.random(seed);
        var sums = new ExactSum[random.nextInt(5)];
        Arrays.setAll(sums, i -> sum(values(random, random.nextInt(20))));
        if (sums.length > 0 && random.nextBoolean()) {
            sums[0].add(random.nextBoolean() ? Double.NaN : Double.NEGATIVE_INFINITY);
        }
        var bytes = ExactSum.encode(sums);
        assertThat(ExactSum.decode(bytes)).isEqualTo(sums);
        assertThat(ExactSum.encode(ExactSum.decode(bytes))).isEqualTo(bytes);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void wrongBytesAreRefusedOrCanonical(long seed) {
        var random = Seeds.random(seed);
        var bytes = ExactSum.encode(sum(values(random, 5)), new ExactSum(), sum(values(random, 1)));
        Broken.forEach(
                bytes,
                broken -> Broken.refusedOrCanonical(
                        broken, () -> ExactSum.encode(ExactSum.decode(broken)), "bad exact sum at byte "));
    }

    @ParameterizedTest
    @CsvSource({
        // A tie goes to the even neighbour, anything beyond it up.
        "0x1p53,0x1p0,0,0x1p53",
        "0x1.0000000000001p53,0x1p0,0,0x1.0000000000002p53",
        "0x1p53,0x1p0,0x1p-1074,0x1.0000000000001p53",
        "0x1p53,0x1p0,-0x1p-1074,0x1p53",
        // Subnormal numbers are exact, and so is the step to the normal ones.
        "0x1p-1074,0x1p-1074,0,0x1p-1073",
        "0x1p-1022,-0x1p-1074,0,0x0.fffffffffffffp-1022",
        "0x0.fffffffffffffp-1022,0x1p-1074,0,0x1p-1022",
        // Half a unit above the largest double is the first that rounds to infinity.
        "0x1.fffffffffffffp1023,0x1p970,0,Infinity",
        "0x1.fffffffffffffp1023,0x1p970,-0x1p-1074,0x1.fffffffffffffp1023",
        "0x1.fffffffffffffp1023,0x1.fffffffffffffp1023,-0x1.fffffffffffffp1023,0x1.fffffffffffffp1023",
        "-0x1.fffffffffffffp1023,-0x1p970,0,-Infinity",
        // Rounding up carries into the exponent.
        "0x1.fffffffffffffp52,0x1p-1,0,0x1p53",
        "-0.0,-0.0,0,0",
    })
    void roundingIsHalfEven(double a, double b, double c, double expected) {
        assertThat(Double.doubleToRawLongBits(sum(a, b, c).doubleValue()))
                .isEqualTo(Double.doubleToRawLongBits(expected));
    }

    @ParameterizedTest
    @CsvSource({
        "1,NaN,NaN",
        "1,Infinity,Infinity",
        "1,-Infinity,-Infinity",
        "-Infinity,Infinity,NaN",
        "NaN,Infinity,NaN",
        "Infinity,Infinity,Infinity"
    })
    void infinityAndNanStick(double a, double b, double expected) {
        var sum = sum(a, b, 1e300, -7);
        assertThat(sum.doubleValue()).isEqualTo(Double.valueOf(expected)); // NaN equals NaN
        assertThat(sum.isZero()).isFalse();
        assertThat(sum).isEqualTo(sum(b, a)).isEqualTo(sum(expected));
        assertThat(ExactSum.encode(sum))
                .isEqualTo(ExactSum.encode(sum(expected)))
                .hasSize(1);
        var merged = new ExactSum();
        merged.add(sum(b));
        merged.add(sum(a));
        assertThat(merged).isEqualTo(sum);
    }

    @Test
    void everyNanIsTheSame() {
        assertThat(ExactSum.encode(sum(Double.longBitsToDouble(0xfff8_0000_dead_beefL))))
                .isEqualTo(ExactSum.encode(sum(Double.longBitsToDouble(0x7ff0_0000_0000_0001L))));
    }

    @ParameterizedTest
    @ValueSource(
            doubles = {Double.MAX_VALUE, -Double.MAX_VALUE, Double.MIN_VALUE, -Double.MIN_VALUE, 0x1.fffffffffffffp-3})
    void manyAddsOverflowNoLimb(double value) {
        var sum = new ExactSum();
        var values = new double[1000];
        Arrays.fill(values, value);
        for (var i = 0; i < 5000; i++) {
            sum.add(values, 0, values.length);
        }
        for (var i = 0; i < 5000; i++) {
            sum.add(value);
        }
        for (var doublings = 0; doublings < 40; doublings++) {
            var other = ExactSum.decode(ExactSum.encode(sum))[0];
            sum.add(other);
            sum.add(-value);
        }
        var times = BigDecimal.valueOf(5_005_000);
        for (var doublings = 0; doublings < 40; doublings++) {
            times = times.multiply(BigDecimal.TWO).subtract(BigDecimal.ONE);
        }
        assertThat(sum.doubleValue())
                .isEqualTo(new BigDecimal(value).multiply(times).doubleValue());
        for (var i = 0; i < 5; i++) {
            sum.add(sum); // also of itself
        }
        assertThat(sum.exponent())
                .isEqualTo(exponent(new BigDecimal(value).multiply(times).multiply(BigDecimal.valueOf(32))));
    }

    @Test
    void sumBeyondTheBoundIsNotWritten() {
        var sum = ExactSum.decode(bytes("0400" + "9802" + "ff".repeat(279) + "01"))[0];
        assertThat(sum.exponent()).isEqualTo(8 * 280 - 1 - 1074);
        assertThat(sum.doubleValue()).isInfinite();
        assertThat(ExactSum.encode(sum)).startsWith(4);
        sum.add(sum);
        assertThat(sum.doubleValue()).isInfinite();
        assertThatThrownBy(() -> ExactSum.encode(sum))
                .isInstanceOf(ArithmeticException.class)
                .hasMessageContaining("2^1166");
    }

    /// Sizes that begin in one window and leave it at either end, or have none.
    @ParameterizedTest
    @ValueSource(ints = {-1074, -1000, -880, -60, 0, 60, 980, 1020})
    void manyOfAboutOneSizeAreAddedAsOneByOne(int exponent) {
        var seed = 7L + exponent;
        var random = new SplittableRandom(seed);
        var together = new ExactSum();
        var alone = new ExactSum();
        for (var round = 0; round < 2500; round++) {
            var values = new double[round % 5 == 0 ? 700 : 256];
            var wide = round % 50 == 0 ? 90 : 30;
            for (var i = 0; i < values.length; i++) {
                values[i] = random.nextInt(4) == 0
                        ? 0
                        : Math.scalb(random.nextDouble(-1, 1), Math.min(1023, exponent + random.nextInt(wide)));
            }
            if (round % 700 == 699) {
                values[3] *= 0x1p200;
                exponent = Math.min(1000, exponent + 20);
            }
            var from = round % 3;
            together.add(values, from, values.length);
            for (var i = from; i < values.length; i++) {
                alone.add(values[i]);
            }
        }
        assertThat(ExactSum.encode(together)).as("seed %d", seed).isEqualTo(ExactSum.encode(alone));
    }

    /// Each rounds up to a whole unit of the window, as often as its doubles have room for.
    @Test
    void largestAndSmallestOfAWindowFillIt() {
        for (var value : new double[] {Math.nextDown(0x1p3), -Math.nextDown(0x1p3), 0x1.fffffffffffffp-32}) {
            var values = new double[256];
            Arrays.fill(values, value);
            values[0] = 1;
            var together = new ExactSum();
            var alone = new ExactSum();
            // Where the window is follows from the first doubles.
            var ones = new double[256];
            Arrays.fill(ones, 1);
            together.add(ones, 0, ones.length);
            for (var round = 0; round < 3000; round++) {
                together.add(values, 0, values.length);
            }
            alone.add(256);
            alone.add(3000);
            for (var i = 0; i < 3000 * 255; i++) {
                alone.add(value);
            }
            assertThat(ExactSum.encode(together)).isEqualTo(ExactSum.encode(alone));
        }
    }

    @Test
    void partOfAnArrayIsAdded() {
        var sum = new ExactSum();
        sum.add(new double[] {1, 2, 4, 8}, 1, 3);
        assertThat(sum.doubleValue()).isEqualTo(6);
        sum.add(new double[] {1}, 1, 1);
        assertThat(sum.doubleValue()).isEqualTo(6);
        assertThatThrownBy(() -> sum.add(new double[4], 3, 5)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(sum.toString()).isEqualTo("6.0");
    }

    @Test
    void encodingIsWhatTheDocumentationSays() {
        assertThat(ExactSum.encode()).isEmpty();
        assertThat(ExactSum.encode(sum(Double.MIN_VALUE), sum(), sum(-3), sum(Double.NaN)))
                .isEqualTo(bytes("04" + "00" + "01" + "01" + "00" + "05" + "8601" + "01" + "0c" + "03"));
        assertThat(ExactSum.encode(sum(0x1p-1066, 0x1p-1074))).isEqualTo(bytes("0400020101"));
    }

    @ParameterizedTest
    @CsvSource({
        "06,'bad exact sum at byte 1: kind is 6, allowed 0..5'",
        "04,'bad exact sum at byte 1: lowest byte is missing'",
        "04980201,'bad exact sum at byte 3: lowest byte is 280, allowed 0..279'",
        "0400,'bad exact sum at byte 2: length is missing'",
        "040000,'bad exact sum at byte 3: length is 0, allowed 1..280'",
        "0497020201,'bad exact sum at byte 4: length is 2, allowed 1..1'",
        "04008100,'bad exact sum at byte 4: length is longer than it need be'",
        "0400ffffffffffffffffff01,'bad exact sum at byte 11: length has more than 63 bits'",
        "04000201,'bad exact sum at byte 3: 2 bytes are needed, 1 are left'",
        "0400020001,'bad exact sum at byte 4: magnitude begins or ends with zero'",
        "0400020100,'bad exact sum at byte 5: magnitude begins or ends with zero'",
        "04000100,'bad exact sum at byte 4: magnitude begins or ends with zero'",
    })
    void refusalNamesWhatIsWrong(String hex, String message) {
        assertThatThrownBy(() -> ExactSum.decode(bytes(hex)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void widthIsCapped() {
        assertThat(ExactSum.decode(new byte[Join.WIDTH_MAX])).hasSize(Join.WIDTH_MAX);
        assertThatThrownBy(() -> ExactSum.decode(new byte[Join.WIDTH_MAX + 1]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("more than 4096 exact sums");
        var many = new ExactSum[Join.WIDTH_MAX + 1];
        Arrays.fill(many, new ExactSum());
        assertThatThrownBy(() -> ExactSum.encode(many))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("4097 sums, allowed at most 4096");
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void exponentIsThatOfTheTrueSum(long seed) {
        var values = values(Seeds.random(seed), 10);
        var exact = exact(values);
        assertThat(sum(values).exponent()).isEqualTo(exact.signum() == 0 ? Integer.MIN_VALUE : exponent(exact));
        assertThat(sum(Double.NaN).exponent()).isEqualTo(Integer.MAX_VALUE);
    }

    private static ExactSum sum(double... values) {
        var sum = new ExactSum();
        for (var value : values) {
            sum.add(value);
        }
        return sum;
    }

    private static BigDecimal exact(double... values) {
        return Arrays.stream(values).mapToObj(BigDecimal::new).reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    private static double truth(double... values) {
        return exact(values).doubleValue();
    }

    /// The largest e with 2^e <= |value|.
    private static int exponent(BigDecimal value) {
        return value.abs()
                        .multiply(BigDecimal.TWO.pow(1074))
                        .toBigIntegerExact()
                        .bitLength()
                - 1
                - 1074;
    }

    /// Finite doubles of one of several kinds: any bits, near each other, tiny, huge, with much cancellation.
    private static double[] values(RandomGenerator random, int count) {
        var kind = random.nextInt(6);
        var values = new double[count];
        for (var i = 0; i < count; i++) {
            values[i] = switch (kind) {
                case 0 -> anyFinite(random);
                case 1 -> random.nextGaussian();
                case 2 -> Double.MIN_VALUE * random.nextInt(-3, 4) * random.nextLong(1L << 40);
                case 3 -> Math.copySign(Double.MAX_VALUE, random.nextInt(-1, 1)) / random.nextInt(1, 4);
                case 4 -> i % 2 == 1 && random.nextInt(4) > 0 ? -values[i - 1] : anyFinite(random);
                default -> random.nextBoolean() ? 0.0 : Math.scalb(random.nextDouble(), random.nextInt(-60, 60));
            };
        }
        return values;
    }

    private static double anyFinite(RandomGenerator random) {
        while (true) {
            var value = Double.longBitsToDouble(random.nextLong());
            if (Double.isFinite(value)) {
                return value;
            }
        }
    }

    private static void shuffle(double[] values, RandomGenerator random) {
        for (var i = values.length - 1; i > 0; i--) {
            var other = random.nextInt(i + 1);
            var value = values[i];
            values[i] = values[other];
            values[other] = value;
        }
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }
}

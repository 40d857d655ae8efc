package millrace.worker.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.LongStream;
import millrace.proto.CancelledException;
import millrace.proto.Integers;
import millrace.proto.Work;
import millrace.proto.kernels.Primes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrimesKernelTest {
    private static final Work WORK = () -> false;

    private final PrimesKernel kernel = new PrimesKernel();

    @ParameterizedTest
    @CsvSource({
        "0, 1, 0",
        "0, 2, 0",
        "0, 3, 1",
        "2, 3, 1",
        "2, 8, 4",
        "3, 5, 1",
        "6, 7, 0",
        "7, 8, 1",
        "29, 31, 1",
        "30, 32, 1",
        "0, 100, 25",
        "0, 1000, 168",
        "0, 1000000, 78498",
        "0, 100000000, 5761455",
        "0, 1000000000, 50847534",
        "163, 168, 2",
        "961, 962, 0",
        "0, 15728640, 1014733",
    })
    void countsAreThoseOfTheTables(long from, long to, long count) throws CancelledException {
        assertThat(count(from, to)).isEqualTo(count);
    }

    /// The largest of these need sieving primes of every treatment.
    @ParameterizedTest
    @ValueSource(longs = {1_000_000_000_000L, 274_877_906_944L, 1_000_000_000_000_000L})
    void numbersFarOutAgreeWithATestOfEach(long to) throws CancelledException {
        var from = to - 3000;
        var probable = LongStream.range(from, to)
                .filter(n -> BigInteger.valueOf(n).isProbablePrime(60))
                .count();
        assertThat(count(from, to)).isEqualTo(probable);
    }

    static LongStream seeds() {
        return LongStream.range(0, 12);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void randomIntervalsAgreeWithANaiveSieve(long seed) throws CancelledException {
        var random = random(seed);
        var composite = new BitSet();
        var limit = 5_000_000;
        for (var i = 2; i * i < limit; i++) {
            for (var j = i * i; j < limit && !composite.get(i); j += i) {
                composite.set(j);
            }
        }
        for (var i = 0; i < 5; i++) {
            var from = random.nextInt(limit);
            var to = from + random.nextInt(limit - from);
            var expected = java.util.stream.IntStream.range(Math.max(2, from), to)
                    .filter(n -> !composite.get(n))
                    .count();
            assertThat(count(from, to)).as("[%d, %d), seed %d", from, to, seed).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void randomIntervalsAgreeWithPrimesieve(long seed) throws CancelledException, IOException, InterruptedException {
        assumeTrue(primesieveIsInstalled(), "primesieve is not installed, so nothing is compared with it");
        var random = random(seed);
        var scale = Math.pow(10, random.nextInt(1, 15));
        var from = (long) (random.nextDouble() * scale);
        var to = from + random.nextLong(1, 60_000_000);
        assertThat(count(from, to)).as("[%d, %d), seed %d", from, to, seed).isEqualTo(primesieve(from, to));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void anySplitGivesTheSameSum(long seed) throws CancelledException {
        var random = random(seed);
        var primes = new Primes(1_000_000_007L, 1_400_000_000L);
        var sum = 0L;
        for (var first = 0L; first < primes.items(); ) {
            var end = Math.min(primes.items(), first + random.nextInt(1, 20));
            sum += kernel.count(primes, WORK, first, end);
            first = end;
        }
        assertThat(sum).as("seed %d", seed).isEqualTo(count(primes.from(), primes.to()));
    }

    @Test
    void partialValueIsOneInteger() throws CancelledException {
        var value = kernel.compute(new Primes(0, 1000), WORK, 0, 1);
        assertThat(Integers.decode(value)).containsExactly(BigInteger.valueOf(168));
    }

    @Test
    void cancelledWorkStops() {
        assertThatThrownBy(() -> kernel.compute(new Primes(0, 1000), () -> true, 0, 1))
                .isInstanceOf(CancelledException.class);
    }

    private long count(long from, long to) throws CancelledException {
        var primes = new Primes(from, to);
        return kernel.count(primes, WORK, 0, primes.items());
    }

    private static boolean primesieveIsInstalled() throws InterruptedException {
        try {
            return new ProcessBuilder("primesieve", "--version")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static long primesieve(long from, long to) throws IOException, InterruptedException {
        var process = new ProcessBuilder("primesieve", "-q", "-t1", Long.toString(from), Long.toString(to - 1)).start();
        var answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        assertThat(process.waitFor()).isZero();
        return Long.parseLong(answer.strip());
    }

    private static RandomGenerator random(long seed) {
        return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }
}

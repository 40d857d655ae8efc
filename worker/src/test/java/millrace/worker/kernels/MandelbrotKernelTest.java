package millrace.worker.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.LongStream;
import millrace.proto.CancelledException;
import millrace.proto.Work;
import millrace.proto.kernels.Mandelbrot;
import org.apache.commons.codec.digest.DigestUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MandelbrotKernelTest {
    private static final Work WORK = () -> false;

    private final MandelbrotKernel kernel = new MandelbrotKernel();

    static LongStream seeds() {
        return LongStream.range(0, 8);
    }

    /// Changes only together with the kernel's version.
    @Test
    void picturesAreTheSameOnEveryMachine() throws CancelledException {
        var view = new Mandelbrot(192, 128, -0.743643887, 0.131825904, 0.003, 10_000, 2);
        assertThat(DigestUtils.sha256Hex(kernel.compute(view, WORK, 0, 128)))
                .isEqualTo("2f7a036420cc4c6d7e0911d07da0b7c0bdd4506207c0147909476359ecaa8674");
        var whole = new Mandelbrot(96, 64, -0.65, 0, 3.3, 500, 1);
        assertThat(DigestUtils.sha256Hex(kernel.compute(whole, WORK, 0, 64)))
                .isEqualTo("4fcd110d98063f30baea1fba580f9a88bf1327b82579e0ba933fe843e2142fad");
    }

    @Test
    void knownPointsHaveTheirColours() throws CancelledException {
        // Nine pixels of width 0.5 from -2.5 to 2: the middles are -2.25, -1.75 ... 1.75.
        var row = kernel.compute(new Mandelbrot(9, 1, -0.25, 0, 4.5, 1000, 1), WORK, 0, 1);
        for (var pixel = 0; pixel < 9; pixel++) {
            var centre = -2.25 + 0.5 * pixel;
            var inside = -2 <= centre && centre <= 0.25;
            var black = row[3 * pixel] == 0 && row[3 * pixel + 1] == 0 && row[3 * pixel + 2] == 0;
            assertThat(black).as("c = %s", centre).isEqualTo(inside);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void orbitsEndAsInThePlainLoop(long seed) throws CancelledException {
        var random = random(seed);
        var columns = 700;
        double[] q = {0.131825904, 0.131825904 + random.nextDouble(1e-3), 0, random.nextDouble(-1, 1)};
        var span = Math.pow(10, -random.nextDouble(12));
        var p = random.doubles(columns)
                .map(d -> -0.743643887 + span * (d - 0.5))
                .toArray();
        var iterations = random.nextInt(1, 3000);
        var seen = new ArrayList<String>();
        new Orbits(WORK, iterations)
                .run(p, q, (column, after, squaredRadius) -> seen.add(column + " " + after + " " + squaredRadius));
        var expected = new ArrayList<String>();
        for (var b : q) {
            for (var column = 0; column < columns; column++) {
                var x = 0.0;
                var y = 0.0;
                for (var i = 1; i <= iterations; i++) {
                    var nextX = Math.fma(x, x, Math.fma(-y, y, p[column]));
                    y = Math.fma(x + x, y, b);
                    x = nextX;
                    if (x * x + y * y > Orbits.ESCAPE) {
                        expected.add(column + " " + i + " " + (x * x + y * y));
                        break;
                    }
                }
            }
        }
        assertThat(seen).as("seed %d, span %s", seed, span).containsExactlyInAnyOrderElementsOf(expected);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void anySplitGivesTheSameRows(long seed) throws CancelledException {
        var random = random(seed);
        var view = new Mandelbrot(
                random.nextInt(1, 200),
                random.nextInt(1, 60),
                random.nextDouble(-2, 1),
                random.nextDouble(-1, 1),
                random.nextDouble(0.1, 3),
                random.nextInt(1, 400),
                random.nextInt(1, 4));
        var parts = new ByteArrayOutputStream();
        for (var first = 0; first < view.height(); ) {
            var end = Math.min(view.height(), first + random.nextInt(1, 9));
            parts.writeBytes(kernel.compute(view, WORK, first, end));
            first = end;
        }
        assertThat(parts.toByteArray())
                .as("seed %d, %s", seed, view)
                .isEqualTo(kernel.compute(view, WORK, 0, view.height()))
                .hasSize(view.height() * view.rowBytes());
    }

    @Test
    void everyColourOfThePaletteComesBackFromItsLight() {
        for (var light = 0; light < 1 << 16; light++) {
            var display = Palette.display(light) & 0xff;
            assertThat(display).isBetween(0, 255);
            if (light > 0) {
                assertThat(display).isGreaterThanOrEqualTo(Palette.display(light - 1) & 0xff);
            }
        }
        assertThat(Palette.display(0) & 0xff).isZero();
        assertThat(Palette.display((1 << 16) - 1) & 0xff).isEqualTo(255);
    }

    @Test
    void coloursFlowFromOneIterationToTheNext() {
        // The smooth number is the same at the end of an iteration and at the beginning of the next.
        for (var n = 2; n < 5000; n++) {
            var end = Palette.index(n, Math.nextUp(Orbits.ESCAPE));
            var beginning = Palette.index(n + 1, Orbits.ESCAPE * Orbits.ESCAPE);
            assertThat(Math.abs(end - beginning)).as("after %d iterations", n).isLessThanOrEqualTo(2);
        }
    }

    @Test
    void longTasksStopWhenCancelled() {
        // Right of the cusp orbits creep past 1/2 for millions of iterations.
        var view = new Mandelbrot(1200, 1, 0.250000000002, 0, 1e-12, 1_000_000_000, 1);
        var asked = new int[1];
        assertThatThrownBy(() -> kernel.compute(view, () -> ++asked[0] > 3, 0, 1))
                .isInstanceOf(CancelledException.class);
    }

    private static RandomGenerator random(long seed) {
        return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }
}

package millrace.worker.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ElementaryTest {
    private static final int COUNT = 1_000_000;

    // Each side is off by one unit in the last place at most.
    private static final double ERROR = 0x1p-51;

    @Test
    void exponentialsAgreeWithStrictMath() {
        var seed = 1L;
        var x = new Random(seed).doubles(COUNT, -700, 700).toArray();
        for (var i = 0; i < COUNT / 2; i++) {
            x[i] /= 1000;
        }
        var y = new double[COUNT];
        new Elementary(COUNT).exp(1, x, 0, y);
        for (var i = 0; i < COUNT; i++) {
            var expected = StrictMath.exp(x[i]);
            if (Math.abs(y[i] - expected) > ERROR * expected) {
                assertThat(y[i]).as("exp(%s), seed %d", x[i], seed).isEqualTo(expected, within(ERROR * expected));
            }
        }
    }

    @Test
    void exponentialsOfAlmostNothingAreOne() {
        var x = new double[] {0, -0.0, Double.MIN_VALUE, 1};
        new Elementary(x.length).exp(1, x, 0, x);
        assertThat(x[0]).isEqualTo(1);
        assertThat(x[1]).isEqualTo(1);
        assertThat(x[2]).isEqualTo(1);
        assertThat(x[3]).isEqualTo(Math.E, within(ERROR * Math.E));
    }

    @Test
    void logarithmsAgreeWithStrictMath() {
        var seed = 2L;
        var random = new Random(seed);
        var x = new double[COUNT];
        for (var i = 0; i < COUNT; i++) {
            x[i] = i % 2 == 0
                    ? Math.scalb(1 + random.nextDouble(), random.nextInt(-1022, 1023))
                    : random.nextDouble(0.5, 2);
        }
        x[0] = 1;
        var y = x.clone();
        new Elementary(COUNT).log(y, COUNT);
        for (var i = 0; i < COUNT; i++) {
            var expected = StrictMath.log(x[i]);
            var error = ERROR * Math.abs(expected);
            if (!(Math.abs(y[i] - expected) <= error)) {
                assertThat(y[i]).as("log(%s), seed %d", x[i], seed).isEqualTo(expected, within(error));
            }
        }
        assertThat(y[0]).isZero();
    }
}

package millrace.proto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SpreadTest {
    @Test
    void everyTimeIsInTheBucketThatHoldsIt() {
        var random = new Random(5);
        for (var i = 0; i < 100_000; i++) {
            var nanos = random.nextLong() >>> 1 >>> random.nextInt(63);
            var bucket = Spread.bucket(nanos);
            assertThat(bucket).isBetween(0, Spread.BUCKETS - 1);
            // In doubles, which round at the very top.
            assertThat((double) nanos).as("%d ns", nanos).isBetween(Spread.floor(bucket), Spread.floor(bucket + 1));
        }
        assertThat(Spread.bucket(0)).isZero();
        assertThat(Spread.bucket(7)).isEqualTo(7);
        assertThat(Spread.bucket(8)).isEqualTo(8);
        assertThat(Spread.bucket(16)).isEqualTo(16);
    }

    @Test
    void quantilesAreWithinABucketOfTheTrueOnes() {
        var random = new Random(6);
        var times = new long[10_001];
        var counts = new Long[Spread.BUCKETS];
        Arrays.fill(counts, 0L);
        for (var i = 0; i < times.length; i++) {
            times[i] = (long) (1e6 * Math.exp(random.nextGaussian()));
            counts[Spread.bucket(times[i])]++;
        }
        Arrays.sort(times);
        var spread = new Spread(List.of(counts), times[0], times[10_000]);
        assertThat(spread.total()).isEqualTo(10_001);
        assertThat(spread.quantile(0)).isEqualTo((double) times[0]);
        assertThat(spread.quantile(1)).isEqualTo((double) times[10_000]);
        for (var part : new double[] {0.01, 0.25, 0.5, 0.75, 0.99}) {
            var truth = (double) times[(int) (part * 10_000)];
            assertThat(spread.quantile(part)).as("quantile %s", part).isCloseTo(truth, within(0.06 * truth));
        }
    }

    @Test
    void nothingTakesNoTimeAndNonsenseIsRefused() {
        assertThat(Spread.NONE.quantile(0.5)).isZero();
        assertThatThrownBy(() -> new Spread(List.of(), 2, 1)).hasMessageContaining("from 2 to 1 ns");
    }
}

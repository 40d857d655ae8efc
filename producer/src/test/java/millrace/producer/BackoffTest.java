package millrace.producer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private final Backoff backoff = new Backoff(new SplittableRandom(7));

    @Test
    void failuresWaitTwiceAsLongEachTimeUpToTenSeconds() {
        assertThat(backoff.afterFailure(1)).isBetween(187 * Nanos.MILLI, 313 * Nanos.MILLI);
        assertThat(backoff.afterFailure(2)).isBetween(375 * Nanos.MILLI, 625 * Nanos.MILLI);
        assertThat(backoff.afterFailure(6)).isBetween(6_000 * Nanos.MILLI, 10_000 * Nanos.MILLI);
        assertThat(backoff.afterFailure(Integer.MAX_VALUE)).isBetween(7_500 * Nanos.MILLI, 12_500 * Nanos.MILLI);
    }

    @Test
    void handBacksWaitOnlyWhenTheyRepeat() {
        assertThat(backoff.afterHandBack(0)).isZero();
        assertThat(backoff.afterHandBack(1)).isBetween(18 * Nanos.MILLI, 32 * Nanos.MILLI);
        assertThat(backoff.afterHandBack(Integer.MAX_VALUE)).isBetween(187 * Nanos.MILLI, 313 * Nanos.MILLI);
    }
}

package millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import millrace.proto.Refusal;
import org.junit.jupiter.api.Test;

class FaultsTest {
    @Test
    void whatNeverComesIsWaitedForInVain() {
        assertThatThrownBy(() -> Faults.await("progress", () -> false, Duration.ZERO))
                .isInstanceOf(Refusal.class)
                .hasMessage("progress: none within PT0S");
    }

    @Test
    void slowWorkerIsHeldToTheBestThatItsShareAllows() {
        // 9 of 10 s at full speed, 1.8 of 20 s slow: a tenth of its speed, with which 10 s become 20 / 1.1.
        var slowdown = new Faults.Slowdown(new Faults.Run("9592", 10, 18, 9), new Faults.Run("9592", 20, 18, 1.8));
        assertThat(slowdown.share()).isCloseTo(0.1, within(1e-12));
        assertThat(slowdown.ratio()).isEqualTo(2);
        assertThat(slowdown.overBest()).isCloseTo(20 / (20 / 1.1), within(1e-12));
    }

    @Test
    void bestIsSoonerWhereTheMathIsFasterOnOneCore() {
        var slowdown = new Faults.Slowdown(new Faults.Run("9592", 10, 20, 9), new Faults.Run("9592", 20, 16, 1.8));
        assertThat(slowdown.overBest()).isCloseTo(20 / (20 / 1.1 * 16 / 20), within(1e-12));
    }

    @Test
    void whatComesIsNotWaitedForAnyLonger() throws InterruptedException {
        var asked = new AtomicInteger();
        Faults.await("progress", () -> asked.incrementAndGet() == 3, Duration.ofHours(1));
        assertThat(asked).hasValue(3);
    }
}

package millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
    void whatComesIsNotWaitedForAnyLonger() throws InterruptedException {
        var asked = new AtomicInteger();
        Faults.await("progress", () -> asked.incrementAndGet() == 3, Duration.ofHours(1));
        assertThat(asked).hasValue(3);
    }
}

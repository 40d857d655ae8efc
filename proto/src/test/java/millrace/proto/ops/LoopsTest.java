package millrace.proto.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LoopsTest {
    private final AtomicLong now = new AtomicLong();
    private final Loops loops = new Loops(now::get);

    @Test
    void loopThatDoesNotTurnInTimeHangs() {
        var loop = loops.loop("lane-0", Duration.ofSeconds(30));
        loop.turn();
        pass(Duration.ofSeconds(30));
        assertThat(loops.hanging()).isEmpty();
        pass(Duration.ofMillis(1));
        assertThat(loops.hanging()).containsExactly("loop lane-0 has not turned for more than 30 s");
        loop.turn();
        assertThat(loops.hanging()).isEmpty();
    }

    @Test
    void loopAtRestDoesNotHang() {
        var loop = loops.loop("lane-0", Duration.ofSeconds(30));
        pass(Duration.ofHours(1));
        assertThat(loops.hanging()).as("before its first turn").isEmpty();
        loop.turn();
        loop.rest();
        pass(Duration.ofHours(1));
        assertThat(loops.hanging()).as("waiting for orders").isEmpty();
    }

    @Test
    void loopThatHasEndedIsForgotten() {
        var loop = loops.loop("partition-0", Duration.ofSeconds(1));
        loop.turn();
        loop.close();
        pass(Duration.ofHours(1));
        assertThat(loops.hanging()).isEmpty();
        assertThat(loops.names()).isEmpty();
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }
}

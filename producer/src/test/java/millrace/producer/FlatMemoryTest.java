package millrace.producer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import millrace.proto.Policy;
import millrace.proto.Ranges;
import millrace.proto.Task;
import org.junit.jupiter.api.Test;

class FlatMemoryTest {
    private static final long TASKS = 10_000_000;

    @Test
    void memoryDoesNotGrowWithTheNumberOfTasks() {
        var stand = new FeederStand(4);
        stand.takeOver();
        stand.submit(Specs.spec("job", TASKS, Policy.DEFAULT.withTaskItems(1)));
        var next = 0L;
        var most = 0L;
        var early = 0L;
        while (next < TASKS) {
            stand.beat("w1", 64);
            var tasks = stand.feed();
            assertThat(tasks.getFirst().first()).isEqualTo(next);
            next = tasks.getLast().end();
            assertThat(tasks.stream().mapToLong(Task::items).sum()).isEqualTo(tasks.size());
            most = Math.max(most, stand.feeder.outstanding());
            stand.sent.clear();
            stand.finishAll();
            // Results come in any order: one task of the round is late by a round.
            stand.progress("job", late(next));
            stand.now += 60 * Nanos.MILLI;
            if (early == 0 && next > TASKS / 10) {
                early = used();
            }
        }
        stand.progress("job", Ranges.of(0, TASKS));
        assertThat(stand.feed()).isEmpty();
        assertThat(stand.feeder.outstanding()).isZero();
        assertThat(most).isLessThan(10_000);
        assertThat(used() - early).as("bytes that have come to stay").isLessThan(2 << 20);
        assertThat(List.of(stand.feeder.openJobs())).hasSize(1);
    }

    private static Ranges late(long next) {
        var done = Ranges.of(0, next);
        if (next < TASKS) {
            done.remove(next - 7, next - 6);
        }
        return done;
    }

    private static long used() {
        System.gc();
        var runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}

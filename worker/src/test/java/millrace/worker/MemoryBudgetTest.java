package millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import millrace.proto.Computation;
import millrace.proto.Task;
import org.junit.jupiter.api.Test;

/// What tasks are charged with.
class MemoryBudgetTest {
    private final MemoryBudget memory = new MemoryBudget(1_000);

    private static Task task(long things, long items) {
        var task = DeskRig.task(1);
        return new Task(
                task.job(),
                task.digest(),
                task.partition(),
                Computation.of(new Count(things)).bytes(),
                0,
                items,
                1,
                1,
                false,
                false,
                false,
                Duration.ofMinutes(1));
    }

    private long estimate(long items) {
        return memory.bytes(task(DeskRig.ITEMS, items), MemoryBudget.UNKNOWN);
    }

    private void saw(long items, long held) {
        memory.saw(task(DeskRig.ITEMS, items), held);
    }

    @Test
    void declarationCountsWhateverWasSeen() {
        saw(1, 900);
        assertThat(memory.bytes(task(DeskRig.ITEMS, 1), 7)).isEqualTo(7);
    }

    @Test
    void taskOfAComputationThatNobodySawCountsAsNothing() {
        assertThat(estimate(1)).isZero();
        saw(1, 100);
        assertThat(memory.bytes(task(7, 1), MemoryBudget.UNKNOWN))
                .as("another computation")
                .isZero();
    }

    @Test
    void estimateIsThatOfTheLargestTaskAndGrowsWithTheItems() {
        saw(10, 100);
        assertThat(estimate(10)).isEqualTo(100);
        assertThat(estimate(3)).as("fewer items may need as much").isEqualTo(100);
        assertThat(estimate(25)).isEqualTo(250);
        assertThat(estimate(Long.MAX_VALUE >> 12))
                .as("never more than there is")
                .isEqualTo(1_000);
        saw(3, 20);
        assertThat(estimate(10)).as("a smaller task says nothing of it").isEqualTo(100);
        saw(3, 120);
        assertThat(estimate(10)).as("unless it held more").isEqualTo(120);
    }

    @Test
    void estimateThatChanceMadeTooHighFalls() {
        saw(10, 900);
        saw(10, 100);
        assertThat(estimate(10)).isEqualTo(800);
        for (var i = 0; i < 60; i++) {
            saw(10, 100);
        }
        assertThat(estimate(10)).isBetween(100L, 110L);
    }

    @Test
    void largerTaskThatWasSeenTakesThePlaceOfWhatSmallerOnesLetExpect() {
        saw(1, 50); // a fixed part, such as a buffer
        assertThat(estimate(100)).isEqualTo(1_000);
        saw(100, 51);
        assertThat(estimate(100)).isEqualTo(51);
        saw(200, 43);
        assertThat(estimate(200)).as("not at once, when it held less").isEqualTo(50);
    }

    @Test
    void roomIsWhatIsNotTaken() {
        memory.take(700);
        assertThat(memory.hasRoomFor(300)).isTrue();
        assertThat(memory.hasRoomFor(301)).isFalse();
        memory.giveBack(700);
        assertThat(memory.hasRoomFor(1_000)).isTrue();
    }
}

package millrace.worker;

import static millrace.worker.DeskRig.alone;
import static millrace.worker.DeskRig.task;
import static millrace.worker.DeskRig.urgent;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import millrace.proto.Result.Done;
import millrace.proto.Result.Failed;
import millrace.proto.Result.FailureKind;
import millrace.proto.Result.HandBackReason;
import millrace.proto.Result.HandedBack;
import millrace.proto.Task;
import org.junit.jupiter.api.Test;

/// Tasks that need memory, on a worker of four cores with 100 bytes for them. A task's first item says how many
/// bytes it declares.
class DeskMemoryTest {
    private static final WorkerConfig CONFIG = new WorkerConfig(4, 3, 2, 2, Duration.ofSeconds(10), 100);

    private DeskRig rig = DeskRig.working(CONFIG, (first, _) -> OptionalLong.of(first % 1000));

    @Test
    void noMoreTasksStartThanThereIsMemoryFor() {
        rig.deliver(0, 1, task(40), task(1040));
        rig.deliver(1, 1, task(2040));
        assertThat(rig.computing).hasSize(2);
        assertThat(rig.desk.memoryTaken()).isEqualTo(80);
        rig.finish(task(40));
        assertThat(rig.isComputing(task(2040))).isTrue();
        rig.finish(task(1040));
        rig.finish(task(2040));
        assertThat(rig.desk.memoryTaken()).isZero();
    }

    @Test
    void valueOnItsWayKeepsItsMemoryButNotItsCore() {
        rig = DeskRig.working(
                new WorkerConfig(1, 2, 2, 2, Duration.ofSeconds(10), 100), (first, _) -> OptionalLong.of(first % 1000));
        rig.deliver(0, 1, task(40), task(1040));
        assertThat(rig.isComputing(task(1040))).isFalse();
        rig.put(task(40));
        assertThat(rig.isComputing(task(1040))).isTrue();
        assertThat(rig.desk.memoryTaken()).isEqualTo(80);
        rig.put(task(1040));
        rig.deliver(1, 1, task(2020));
        assertThat(rig.isComputing(task(2020)))
                .as("with two values on their way")
                .isFalse();
        rig.finish(task(40));
        assertThat(rig.isComputing(task(2020))).isTrue();
        rig.finish(task(1040));
        rig.finish(task(2020));
        assertThat(rig.desk.memoryTaken()).isZero();
        assertThat(rig.answers(task(1040))).hasSize(1);
    }

    @Test
    void valueThatBrokersDoNotTakeForLongDoesNotEndTheWorker() {
        rig.deliver(task(40));
        rig.put(task(40));
        rig.end(DeskRig.JOB);
        rig.pass(Desk.STOP_WITHIN.plusSeconds(60));
        assertThat(rig.exit).isNull();
        rig.finish(task(40));
        assertThat(rig.desk.memoryTaken()).isZero();
        assertThat(rig.desk.inHand()).isZero();
    }

    @Test
    void smallerTaskOvertakesOneThatWaitsForMemory() {
        rig.deliver(0, 1, task(80), task(1080));
        rig.deliver(1, 1, task(20));
        assertThat(rig.isComputing(task(1080))).isFalse();
        assertThat(rig.isComputing(task(20))).isTrue();
    }

    @Test
    void taskThatHasWaitedForMemoryIsNotOvertakenAnyMore() {
        rig.deliver(0, 1, task(50), task(90));
        rig.pass(Hands.OVERTAKEN_FOR);
        rig.deliver(1, 1, task(1050));
        assertThat(rig.isComputing(task(1050))).as("though there is room").isFalse();
        rig.finish(task(50));
        assertThat(rig.isComputing(task(90))).isTrue();
        rig.finish(task(90));
        assertThat(rig.isComputing(task(1050))).isTrue();
    }

    @Test
    void anUrgentTaskIsComputedBesideOthersOnlyIfThereIsMemoryForIt() {
        for (var bytes : List.of(40, 50)) {
            rig = DeskRig.working(
                    new WorkerConfig(2, 4, 1, 4, Duration.ofSeconds(10), 100),
                    (first, _) -> OptionalLong.of(first % 1000));
            rig.deliver(task(30), task(1030), urgent(task(bytes)));
            assertThat(rig.isComputing(task(bytes))).isEqualTo(bytes == 40);
        }
    }

    @Test
    void taskThatNeedsAllTheMemoryIsComputed() {
        rig.deliver(task(100));
        assertThat(rig.isComputing(task(100))).isTrue();
    }

    @Test
    void taskThatNeedsMoreThanThereIsFailsWithBothFigures() {
        rig.deliver(0, 1, task(101), task(20));
        assertThat(rig.answers(task(101))).singleElement().isInstanceOfSatisfying(Failed.class, failed -> {
            assertThat(failed.kind()).isEqualTo(FailureKind.OUT_OF_MEMORY);
            assertThat(failed.message())
                    .isEqualTo("count@1 needs 101 bytes for 1 items, available on this worker for tasks: 100"
                            + " (worker.memory-share of its heap)");
        });
        rig.deliver(1, 1, alone(1101));
        assertThat(rig.answers(alone(1101))).singleElement().isInstanceOf(Failed.class);
        assertThat(rig.isComputing(task(20))).isTrue();
    }

    @Test
    void taskThatFindsNoMemoryInTimeIsHandedBack() {
        rig.deliver(0, 1, task(80), task(30));
        rig.pass(Desk.CLAIM_AFTER);
        assertThat(rig.answers(task(30)))
                .containsExactly(new HandedBack(
                        HandBackReason.BUSY, "no memory was free for its 30 bytes within 5 s: others take 80 of 100"));
        assertThat(rig.isAccepted(task(30))).isTrue();
    }

    @Test
    void whileAClaimedTaskKeepsTheMemoryNothingMoreIsTaken() {
        rig.deliver(0, 1, task(80));
        rig.pass(Desk.CLAIM_AFTER);
        rig.deliver(1, 1, task(30));
        rig.deliver(2, List.of());
        assertThat(rig.polling).as("its consumer fetches anyway").containsExactly(2);
        rig.deliver(2, 1, task(1030));
        assertThat(rig.answers(task(1030)))
                .containsExactly(new HandedBack(HandBackReason.BUSY, "no core, or no memory, is free for it soon"));
        assertThat(rig.polling).isEmpty();
        rig.finish(task(80));
        assertThat(rig.isComputing(task(30))).isTrue();
        assertThat(rig.polling).isNotEmpty();
    }

    @Test
    void drainHandsBackWhatWaitsForMemory() {
        rig.deliver(0, 1, task(80), task(30));
        rig.drain();
        assertThat(rig.answers(task(30))).containsExactly(new HandedBack(HandBackReason.DRAINING, "the worker stops"));
        rig.finish(task(80));
        assertThat(rig.answers(task(80))).singleElement().isInstanceOf(Done.class);
    }

    @Test
    void cancelledTaskKeepsItsMemoryUntilItStops() {
        var other = task("other", 30, 1, false, Duration.ofDays(1));
        rig.deliver(0, 1, task(80), other);
        rig.end(DeskRig.JOB);
        assertThat(rig.isComputing(other)).isFalse();
        rig.finish(task(80));
        assertThat(rig.isComputing(other)).isTrue();
    }

    @Test
    void kernelThatCannotSayFailsItsTaskAndNothingElse() {
        rig = DeskRig.working(CONFIG, (first, _) -> {
            if (first == 1) {
                throw new StackOverflowError();
            }
            return OptionalLong.of(first == 2 ? -5 : 0);
        });
        rig.deliver(0, 1, task(1), task(2));
        rig.deliver(1, 1, task(3));
        assertThat(failure(task(1)).kind()).isEqualTo(FailureKind.EXCEPTION);
        assertThat(failure(task(1)).message())
                .isEqualTo("count@1 cannot say how many bytes it needs: java.lang.StackOverflowError");
        assertThat(failure(task(2)).message()).endsWith("-5, allowed 0 and up");
        assertThat(rig.isComputing(task(3))).isTrue();
    }

    @Test
    void tasksOfAKernelThatDeclaresNothingGoByWhatEarlierOnesHeld() {
        rig = DeskRig.working(CONFIG, (_, _) -> OptionalLong.empty());
        rig.heldBytes = 60;
        rig.deliver(0, 1, task(1), task(2));
        rig.deliver(1, 1, task(3));
        assertThat(rig.computing).as("nothing is known yet").hasSize(3);
        rig.finish(task(1));
        rig.deliver(2, 1, task(4));
        rig.finish(task(2));
        rig.finish(task(3));
        rig.deliver(rig.polling.first(), 1, task(5), task(6));
        assertThat(rig.computing)
                .as("one that was known to need 60, and no second")
                .hasSize(1);
        rig.finish(task(4));
        assertThat(rig.computing).hasSize(1);
        rig.heldBytes = 1_000_000;
        rig.finish(task(5));
        assertThat(rig.isComputing(task(6))).as("an estimate fails nothing").isTrue();
    }

    private Failed failure(Task task) {
        return (Failed) rig.answers(task).getFirst();
    }
}

package millrace.worker;

import static millrace.worker.DeskRig.task;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import millrace.proto.ExitCode;
import millrace.proto.Heartbeat.State;
import millrace.proto.Result.Done;
import millrace.proto.Result.HandBackReason;
import millrace.proto.Result.HandedBack;
import millrace.proto.Task;
import org.junit.jupiter.api.Test;

/// How a worker stops: because it is asked to, or because a kernel does not.
class DeskLeavingTest {
    private static final Task A = task(1);
    private static final Task B = task(2);
    private static final Task C = task(3);
    private static final Task D = task(4);

    private final DeskRig rig = DeskRig.working(2);

    @Test
    void idleWorkerStopsWhenItsLanesHaveReturned() {
        rig.drain();
        assertThat(rig.lastBeat().state()).isEqualTo(State.DRAINING);
        assertThat(rig.exit).isNull();
        rig.deliver(0, 1, A);
        assertThat(rig.answers(A)).containsExactly(stops());
        rig.deliver(1, List.of());
        rig.deliver(2, List.of());
        assertThat(rig.lastBeat().state()).isEqualTo(State.STOPPED);
        assertLeft(ExitCode.SUCCEEDED, "");
    }

    @Test
    void lanesThatHoldNothingLeaveTheGroupWhileTheOthersFinish() {
        rig.deliver(0, 1, A);
        rig.drain();
        rig.deliver(1, List.of());
        rig.deliver(2, List.of());
        assertThat(rig.closed).containsExactly(1, 2);
        rig.finish(A);
        assertThat(rig.closed).containsExactly(0, 1, 2);
        assertLeft(ExitCode.SUCCEEDED, "");
    }

    @Test
    void drainingFinishesWhatIsComputedAndHandsBackWhatWaits() {
        rig.deliver(A, B, C);
        rig.drain();
        assertThat(rig.answers(C)).containsExactly(stops());
        assertThat(rig.cancelled).isEmpty();
        rig.finish(A);
        assertThat(rig.polling).isEmpty();
        assertThat(rig.exit).isNull();
        rig.finish(B);
        assertThat(rig.answers(A)).singleElement().isInstanceOf(Done.class);
        assertThat(rig.answers(B)).singleElement().isInstanceOf(Done.class);
        assertLeft(ExitCode.SUCCEEDED, "");
    }

    @Test
    void drainingHandsBackInTimeWhatIsNotDone() {
        rig.deliver(A, B, C);
        rig.drain();
        rig.pass(Duration.ofMillis(7_999));
        assertThat(rig.isAccepted(A)).as("claimed on the way").isTrue();
        assertThat(rig.answers(A)).isEmpty();
        rig.pass(Duration.ofMillis(1));
        assertThat(rig.answers(A)).containsExactly(stops());
        assertThat(rig.answers(B)).containsExactly(stops());
        assertThat(rig.cancelled).hasSize(2);
        assertLeft(ExitCode.SUCCEEDED, "");
    }

    @Test
    void workerLeavesInTimeAlsoWhenNothingCanBeWritten() {
        rig.deliver(A, B, C);
        rig.holdsResults = true;
        rig.holdsHeartbeats = true;
        rig.drain();
        rig.pass(Duration.ofMillis(9_999));
        assertThat(rig.exit).isNull();
        rig.pass(Duration.ofMillis(1));
        assertLeft(ExitCode.SUCCEEDED, "");
        assertThat(rig.accepted).isEmpty();
    }

    @Test
    void nothingFollowsTheExit() {
        rig.deliver(A);
        rig.drain();
        rig.pass(Duration.ofSeconds(10));
        assertThat(rig.exit).isNotNull();
        rig.finish(A);
        rig.deliver(1, 1, B);
        rig.end(DeskRig.JOB);
        rig.pass(Duration.ofMinutes(1));
        assertThat(rig.answers(B)).isEmpty();
    }

    @Test
    void kernelThatStopsInTimeLeavesTheWorkerAtWork() {
        rig.deliver(A);
        rig.end(DeskRig.JOB);
        rig.pass(Desk.STOP_WITHIN.minusMillis(1));
        rig.finish(A);
        rig.pass(Duration.ofSeconds(10));
        assertThat(rig.exit).isNull();
        assertThat(rig.desk.ready()).isTrue();
    }

    @Test
    void kernelThatDoesNotStopTakesTheWorkerWithItAndTheOthersAreHandedBack() {
        var other = task("other", 5, 1, false, Duration.ofDays(1));
        var third = task("other", 6, 1, false, Duration.ofDays(1));
        rig.deliver(A, other);
        rig.end(DeskRig.JOB);
        rig.pass(Duration.ofSeconds(2));
        rig.deliver(third);
        rig.pass(Duration.ofSeconds(3));
        assertThat(rig.answers(other)).containsExactly(stops());
        assertThat(rig.answers(third)).containsExactly(stops());
        assertThat(rig.beats).anySatisfy(beat -> {
            assertThat(beat.state()).isEqualTo(State.DRAINING);
            assertThat(beat.trouble()).contains("job [1, 2) emission 1").contains("does not stop within 5 s");
        });
        List.copyOf(rig.polling).forEach(lane -> rig.deliver(lane, List.of()));
        assertLeft(
                ExitCode.STUCK,
                "task job [1, 2) emission 1 does not stop within 5 s: the worker leaves, to be started again");
    }

    @Test
    void kernelThatDoesNotHeedItsLimitTakesTheWorkerWithItAfterItsAnswer() {
        var limited = task(DeskRig.JOB, 7, 1, false, Duration.ofSeconds(1));
        rig.deliver(limited);
        rig.pass(Duration.ofSeconds(1));
        assertThat(rig.isAccepted(limited)).isTrue();
        rig.pass(Duration.ofMillis(4_999));
        assertThat(rig.desk.ready()).isTrue();
        rig.pass(Duration.ofMillis(1));
        assertThat(rig.desk.ready()).isFalse();
        rig.pass(Desk.HAND_BACK_WITHIN);
        assertThat(Objects.requireNonNull(rig.exit).code()).isEqualTo(ExitCode.STUCK);
    }

    @Test
    void drainingDoesNotWaitForAKernelWhoseTaskIsAnswered() {
        rig.deliver(D);
        rig.end(DeskRig.JOB);
        rig.pass(Duration.ofSeconds(4));
        rig.drain();
        rig.deliver(1, List.of());
        rig.deliver(2, List.of());
        // Its result is written, so nothing keeps the worker: the kernel goes down with the process.
        List.copyOf(rig.polling).forEach(lane -> rig.deliver(lane, List.of()));
        assertLeft(ExitCode.SUCCEEDED, "");
    }

    private void assertLeft(ExitCode code, String reason) {
        assertThat(rig.exit).isEqualTo(new Action.Exit(code, reason));
    }

    private static HandedBack stops() {
        return new HandedBack(HandBackReason.DRAINING, "the worker stops");
    }
}

package millrace.worker;

import static millrace.worker.DeskRig.task;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import millrace.proto.Heartbeat.State;
import millrace.proto.Result.Failed;
import millrace.proto.Result.FailureKind;
import millrace.proto.Task;
import org.junit.jupiter.api.Test;

/// What a worker does when Kafka does not do its part, and what it says of it.
class DeskTroubleTest {
    private static final Task A = task(1);
    private static final Task B = task(2);
    private static final Task C = task(3);

    private DeskRig rig = DeskRig.working(2);

    @Test
    void workerIsReadyOnceALaneHasJoined() {
        rig = new DeskRig(WorkerConfig.forCores(2));
        rig.tick();
        assertThat(rig.lastBeat().state()).isEqualTo(State.STARTING);
        assertThat(rig.lastBeat().lanes()).isZero();
        assertThat(rig.desk.ready()).isFalse();
        rig.open(1);
        assertThat(rig.desk.ready()).isFalse();
        rig.carryOut(rig.desk.joined(rig.now, 1));
        assertThat(rig.desk.ready()).isTrue();
        assertThat(rig.lastBeat().state()).isEqualTo(State.RUNNING);
        assertThat(rig.lastBeat().lanes()).isEqualTo(1);
        assertThat(rig.lastBeat().holds()).isEqualTo(1);
    }

    @Test
    void heartbeatComesEverySecondWithWhatIsInHand() {
        rig.deliver(A);
        var before = rig.beats.size();
        rig.pass(Duration.ofSeconds(3));
        assertThat(rig.beats).hasSize(before + 3);
        assertThat(rig.listed(A)).hasValueSatisfying(holding -> {
            assertThat(holding.claimed()).isFalse();
            assertThat(holding.computing()).isTrue();
        });
        assertThat(rig.lastBeat().offers()).hasSize(2);
        rig.finish(A);
        rig.pass(Duration.ofSeconds(1));
        assertThat(rig.lastBeat().holdings()).isEmpty();
        assertThat(rig.lastBeat().tasks()).isEqualTo(1);
        assertThat(rig.lastBeat().cpuNanos()).isEqualTo(1_000);
        assertThat(rig.lastBeat().itemsPerSecond()).isGreaterThan(0);
    }

    @Test
    void slowHeartbeatIsNotOvertaken() {
        rig.holdsHeartbeats = true;
        rig.pass(Duration.ofMinutes(1));
        assertThat(rig.beating).hasSize(1);
        rig.writeHeartbeat();
        assertThat(rig.beating).as("the next one is long due").hasSize(1);
    }

    @Test
    void resultThatCannotBeWrittenStopsTheTakingAndIsTriedAgain() {
        rig.holdsResults = true;
        rig.deliver(A, B);
        rig.finish(A);
        rig.failResult("TopicAuthorizationException: not allowed");
        assertThat(rig.desk.ready()).isFalse();
        assertThat(rig.desk.trouble()).isEqualTo("cannot write results: TopicAuthorizationException: not allowed");
        rig.deliver(rig.polling.first(), List.of());
        assertThat(rig.polling).isEmpty();
        assertThat(rig.opening).as("its consumer would take tasks by itself").hasSize(1);
        rig.open(rig.opening.first());
        assertThat(rig.polling).isEmpty();
        assertThat(rig.publishing).isEmpty();
        rig.pass(Desk.PUBLISH_AGAIN_AFTER);
        assertThat(rig.publishing).hasSize(1);
        assertThat(rig.isAccepted(A)).isFalse();
        assertThat(rig.listed(A)).as("others may have it").isEmpty();
        assertThat(rig.listed(B)).as("is claimed as ever").isPresent();
        rig.writeResult();
        assertThat(rig.isAccepted(A)).isTrue();
        assertThat(rig.desk.ready()).isTrue();
        assertThat(rig.polling).isNotEmpty();
    }

    @Test
    void claimedTaskWhoseResultCannotBeWrittenIsListedNoMore() {
        rig.holdsResults = true;
        rig.deliver(A);
        rig.pass(Desk.CLAIM_AFTER);
        assertThat(rig.listed(A)).isPresent();
        rig.finish(A);
        rig.failResult("no right to");
        rig.pass(Duration.ofSeconds(1));
        assertThat(rig.listed(A)).isEmpty();
    }

    @Test
    void resultThatIsTooLargeForTheTopicFailsItsTask() {
        rig.holdsResults = true;
        rig.deliver(A);
        rig.finish(A);
        rig.carryOut(rig.desk.tooLarge(rig.now, rig.publishing.remove().ticket(), "2000000 bytes, allowed 1000000"));
        rig.writeResult();
        assertThat(rig.answers(A))
                .containsExactly(new Failed(FailureKind.TOO_LARGE, "2000000 bytes, allowed 1000000", ""));
        assertThat(rig.isAccepted(A)).isTrue();
    }

    @Test
    void workerWithoutHeartbeatsTakesNothing() {
        rig.holdsHeartbeats = true;
        rig.pass(Duration.ofSeconds(1));
        rig.failHeartbeat("no right to");
        assertThat(rig.desk.trouble()).isEqualTo("cannot write heartbeats: no right to");
        rig.deliver(0, List.of());
        assertThat(rig.polling).doesNotContain(0);
        assertThat(rig.opening).as("its consumer would take tasks by itself").containsExactly(0);
        rig.open(0);
        assertThat(rig.polling).doesNotContain(0);
        rig.pass(Duration.ofSeconds(1));
        rig.writeHeartbeat();
        assertThat(rig.desk.ready()).isTrue();
        assertThat(rig.polling).contains(0);
    }

    @Test
    void lostLaneIsOpenedAgainWithGrowingPatience() {
        var pauses = List.of(1, 2, 4, 8, 16, 30, 30);
        for (var seconds : pauses) {
            rig.lose(0, Desk.Loss.FAILED, "broken");
            rig.pass(Duration.ofSeconds(seconds).minusMillis(1));
            assertThat(rig.opening).isEmpty();
            rig.pass(Duration.ofMillis(1));
            assertThat(rig.opening).containsExactly(0);
        }
        rig.join(0);
        rig.lose(0, Desk.Loss.FAILED, "broken");
        rig.pass(Duration.ofSeconds(1));
        assertThat(rig.opening).as("patience starts anew after a success").containsExactly(0);
        assertThat(rig.desk.ready()).as("the others work").isTrue();
    }

    @Test
    void workerWhoseLanesAreAllLostSaysWhy() {
        for (var lane = 0; lane < 3; lane++) {
            rig.lose(lane, Desk.Loss.FAILED, "not allowed to take tasks");
        }
        assertThat(rig.desk.ready()).isFalse();
        assertThat(rig.lastBeat().trouble()).isEqualTo("not allowed to take tasks");
        rig.pass(Duration.ofSeconds(1));
        rig.join(1);
        assertThat(rig.desk.trouble()).isEmpty();
    }

    @Test
    void laneWithoutRoomWaitsLongWhileOthersHaveRoom() {
        rig.lose(2, Desk.Loss.NO_ROOM, "full");
        assertThat(rig.desk.ready()).isTrue();
        assertThat(rig.lastBeat().lanes()).isEqualTo(2);
        rig.pass(Desk.LOOK_FOR_ROOM_EVERY.minusMillis(1));
        assertThat(rig.opening).isEmpty();
        rig.pass(Duration.ofMillis(1));
        assertThat(rig.opening).containsExactly(2);
    }

    @Test
    void workerWithoutAnyRoomSaysSoAndLooksAgainSoon() {
        rig = new DeskRig(WorkerConfig.forCores(1));
        rig.tick();
        rig.lose(0, Desk.Loss.NO_ROOM, "full");
        rig.lose(1, Desk.Loss.NO_ROOM, "full");
        assertThat(rig.desk.trouble()).isEqualTo("full");
        rig.pass(Duration.ofSeconds(1));
        assertThat(rig.opening).containsExactly(0, 1);
    }

    @Test
    void lostLanesWaitingTaskIsLeftToOthersAndItsComputedOneIsFinished() {
        rig.deliver(0, 1, A);
        rig.deliver(1, 1, B);
        rig.deliver(2, 1, C);
        rig.lose(2, Desk.Loss.FAILED, "broken");
        rig.lose(0, Desk.Loss.FAILED, "broken");
        rig.finish(B);
        assertThat(rig.isComputing(C)).isFalse();
        rig.finish(A);
        assertThat(rig.answers(A)).hasSize(1);
        assertThat(rig.isAccepted(A)).isFalse();
        rig.deliver(1, 2, A);
        assertThat(rig.isComputing(A)).as("it is forgotten once it is written").isTrue();
    }

    @Test
    void workerThatCannotFollowEndingsIsNotReadyButWorks() {
        rig.carryOut(rig.desk.followsEndings(rig.now, "cannot follow the endings of jobs"));
        assertThat(rig.desk.ready()).isFalse();
        assertThat(rig.lastBeat().trouble()).isEqualTo("cannot follow the endings of jobs");
        rig.deliver(A);
        assertThat(rig.isComputing(A)).isTrue();
        rig.carryOut(rig.desk.followsEndings(rig.now, ""));
        assertThat(rig.desk.ready()).isTrue();
    }
}

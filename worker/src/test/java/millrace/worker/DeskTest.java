package millrace.worker;

import static millrace.worker.DeskRig.alone;
import static millrace.worker.DeskRig.task;
import static millrace.worker.DeskRig.urgent;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.List;
import millrace.proto.Computation;
import millrace.proto.Heartbeat;
import millrace.proto.Result;
import millrace.proto.Result.Done;
import millrace.proto.Result.Failed;
import millrace.proto.Result.FailureKind;
import millrace.proto.Result.HandBackReason;
import millrace.proto.Result.HandedBack;
import millrace.proto.Task;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What becomes of a task that is delivered.
class DeskTest {
    private static final Task A = task(1);
    private static final Task B = task(2);
    private static final Task C = task(3);

    private DeskRig rig = DeskRig.working(2);

    @Test
    void allLanesPollAtFirst() {
        assertThat(rig.polling).containsExactly(0, 1, 2);
    }

    @Test
    void taskIsAcceptedOnlyWhenItsResultIsWritten() {
        rig.holdsResults = true;
        rig.deliver(0, 1, A);
        rig.finish(A);
        assertThat(rig.isAccepted(A)).isFalse();
        assertThat(rig.polling).doesNotContain(0);
        rig.writeResult();
        assertThat(rig.isAccepted(A)).isTrue();
        assertThat(rig.polling).contains(0);
        assertThat(rig.answers(A)).containsExactly(new Done(ByteString.copyFromUtf8("value")));
    }

    @Test
    void resultSaysWhoAnsweredWhichDeliveryAndWhatItCost() {
        rig.deliver(0, 1, A);
        rig.deliver(1, 1, B);
        rig.deliver(2, 2, C);
        rig.pass(Duration.ofMillis(30));
        rig.finish(A);
        rig.pass(Duration.ofMillis(20));
        rig.finish(C);
        var result = rig.written.getLast();
        assertThat(result.worker()).isEqualTo("worker-1");
        assertThat(result.delivery()).isEqualTo(2);
        assertThat(result.cost())
                .isEqualTo(new Result.Cost(1_000, 2_000, Duration.ofMillis(30).toNanos(), 3));
    }

    @Test
    void oneUrgentTaskIsComputedBesideThoseOnTheCores() {
        rig = DeskRig.working(new WorkerConfig(4, 6, 1, 1, Duration.ofSeconds(10), Long.MAX_VALUE));
        var urgent = urgent(task(5));
        var another = urgent(task(6));
        rig.deliver(A, B, C, task(4), urgent, another);
        assertThat(rig.computing).hasSize(5);
        assertThat(rig.isComputing(urgent)).isTrue();
        rig.finish(A);
        assertThat(rig.isComputing(another)).as("beside another urgent one").isFalse();
        rig.finish(urgent);
        assertThat(rig.isComputing(another)).as("on a core").isTrue();
        var third = urgent(task(7));
        rig.deliver(third);
        assertThat(rig.isComputing(third)).isFalse();
        rig.finish(another);
        assertThat(rig.isComputing(third)).isTrue();
    }

    @Test
    void anUrgentTaskThatIsNoLongerWantedLeavesItsPlaceToTheNext() {
        rig = DeskRig.working(new WorkerConfig(1, 3, 1, 3, Duration.ofSeconds(10), Long.MAX_VALUE));
        var first = urgent(task("first", 5, 1, false, Duration.ofDays(1)));
        var unwanted = urgent(task("unwanted", 6, 1, false, Duration.ofDays(1)));
        var next = urgent(task("next", 7, 1, false, Duration.ofDays(1)));
        rig.deliver(0, 1, first);
        rig.deliver(1, 1, unwanted);
        assertThat(rig.isComputing(first)).isTrue();
        assertThat(rig.isComputing(unwanted)).isFalse();
        rig.end("unwanted");
        rig.finish(first);
        rig.deliver(A);
        assertThat(rig.isComputing(A)).isTrue();
        rig.deliver(next);
        assertThat(rig.isComputing(next)).isTrue();
    }

    @Test
    void anUrgentTaskTakesAFreeCoreInItsTurn() {
        var urgent = urgent(B);
        rig.deliver(A, urgent, C);
        assertThat(rig.isComputing(A) && rig.isComputing(urgent)).isTrue();
        assertThat(rig.isComputing(C)).isFalse();
        rig.finish(A);
        assertThat(rig.isComputing(C)).isTrue();
    }

    @Test
    void tasksWaitForACoreInTheirOrder() {
        rig.deliver(A, B, C);
        assertThat(rig.isComputing(A) && rig.isComputing(B)).isTrue();
        assertThat(rig.isComputing(C)).isFalse();
        rig.finish(B);
        assertThat(rig.isComputing(C)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 6, 16, 64, 1024})
    void inHandAreAtMostOneAndAHalfTimesAsManyTasksAsCores(int cores) {
        rig = DeskRig.working(cores);
        var records = rig.config.laneRecords();
        var taken = 0;
        while (!rig.polling.isEmpty()) {
            var tasks = new Task[records];
            for (var i = 0; i < records; i++) {
                tasks[i] = task(taken++);
            }
            rig.deliver(rig.polling.first(), 1, tasks);
        }
        assertThat(rig.computing).hasSize(cores);
        assertThat(taken).isGreaterThan(cores).isLessThanOrEqualTo((3 * cores + 1) / 2);
    }

    @Test
    void lanesThatMayTakeMoreThanUsualPollSideBySide() {
        rig = DeskRig.working(new WorkerConfig(2, 3, 50, Duration.ofSeconds(10)));
        assertThat(rig.polling).hasSize(3);
    }

    @Test
    void foreignRecordIsRejectedAndTheLaneGoesOn() {
        rig.deliver(1, List.of(new Delivery.Foreign(1, 7)));
        assertThat(rig.rejected).isEqualTo(1);
        assertThat(rig.desk.foreign()).isEqualTo(1);
        assertThat(rig.polling).contains(1);
        assertThat(rig.written).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "other, 1, UNKNOWN_KERNEL, 'kernel other is not here, known: count'",
        "count, 2, UNKNOWN_VERSION, 'kernel count is here in version [1, 3], asked for is 2'"
    })
    void unknownKernelIsHandedBack(String kernel, int version, HandBackReason reason, String detail) {
        var computation =
                new Computation(kernel, version, Computation.of(new Count(9)).parameters(), 9);
        var task = with(computation, 0, 1);
        rig.deliver(task);
        assertThat(rig.answers(task)).containsExactly(new HandedBack(reason, detail));
        assertThat(rig.isAccepted(task)).isTrue();
        assertThat(rig.computing).isEmpty();
    }

    @Test
    void anotherVersionOfAKernelIsComputedBesideIt() {
        var computation = Computation.of(new Count(9));
        var newer = with(new Computation("count", 3, computation.parameters(), 9), 0, 1);
        rig.deliver(newer);
        assertThat(rig.isComputing(newer)).isTrue();
    }

    @Test
    void parametersThatTheKernelRefusesFailTheTask() {
        var computation = Computation.of(new Count(9));
        var wrongItems = with(new Computation("count", 1, computation.parameters(), 10), 0, 1);
        var outside = with(computation, 9, 10);
        var noComputation = new Task(
                "job",
                A.digest(),
                0,
                ByteString.copyFromUtf8("no computation"),
                20,
                21,
                1,
                1,
                false,
                false,
                false,
                Duration.ofSeconds(1));
        rig.deliver(wrongItems);
        rig.deliver(outside);
        rig.deliver(noComputation);
        assertThat(rig.written)
                .extracting(Result::answer)
                .containsExactly(
                        new Failed(
                                FailureKind.BAD_PARAMETERS,
                                "kernel count@1 has 9 items for these parameters, the task says 10",
                                ""),
                        new Failed(
                                FailureKind.BAD_PARAMETERS,
                                "items [9, 10) of count@1, which has 9 for these parameters",
                                ""),
                        new Failed(FailureKind.BAD_PARAMETERS, "the computation is not protobuf", ""));
        assertThat(rig.polling).containsExactly(0, 1, 2);
    }

    @Test
    void thirdDeliveryIsHandedBackAsASuspect() {
        rig.deliver(0, 2, A);
        rig.deliver(1, 3, B);
        assertThat(rig.isComputing(A)).isTrue();
        assertThat(rig.isComputing(B)).isFalse();
        assertThat(rig.answers(B))
                .containsExactly(new HandedBack(HandBackReason.SUSPECT, "delivered 3 times: workers died holding it"));
    }

    @Test
    void taskThatIsInHandAndComesAgainIsComputedOnceAndAcceptedForBoth() {
        rig.deliver(0, 1, A);
        rig.deliver(1, 3, A);
        assertThat(rig.computing).hasSize(1);
        assertThat(rig.written).isEmpty();
        rig.finish(A);
        assertThat(rig.written).hasSize(1);
        assertThat(rig.written.getFirst().delivery()).isEqualTo(3);
        assertThat(rig.accepted).hasSize(2);
        assertThat(rig.polling).containsExactly(0, 1, 2);
    }

    // ---- alone

    @Test
    void aloneTaskWaitsForTheOthersAndThoseThatWaitMakeRoom() {
        var lonely = alone(4);
        rig = DeskRig.working(new WorkerConfig(4, 3, 2, Duration.ofSeconds(10)));
        rig.deliver(0, 1, A, B);
        rig.deliver(1, 1, lonely);
        rig.deliver(2, List.of());
        assertThat(rig.computing).hasSize(2);
        rig.finish(A);
        assertThat(rig.isComputing(lonely)).isFalse();
        rig.finish(B);
        assertThat(rig.isComputing(lonely)).isTrue();
        assertThat(rig.polling).as("its consumer fetches anyway").containsExactly(2);
        rig.deliver(2, 1, C);
        assertThat(reasons(C)).as("nothing is taken meanwhile").containsExactly(HandBackReason.BUSY);
        assertThat(rig.polling).isEmpty();
        rig.finish(lonely);
        assertThat(rig.polling).isNotEmpty();
    }

    @Test
    void whatWaitsAndWhatComesInMakesRoomForATaskThatMustBeAlone() {
        var lonely = alone(4);
        var second = alone(5);
        rig = DeskRig.working(new WorkerConfig(4, 3, 2, Duration.ofSeconds(10)));
        rig.deliver(0, 1, lonely, A);
        assertThat(rig.isComputing(lonely)).isTrue();
        assertThat(reasons(A)).containsExactly(HandBackReason.BUSY);
        rig.deliver(1, 1, second, B);
        assertThat(reasons(second)).containsExactly(HandBackReason.BUSY);
        assertThat(reasons(B)).containsExactly(HandBackReason.BUSY);
        assertThat(rig.computing).hasSize(1);
    }

    @Test
    void fourthDeliveryOfATaskThatWasAloneBlamesIt() {
        var third = alone(1);
        var fourth = alone(2);
        rig.deliver(0, 4, fourth);
        rig.deliver(1, 3, third);
        assertThat(rig.isComputing(third)).isTrue();
        assertThat(rig.answers(fourth)).singleElement().isInstanceOfSatisfying(Failed.class, failed -> {
            assertThat(failed.kind()).isEqualTo(FailureKind.CRASHED);
            assertThat(failed.message()).contains("delivered 4 times");
        });
    }

    @Test
    void longAloneTaskIsClaimedWhileItWaits() {
        var lonely = alone(4);
        rig.deliver(0, 1, A);
        rig.deliver(1, 1, lonely);
        rig.pass(Desk.CLAIM_AFTER);
        assertThat(rig.isAccepted(lonely)).isTrue();
        assertThat(rig.listed(lonely)).hasValueSatisfying(holding -> {
            assertThat(holding.claimed()).isTrue();
            assertThat(holding.computing()).isFalse();
        });
        rig.finish(A);
        assertThat(rig.isComputing(lonely)).isTrue();
    }

    // ---- claims

    @Test
    void longTaskIsClaimedByAHeartbeatAndThenAccepted() {
        rig.deliver(0, 1, A);
        rig.holdsHeartbeats = true;
        rig.pass(Desk.CLAIM_AFTER.minusMillis(1));
        while (!rig.beating.isEmpty()) {
            rig.writeHeartbeat();
        }
        assertThat(rig.isAccepted(A)).isFalse();
        rig.pass(Duration.ofMillis(1));
        assertThat(rig.beating).as("at once").hasSize(1);
        assertThat(rig.isAccepted(A)).isFalse();
        rig.writeHeartbeat();
        assertThat(rig.isAccepted(A)).isTrue();
        assertThat(rig.listed(A)).hasValueSatisfying(holding -> {
            assertThat(holding.claimed()).isTrue();
            assertThat(holding.computing()).isTrue();
            assertThat(holding.heldMillis()).isEqualTo(5_000);
        });
        rig.deliver(1, List.of());
        rig.deliver(2, List.of());
        assertThat(rig.polling)
                .as("its lane is free, and waited longest for its turn; the others fetch anyway")
                .containsExactly(0, 1, 2);
        rig.deliver(0, 1, B);
        rig.deliver(1, 1, C);
        assertThat(rig.isComputing(B)).isTrue();
        assertThat(reasons(C)).containsExactly(HandBackReason.BUSY);
    }

    @Test
    void claimThatCouldNotBeWrittenIsListedAgain() {
        rig.deliver(0, 1, A);
        rig.holdsHeartbeats = true;
        rig.pass(Desk.CLAIM_AFTER);
        while (rig.beating.getFirst().holdings().stream().noneMatch(Heartbeat.Holding::claimed)) {
            rig.writeHeartbeat();
        }
        rig.failHeartbeat("no right to");
        assertThat(rig.isAccepted(A)).isFalse();
        rig.pass(Duration.ofSeconds(1));
        rig.writeHeartbeat();
        assertThat(rig.isAccepted(A)).isTrue();
    }

    @Test
    void claimStaysListedUntilItsResultIsWritten() {
        rig.deliver(0, 1, A);
        rig.pass(Duration.ofMinutes(4));
        assertThat(rig.listed(A)).isPresent();
        rig.holdsResults = true;
        rig.finish(A);
        rig.pass(Duration.ofSeconds(2));
        assertThat(rig.listed(A)).isPresent();
        rig.writeResult();
        rig.pass(Duration.ofSeconds(1));
        assertThat(rig.listed(A)).isEmpty();
        assertThat(rig.accepted).hasSize(1);
    }

    @Test
    void whileATaskIsClaimedNoMoreAreTakenThanCoresAreFree() {
        rig.deliver(0, 1, A);
        rig.pass(Desk.CLAIM_AFTER);
        // The lanes that polled before go on; whatever they bring counts.
        rig.deliver(1, 1, B);
        rig.deliver(2, 1, C);
        assertThat(rig.polling).isEmpty();
        rig.finish(B);
        assertThat(rig.polling).as("C has its core now, none is free").isEmpty();
        rig.finish(C);
        assertThat(rig.polling).hasSize(1);
    }

    // The third lane is polled, because its consumer fetches anyway.
    private void takeBothCoresForLong() {
        rig.deliver(0, 1, A);
        rig.deliver(1, 1, B);
        rig.deliver(2, List.of());
        rig.pass(Desk.CLAIM_AFTER);
        rig.deliver(2, List.of());
    }

    @Test
    void laneThatFetchesAnywayIsPolledOnAndWhatItBringsIsHandedBackAtOnce() {
        takeBothCoresForLong();
        assertThat(rig.polling).as("both cores are taken for long").containsExactly(2);
        rig.deliver(2, 1, C);
        assertThat(reasons(C)).containsExactly(HandBackReason.BUSY);
        assertThat(rig.isAccepted(C)).isTrue();
        assertThat(rig.polling).as("it has got something, and fetches no more").isEmpty();
    }

    @Test
    void taskThatCameUnaskedIsComputedWhereItNeedNotWait() {
        takeBothCoresForLong();
        rig.finish(B);
        rig.deliver(2, 1, C);
        assertThat(rig.isComputing(C)).isTrue();
    }

    @Test
    void whatComesUnaskedMayWaitWhereThereIsRoomForIt() {
        rig = DeskRig.working(4);
        rig.deliver(0, List.of());
        assertThat(rig.polling).as("more than may bring what is wanted").hasSize(4);
        rig.deliver(1, 1, task(1), task(2));
        rig.deliver(2, 1, task(3), task(4));
        rig.deliver(0, 1, task(5), task(6));
        assertThat(rig.computing).hasSize(4);
        assertThat(rig.desk.inHand()).isEqualTo(6);
        assertThat(rig.written).as("nothing is handed back").isEmpty();
    }

    @Test
    void urgentTaskThatCameUnaskedIsComputedBesideTheOthers() {
        takeBothCoresForLong();
        rig.deliver(2, 1, urgent(C));
        assertThat(rig.isComputing(C)).isTrue();
    }

    @Test
    void taskThatMustBeAloneAndCameUnaskedMakesNobodyWait() {
        takeBothCoresForLong();
        var last = alone(9);
        rig.deliver(2, 1, last);
        assertThat(reasons(last)).containsExactly(HandBackReason.BUSY);
        rig.finish(B);
        rig.deliver(C);
        assertThat(rig.isComputing(C)).isTrue();
    }

    @Test
    void taskThatFindsNoCoreInTimeIsHandedBack() {
        rig.deliver(A, B, C);
        rig.pass(Desk.CLAIM_AFTER);
        assertThat(reasons(C)).containsExactly(HandBackReason.BUSY);
        assertThat(rig.isAccepted(A) && rig.isAccepted(B) && rig.isAccepted(C)).isTrue();
        assertThat(rig.polling).isEmpty();
    }

    // ---- ended jobs, limits

    @Test
    void tasksOfAnEndedJobStop() {
        var other = task("other", 9, 1, false, Duration.ofDays(1));
        rig.deliver(A, other, B);
        rig.end(DeskRig.JOB);
        assertThat(rig.cancelled).hasSize(1);
        assertThat(reasons(A)).containsExactly(HandBackReason.ENDED);
        assertThat(reasons(B)).containsExactly(HandBackReason.ENDED);
        assertThat(rig.isComputing(other)).isTrue();
        rig.finish(A, new Failed(FailureKind.EXCEPTION, "cancelled", ""));
        assertThat(rig.answers(A)).as("one answer only").hasSize(1);
        rig.deliver(C);
        assertThat(reasons(C)).containsExactly(HandBackReason.ENDED);
    }

    @Test
    void jobOfTheSameIdWithAnotherSpecGoesOn() {
        rig.deliver(A);
        rig.carryOut(rig.desk.ended(rig.now, DeskRig.JOB, DeskRig.spec("other").digest()));
        assertThat(rig.isComputing(A)).isTrue();
        assertThat(rig.cancelled).isEmpty();
    }

    @Test
    void taskPastItsLimitFailsAndKeepsItsCoreUntilItStops() {
        var limited = task(DeskRig.JOB, 7, 1, false, Duration.ofSeconds(2));
        rig = DeskRig.working(1);
        rig.deliver(limited);
        rig.deliver(A);
        rig.pass(Duration.ofSeconds(2).minusMillis(1));
        assertThat(rig.written).isEmpty();
        rig.pass(Duration.ofMillis(1));
        assertThat(rig.answers(limited))
                .containsExactly(new Failed(FailureKind.TIMEOUT, "not done within its limit of 2000 ms", ""));
        assertThat(rig.cancelled).hasSize(1);
        assertThat(rig.isComputing(A)).isFalse();
        rig.finish(limited);
        assertThat(rig.answers(limited)).hasSize(1);
        assertThat(rig.isComputing(A)).isTrue();
    }

    @Test
    void waitingForACoreDoesNotCountAgainstTheLimit() {
        var limited = task(DeskRig.JOB, 7, 1, false, Duration.ofSeconds(2));
        rig = DeskRig.working(1);
        rig.deliver(A);
        rig.deliver(limited);
        rig.pass(Duration.ofSeconds(3));
        rig.finish(A);
        rig.pass(Duration.ofSeconds(1));
        rig.finish(limited);
        assertThat(rig.answers(limited)).singleElement().isInstanceOf(Done.class);
    }

    private List<HandBackReason> reasons(Task task) {
        return rig.answers(task).stream()
                .map(answer -> ((HandedBack) answer).reason())
                .toList();
    }

    private static Task with(Computation computation, long first, long end) {
        return new Task(
                "job",
                A.digest(),
                0,
                computation.bytes(),
                first,
                end,
                1,
                1,
                false,
                false,
                false,
                Duration.ofSeconds(60));
    }
}

package millrace.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.TreeMap;
import millrace.proto.Computation;
import millrace.proto.Heartbeat;
import millrace.proto.JobOrder;
import millrace.proto.JobSpec;
import millrace.proto.Join;
import millrace.proto.Policy;
import millrace.proto.Ranges;
import millrace.proto.Result;
import millrace.proto.Task;
import org.junit.jupiter.api.Test;

class FeederTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Policy TENS = Specs.POLICY.withTaskItems(10);

    // ---- cutting

    @Test
    void theWindowIsFilledAtOnceAndNotMore() {
        var stand = FeederStand.leading(2);
        stand.submit(Specs.spec("job", 1_000_000));
        // What lanes hold.
        assertThat(stand.feed()).hasSize(3);
        assertThat(stand.feed()).isEmpty();
    }

    @Test
    void aFullWindowHasRoomForTheFirstTaskOfAJobThatMattersMore() {
        var stand = FeederStand.leading(2);
        stand.submit(Specs.spec("big", 1_000_000));
        assertThat(stand.feed()).hasSize(3);
        stand.submit(Specs.spec("equal", 1_000_000));
        assertThat(stand.feed()).as("it matters no more").isEmpty();
        for (var job : List.of("urgent", "another")) {
            stand.submit(Specs.spec(job, 1_000_000, Specs.POLICY.withPriority(1)));
            assertThat(stand.feed()).extracting(Task::job).containsExactly(job);
            assertThat(stand.feed()).isEmpty();
        }
        stand.submit(Specs.spec("third", 1_000_000, Specs.POLICY.withPriority(1)));
        assertThat(stand.feed())
                .as("there is room for as many as there are cores")
                .isEmpty();
    }

    @Test
    void theFirstTaskBesideThoseOfOtherJobsIsUrgent() {
        var stand = FeederStand.leading(4);
        stand.submit(Specs.spec("big", 1_000_000, TENS.withMaxCores(2)));
        assertThat(stand.feed()).isNotEmpty().noneMatch(Task::urgent);
        stand.submit(Specs.spec("equal", 1_000_000, TENS.withMaxCores(1)));
        assertThat(stand.feed()).extracting(Task::job, Task::urgent).containsExactly(tuple("equal", true));
        stand.submit(Specs.spec("lower", 1_000_000, TENS.withPriority(-1)));
        assertThat(stand.feed())
                .filteredOn(task -> task.job().equals("lower"))
                .isNotEmpty()
                .noneMatch(Task::urgent);
    }

    @Test
    void tasksFollowEachOtherWithoutGapsOrOverlaps() {
        var stand = FeederStand.leading(2);
        stand.submit(Specs.spec("job", 1_234));
        var next = 0L;
        while (next < 1_234) {
            var tasks = stand.feed();
            for (var task : tasks) {
                assertThat(task.first()).isEqualTo(next);
                next = task.end();
            }
            stand.now += 100 * Nanos.MILLI;
            stand.beat("w1", 2);
            stand.progress("job", Ranges.of(0, next));
        }
        assertThat(next).isEqualTo(1_234);
        assertThat(stand.feed()).isEmpty();
    }

    @Test
    void aPartOfAKernelsItemsIsFedAlone() {
        var computation = new Computation(Specs.KERNEL.kernel(), 1, new TreeMap<>(), 1_000);
        var stand = FeederStand.leading(8);
        stand.submit(JobSpec.of("job", 1, computation, 500, 520, new Join.IntegerSum(1), TENS, new TreeMap<>(), ""));
        assertThat(stand.feed()).extracting(Task::range).containsExactly(range(500, 510), range(510, 520));
    }

    @Test
    void aReplayIsFedOnlyWhatItsParentLacks() {
        var computation = new Computation(Specs.KERNEL.kernel(), 1, new TreeMap<>(), 100);
        var stand = FeederStand.leading(8);
        stand.submit(
                JobSpec.of("again", 1, computation, 0, 100, new Join.IntegerSum(1), TENS, new TreeMap<>(), "parent"));
        assertThat(stand.feed()).as("nobody knows yet what its parent did").isEmpty();
        var done = Ranges.of(0, 40);
        done.add(50, 95);
        stand.progress("again", done);
        assertThat(stand.feed()).extracting(Task::range).containsExactly(range(40, 50), range(95, 100));
    }

    @Test
    void aJobOfNoItemsIsNotFed() {
        var stand = FeederStand.leading(2);
        stand.submit(Specs.spec("job", 0));
        assertThat(stand.feed()).isEmpty();
        assertThat(stand.feeder.openJobs()).isEmpty();
    }

    @Test
    void anotherSpecUnderTheIdOfAJobOfNoItemsIsNotFed() {
        var stand = FeederStand.leading(2);
        stand.submit(Specs.spec("job", 0));
        stand.submit(Specs.spec("job", 100));
        assertThat(stand.feed()).isEmpty();
    }

    @Test
    void noMoreTasksAreOutThanTheJobMayUseCores() {
        var stand = FeederStand.leading(16);
        stand.submit(Specs.spec("job", 1_000_000, Specs.POLICY.withMaxCores(3)));
        assertThat(stand.feed()).hasSize(3);
    }

    // ---- workers

    @Test
    void nothingIsFedWithoutAWorkerThatOffersTheKernel() {
        var stand = new FeederStand(2);
        stand.takeOver();
        stand.submit(Specs.spec("job", 100));
        assertThat(stand.feed()).isEmpty();
        assertThat(stand.feeder.obstacle("job")).contains("no worker is alive");

        var older = List.of(new Heartbeat.Offer("primes", 7));
        stand.feeder.heartbeat(Specs.beat("w0", 1, 4, List.of(), Heartbeat.State.RUNNING, older), stand.now);
        assertThat(stand.feed()).isEmpty();
        assertThat(stand.feeder.obstacle("job")).contains("no live worker computes primes@1: 1 worker has primes@7");

        stand.beat("w1", 2);
        assertThat(stand.feed()).isNotEmpty();
        assertThat(stand.feeder.obstacle("job")).isEmpty();
    }

    @Test
    void onlyWorkersThatOfferTheKernelWidenItsWindow() {
        var stand = FeederStand.leading(2);
        var other = List.of(new Heartbeat.Offer("other", 1));
        stand.feeder.heartbeat(Specs.beat("w2", 1, 64, List.of(), Heartbeat.State.RUNNING, other), stand.now);
        stand.submit(Specs.spec("job", 1_000_000));
        assertThat(stand.feed()).hasSize(3);
    }

    @Test
    void aSilentWorkerIsNotFedFor() {
        var stand = FeederStand.leading(2);
        stand.pass(Duration.ofSeconds(6), () -> {});
        stand.submit(Specs.spec("job", 100));
        assertThat(stand.feed()).isEmpty();
    }

    @Test
    void timeInWhichTheFeederWasFrozenIsNotHeldAgainstWorkers() {
        var stand = FeederStand.leading(2);
        stand.pass(SECOND);
        stand.now += 60 * Nanos.SECOND;
        stand.submit(Specs.spec("job", 100));
        assertThat(stand.feed()).isNotEmpty();
    }

    // ---- orders and endings

    @Test
    void anEndingEndsTheFeedingAtOnceWhateverProgressSays() {
        var stand = FeederStand.leading(2);
        stand.submit(Specs.spec("job", 1_000));
        var task = stand.feed().getFirst();
        stand.feeder.ended("job");
        stand.progress("job", new Ranges(), FeederStand.failed(task, 1));
        assertThat(stand.pass(SECOND)).isEmpty();
        assertThat(stand.feeder.outstanding()).isZero();
    }

    @Test
    void anOrderThatComesAfterItsJobsEndingIsVoid() {
        var stand = FeederStand.leading(2);
        stand.feeder.ended("job");
        stand.submit(Specs.spec("job", 1_000));
        assertThat(stand.feed()).isEmpty();
    }

    @Test
    void theFirstSpecOfAnIdWins() {
        var stand = FeederStand.leading(2);
        stand.submit(Specs.spec("job", 20, TENS));
        stand.submit(Specs.spec("job", 20, TENS));
        assertThat(stand.feeder.counts().refused()).isZero();
        stand.submit(Specs.spec("job", 30, TENS));
        assertThat(stand.feeder.counts().refused()).isEqualTo(1);
        assertThat(stand.feed()).hasSize(2);
    }

    @Test
    void aCancelFreesTheWindowBeforeTheEndingComes() {
        var stand = FeederStand.leading(2);
        stand.submit(Specs.spec("huge", 1_000_000));
        stand.feed();
        stand.submit(Specs.spec("other", 1_000));
        assertThat(stand.feed()).isEmpty();
        stand.feeder.order(new JobOrder.Cancel("huge", ""));
        assertThat(stand.feed()).hasSize(3).allMatch(task -> task.job().equals("other"));
    }

    @Test
    void aPausedJobIsFedOnlyAfterItsResume() {
        var stand = FeederStand.leading(2);
        stand.feeder.order(new JobOrder.Submit(Specs.spec("job", 1_000)));
        stand.feeder.order(new JobOrder.Pause("job"));
        assertThat(stand.pass(SECOND)).isEmpty();
        assertThat(stand.feeder.obstacle("job")).contains("the job is paused");
        stand.feeder.order(new JobOrder.Resume("job"));
        assertThat(stand.feed()).isNotEmpty();
    }

    @Test
    void progressOfAnOlderGenerationChangesNothing() {
        var stand = FeederStand.leading(2);
        stand.submit(Specs.spec("job", 100, TENS));
        var first = stand.feed();
        stand.progress("job", 5, 0, new Ranges());
        stand.progress("job", 4, 9, Ranges.of(0, 50));
        assertThat(stand.feeder.outstanding()).isEqualTo(first.size());
    }

    @Test
    void progressOutsideTheJobIsRefused() {
        var stand = FeederStand.leading(2);
        stand.submit(Specs.spec("job", 100, TENS));
        stand.feed();
        stand.progress("job", Ranges.of(0, 1_000));
        assertThat(stand.feeder.counts().refused()).isEqualTo(1);
        assertThat(stand.feeder.outstanding()).isEqualTo(3);
    }

    // ---- again

    @Test
    void aFailedTaskComesAgainWithItsBoundariesAfterAWhile() {
        var stand = FeederStand.leading(2);
        stand.submit(Specs.spec("job", 30, TENS));
        var task = stand.feed().get(1);
        stand.progress("job", new Ranges(), FeederStand.failed(task, 1));
        assertThat(stand.pass(Duration.ofMillis(150))).isEmpty();
        var again = stand.pass(Duration.ofMillis(250));
        assertThat(again).hasSize(1);
        assertThat(again.getFirst().range()).isEqualTo(task.range());
        assertThat(again.getFirst().attempt()).isEqualTo(2);
        assertThat(again.getFirst().emission()).isEqualTo(2);
        // The list still names the emission that failed: its successor is out already.
        stand.progress("job", new Ranges(), FeederStand.failed(task, 1));
        assertThat(stand.pass(SECOND)).isEmpty();
    }

    @Test
    void laterFailuresWaitLonger() {
        var stand = FeederStand.leading(2);
        stand.submit(Specs.spec("job", 30, TENS));
        var task = stand.feed().get(1);
        stand.progress("job", new Ranges(), FeederStand.failed(task, 5));
        // 250 ms x 2^4, a quarter less at least.
        assertThat(stand.pass(Duration.ofMillis(2_900))).isEmpty();
        assertThat(stand.pass(Duration.ofMillis(2_200))).hasSize(1);
    }

    @Test
    void aHandedBackTaskComesAgainAtOnceButDoesNotSpin() {
        var stand = FeederStand.leading(2);
        stand.submit(Specs.spec("job", 30, TENS));
        var task = stand.feed().get(1);
        stand.progress("job", new Ranges(), FeederStand.handedBack(task, Result.HandBackReason.DRAINING));
        var again = stand.feed();
        assertThat(again).hasSize(1);
        assertThat(again.getFirst().attempt()).isEqualTo(1);

        var emissions = 0;
        for (var second = 0; second < 10; second++) {
            stand.beat("w1", 2);
            for (var step = 0; step < 100; step++) {
                stand.progress(
                        "job",
                        new Ranges(),
                        FeederStand.handedBack(again.getFirst(), Result.HandBackReason.UNKNOWN_VERSION));
                stand.now += 10 * Nanos.MILLI;
                var tasks = stand.feed();
                again = tasks.isEmpty() ? again : tasks;
                emissions += tasks.size();
            }
        }
        assertThat(emissions).isBetween(30, 70);
    }

    @Test
    void aSuspectComesAgainAlone() {
        var stand = FeederStand.leading(2);
        stand.submit(Specs.spec("job", 30, TENS));
        var task = stand.feed().get(1);
        assertThat(task.alone()).isFalse();
        stand.progress("job", new Ranges(), FeederStand.handedBack(task, Result.HandBackReason.SUSPECT));
        assertThat(stand.feed()).singleElement().matches(Task::alone);
    }

    @Test
    void aFailedSendIsEmittedAgainUnderTheNextNumber() {
        var stand = FeederStand.leading(2);
        stand.submit(Specs.spec("job", 30, TENS));
        stand.sending = false;
        var tasks = stand.feed();
        stand.failSends();
        stand.sending = true;
        var again = stand.pass(SECOND);
        assertThat(ranges(again)).containsExactlyInAnyOrderElementsOf(ranges(tasks));
        assertThat(again).allMatch(task -> task.emission() == 2 && task.attempt() == 1);
    }

    @Test
    void onlyTheGapOfARangeThatIsPartlyDoneIsCutAnew() {
        var stand = FeederStand.leading(2);
        stand.submit(Specs.spec("job", 30, TENS));
        stand.feed();
        // [7, 13) was counted under other boundaries: [0, 10) and [10, 20) can never count.
        stand.progress("job", Ranges.of(7, 13));
        assertThat(ranges(stand.feed())).containsExactlyInAnyOrder(range(0, 7), range(13, 20));
    }

    // ---- lost

    @Test
    void aTaskWhoseResultWasNeverCountedIsLostAndComesAgain() {
        var stand = FeederStand.leading(2);
        stand.submit(Specs.spec("job", 30, TENS));
        var tasks = stand.feed();
        stand.resultsEnd = 40;
        stand.progress("job", 1, 39, Ranges.of(10, 30));
        stand.finishAll();
        // The aggregator has not yet counted to where the results ended when the task was finished.
        assertThat(stand.pass(Duration.ofSeconds(5))).isEmpty();
        stand.progress("job", 1, 40, Ranges.of(10, 30));
        var again = stand.pass(Duration.ofMillis(100));
        assertThat(again).hasSize(1);
        assertThat(again.getFirst().range()).isEqualTo(tasks.getFirst().range());
        assertThat(again.getFirst().emission()).isEqualTo(2);
        assertThat(again.getFirst().attempt()).isEqualTo(1);
        assertThat(stand.feeder.counts().lost()).isEqualTo(1);
    }

    @Test
    void aTaskInSomebodysHandsIsNotLost() {
        var stand = FeederStand.leading(2);
        stand.submit(Specs.spec("job", 10, TENS));
        var task = stand.feed().getFirst();
        stand.finishAll();
        assertThat(stand.pass(Duration.ofSeconds(60), () -> {
                    stand.beat("w1", 2, FeederStand.holding(task));
                    stand.progress("job", new Ranges());
                }))
                .isEmpty();
        // It lists the task no longer, and no result has come.
        assertThat(stand.pass(Duration.ofSeconds(1))).hasSize(1);
    }

    @Test
    void aTaskInTheHandsOfAWorkerThatFallsSilentIsLost() {
        var stand = FeederStand.leading(2);
        stand.submit(Specs.spec("job", 10, TENS));
        var task = stand.feed().getFirst();
        stand.finishAll();
        stand.beat("w2", 2, FeederStand.holding(task));
        assertThat(stand.pass(Duration.ofMillis(4_900))).isEmpty();
        assertThat(stand.pass(Duration.ofMillis(300))).singleElement().matches(again -> again.emission() == 2);
    }

    @Test
    void nothingIsLostWhileNobodyIsHeard() {
        var stand = FeederStand.leading(2);
        stand.submit(Specs.spec("job", 10, TENS));
        var task = stand.feed().getFirst();
        stand.finishAll();
        stand.beat("w1", 2, FeederStand.holding(task));
        // The broker was away: workers could not tell.
        stand.pass(Duration.ofSeconds(30), () -> {});
        stand.beat("w2", 2);
        assertThat(stand.pass(SECOND, () -> stand.beat("w2", 2))).isEmpty();
        stand.beat("w1", 2, FeederStand.holding(task));
        assertThat(stand.pass(Duration.ofSeconds(4), () -> stand.beat("w2", 2))).isEmpty();
        assertThat(stand.feeder.counts().lost()).isZero();
    }

    @Test
    void nothingIsLostWhileTheEndOfTheResultsIsNotKnown() {
        var stand = FeederStand.leading(2);
        stand.submit(Specs.spec("job", 10, TENS));
        stand.feed();
        stand.finishAll();
        stand.answering = false;
        assertThat(stand.pass(Duration.ofSeconds(10))).isEmpty();
        stand.answering = true;
        assertThat(stand.pass(Duration.ofSeconds(3))).hasSize(1);
    }

    @Test
    void anAggregatorThatIsSilentCausesNoRepetitions() {
        var stand = FeederStand.leading(2);
        var policy = Specs.POLICY.withTaskItems(100).withTaskTime(Duration.ofMillis(200));
        stand.submit(Specs.spec("job", 1_000_000, policy));
        var seen = new HashSet<>(ranges(stand.feed()));
        stand.resultsEnd = 1_000;
        for (var second = 0; second < 30; second++) {
            stand.finishAll();
            for (var task : stand.pass(SECOND)) {
                assertThat(seen.add(task.range())).as("%s is new", task).isTrue();
            }
        }
        // The fleet goes on meanwhile, for thirty seconds of its own time: two cores, tasks of 200 ms.
        assertThat(seen.size()).isBetween(150, 310);
    }

    // ---- takeover

    @Test
    void aSuccessorGoesOnWithWhatIsOutstanding() {
        var stand = new FeederStand(2);
        var spec = Specs.spec("job", 100, TENS);
        stand.submit(spec);
        stand.beat("w1", 2);
        stand.resultsEnd = 7;
        stand.progress("job", 1, 7, Ranges.of(0, 20));
        stand.feeder.lead();
        stand.feeder.finishedBelow(0, 4);
        stand.feeder.found(task(spec, 20, 30, 1), 0, 4, stand.now);
        stand.feeder.found(task(spec, 30, 40, 3), 0, 5, stand.now);
        stand.feeder.found(task(spec, 0, 10, 1), 0, 6, stand.now);
        stand.beat("w1", 2, new Heartbeat.Holding("job", 40, 50, 2, true, true, 9_000));
        stand.feeder.rebuilt(stand.now);
        assertThat(stand.feeder.outstanding()).isEqualTo(3);
        stand.feed();
        stand.now += 50 * Nanos.MILLI;
        assertThat(ranges(stand.feed())).containsExactly(range(50, 60), range(60, 70), range(70, 80));
    }

    @Test
    void aSuccessorCutsNothingBeforeTheResultsThatThereAreAreCounted() {
        var stand = new FeederStand(2);
        stand.submit(Specs.spec("job", 100, TENS));
        stand.beat("w1", 2);
        stand.resultsEnd = 9;
        stand.progress("job", 1, 7, Ranges.of(0, 20));
        stand.takeOver();
        assertThat(stand.pass(Duration.ofSeconds(5))).isEmpty();
        assertThat(stand.feeder.obstacle("job").orElseThrow()).contains("count");
        stand.progress("job", 1, 9, Ranges.of(0, 40));
        assertThat(stand.pass(Duration.ofMillis(100)).getFirst().range()).isEqualTo(range(40, 50));
    }

    @Test
    void aSuccessorDoesNotWaitForAnAggregatorForEver() {
        var stand = new FeederStand(2);
        stand.submit(Specs.spec("job", 100, TENS));
        stand.beat("w1", 2);
        stand.resultsEnd = 9;
        stand.takeOver();
        assertThat(stand.pass(Duration.ofSeconds(11))).isNotEmpty();
    }

    @Test
    void aSuccessorRetriesWhatItsPredecessorHadToRetry() {
        var stand = new FeederStand(2);
        var spec = Specs.spec("job", 100, TENS);
        stand.submit(spec);
        stand.beat("w1", 2);
        stand.progress("job", Ranges.of(10, 100), FeederStand.failed(task(spec, 0, 10, 4), 2));
        stand.takeOver();
        assertThat(stand.pass(SECOND)).singleElement().matches(task -> task.emission() == 5 && task.attempt() == 3);
    }

    @Test
    void aSuccessorDoesNotRetryWhatItsPredecessorRetried() {
        var stand = new FeederStand(2);
        var spec = Specs.spec("job", 100, TENS);
        stand.submit(spec);
        stand.beat("w1", 2);
        stand.resultsEnd = 9;
        stand.progress("job", 1, 7, Ranges.of(10, 100), FeederStand.failed(task(spec, 0, 10, 4), 2));
        stand.takeOver();
        assertThat(stand.pass(Duration.ofSeconds(5)))
                .as("its result may be among those that are not counted yet")
                .isEmpty();
        stand.progress("job", 1, 9, Ranges.of(0, 100));
        assertThat(stand.pass(SECOND)).isEmpty();
        assertThat(stand.feeder.outstanding()).isZero();
    }

    @Test
    void aRecordOfAnotherSpecIsNotTakenForTheJobs() {
        var stand = new FeederStand(2);
        stand.submit(Specs.spec("job", 100, TENS));
        stand.feeder.lead();
        stand.feeder.found(task(Specs.spec("job", 90, TENS), 0, 10, 1), 0, 0, stand.now);
        stand.feeder.rebuilt(stand.now);
        assertThat(stand.feeder.outstanding()).isZero();
    }

    @Test
    void whoHasLostTheLeaseEmitsNothing() {
        var stand = FeederStand.leading(2);
        stand.submit(Specs.spec("job", 100, TENS));
        stand.feeder.resign();
        assertThat(stand.pass(SECOND)).isEmpty();
        assertThat(stand.feeder.outstanding()).isZero();
    }

    @Test
    void aNewOwnerOfTheResultsThatHasFewerItemsHasThemFedAgain() {
        var stand = FeederStand.leading(2);
        stand.submit(Specs.spec("job", 20, TENS));
        stand.feed();
        stand.progress("job", 1, 2, Ranges.of(0, 10));
        stand.progress("job", 2, 2, new Ranges());
        assertThat(ranges(stand.feed())).containsExactly(range(0, 10));
    }

    // ---- partitions

    @Test
    void tasksAreSpreadOverThePartitions() {
        var stand = FeederStand.leading(4);
        stand.submit(Specs.spec("job", 1_000, TENS));
        stand.feed();
        assertThat(stand.sent).filteredOn(sent -> sent.partition() == 0).hasSize(3);
        assertThat(stand.sent).filteredOn(sent -> sent.partition() == 1).hasSize(3);
    }

    @Test
    void aPartitionWhoseOldestRecordIsUnfinishedForLongIsLeftAlone() {
        var stand = FeederStand.leading(2);
        stand.feeder.tasksEnd(0, TaskPartitions.SPAN_MAX);
        stand.submit(Specs.spec("job", 1_000, TENS));
        stand.feed();
        assertThat(stand.sent).allMatch(sent -> sent.partition() == 1);
        stand.feeder.tasksEnd(1, 2 * TaskPartitions.SPAN_MAX);
        stand.progress("job", Ranges.of(0, 20));
        assertThat(stand.feed()).isEmpty();
        assertThat(stand.feeder.obstacle("job").orElseThrow()).contains("3500");
    }

    private static Task task(JobSpec spec, long first, long end, int emission) {
        return new Task(
                spec.job(),
                spec.digest(),
                spec.partition(),
                spec.computationBytes(),
                first,
                end,
                1,
                emission,
                false,
                false,
                false,
                Duration.ofHours(1));
    }

    private static Ranges.Range range(long first, long end) {
        return new Ranges.Range(first, end);
    }

    private static List<Ranges.Range> ranges(List<Task> tasks) {
        return tasks.stream().map(Task::range).toList();
    }
}

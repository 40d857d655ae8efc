package millrace.aggregator;

import static millrace.aggregator.TestPartition.answer;
import static millrace.aggregator.TestPartition.done;
import static millrace.aggregator.TestPartition.failed;
import static millrace.aggregator.TestPartition.handedBack;
import static millrace.aggregator.TestPartition.spec;
import static millrace.aggregator.TestPartition.sum;
import static millrace.aggregator.TestPartition.sumOf;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import millrace.proto.DeadLetter;
import millrace.proto.Ending;
import millrace.proto.Integers;
import millrace.proto.JobOrder;
import millrace.proto.JobSpec;
import millrace.proto.Join;
import millrace.proto.Policy;
import millrace.proto.Progress;
import millrace.proto.Ranges;
import millrace.proto.Result;
import org.junit.jupiter.api.Test;

/// What failed and handed back tasks do to their job.
class JoinerFailuresTest {
    private final TestPartition partition = new TestPartition();
    private final JobSpec job = sum("job", 100);
    private final JobSpec skipping = spec("skipping", 100, new Join.IntegerSum(1), Policy.DEFAULT.withSkipMax(10));

    private List<Progress.Again> again(JobSpec spec) {
        return partition.lastProgress(spec).again();
    }

    private void exhaust(JobSpec spec, long first, long end) {
        for (var attempt = 1; attempt <= spec.policy().maxAttempts(); attempt++) {
            partition.answer(failed(spec, first, end, attempt));
        }
    }

    @Test
    void failureAsksForTheSameRangeAgain() {
        partition.submit(job).answer(failed(job, 20, 30, 1)).run();

        var again = again(job).getFirst();
        assertThat(again.first()).isEqualTo(20);
        assertThat(again.end()).isEqualTo(30);
        assertThat(again.emission()).isEqualTo(1);
        assertThat(again.failures()).isEqualTo(1);
        assertThat(again.alone()).isFalse();
        assertThat(again.why().failed()).isEqualTo(Result.FailureKind.EXCEPTION);
        assertThat(again.why().line()).contains("attempt 1");
    }

    @Test
    void sameAttemptFailsOnce() {
        partition.submit(job);
        for (var copy = 0; copy < 5; copy++) {
            partition.answer(failed(job, 0, 10, 1));
        }
        partition.run();

        assertThat(again(job).getFirst().failures()).isEqualTo(1);
        assertThat(partition.lastProgress(job).tally().failures()).isEqualTo(1);
    }

    @Test
    void lastAttemptFailsTheJobAndTheEndingSaysWhich() {
        partition.submit(job).answer(done(job, 0, 10));
        exhaust(job, 20, 30);
        partition.run();

        var ending = partition.ending(job);
        assertThat(ending.state()).isEqualTo(Ending.State.FAILED);
        assertThat(ending.reason())
                .contains("items [20, 30)")
                .contains("worker-1")
                .contains("EXCEPTION attempt 3")
                .contains("attempt 3 of 3");
        assertThat(ending.failure())
                .isEqualTo(new Ending.Failure(
                        20, 30, 3, "worker-1", Result.FailureKind.EXCEPTION, "attempt 3", "at Kernel.compute 3"));
        assertThat(Integers.decode(partition.output(job))[0]).isEqualTo(sumOf(0, 10));
        assertThat(partition.letters())
                .singleElement()
                .satisfies(letter -> assertThat(letter.causes())
                        .extracting(DeadLetter.Cause::attempt)
                        .containsExactly(1, 2, 3));
    }

    @Test
    void failureThatNoAttemptCanMendFailsTheJobAtOnce() {
        partition
                .submit(job)
                .answer(failed(job, 0, 10, 1, Result.FailureKind.CRASHED))
                .run();

        assertThat(partition.failure(job).kind()).isEqualTo(Result.FailureKind.CRASHED);
    }

    @Test
    void successAfterFailuresIsASuccess() {
        partition
                .submit(job)
                .answer(failed(job, 0, 50, 1), failed(job, 0, 50, 2))
                .run();
        partition.pass(20).answer(done(job, 0, 50)).run();
        assertThat(again(job)).isEmpty();

        partition.answer(done(job, 50, 100)).run();
        assertThat(partition.ending(job).state()).isEqualTo(Ending.State.SUCCEEDED);
        assertThat(partition.ending(job).tally().failures()).isEqualTo(2);
        assertThat(partition.letters()).isEmpty();
    }

    @Test
    void failureOfARangeThatIsDoneOrPartlyDoneSaysNothing() {
        partition.submit(job).answer(done(job, 0, 50));
        exhaust(job, 0, 50);
        exhaust(job, 40, 60);
        partition.run();

        assertThat(partition.hasEnded(job)).isFalse();
        assertThat(again(job)).isEmpty();
    }

    @Test
    void rangesThatAreCutAnewAreForgottenWhenAnyOfTheirItemsIsDone() {
        partition.submit(job);
        partition.answer(failed(job, 0, 80, 1), failed(job, 10, 20, 1), failed(job, 15, 40, 1), failed(job, 60, 70, 1));
        partition.answer(done(job, 12, 17)).run();

        assertThat(again(job)).extracting(Progress.Again::first).containsExactly(60L);
    }

    @Test
    void handBackIsNoFailureHoweverOften() {
        partition.submit(job);
        for (var emission = 1; emission <= 10; emission++) {
            partition.answer(handedBack(job, 0, 10, emission, Result.HandBackReason.DRAINING));
        }
        partition.run();

        var again = again(job).getFirst();
        assertThat(again.failures()).isZero();
        assertThat(again.emission()).isEqualTo(10);
        assertThat(again.why().handedBack()).isEqualTo(Result.HandBackReason.DRAINING);
        assertThat(partition.hasEnded(job)).isFalse();
    }

    @Test
    void suspectIsToBeComputedAloneFromThenOn() {
        partition
                .submit(job)
                .answer(handedBack(job, 0, 10, 1, Result.HandBackReason.SUSPECT))
                .run();
        assertThat(again(job).getFirst().alone()).isTrue();

        partition
                .answer(handedBack(job, 0, 10, 2, Result.HandBackReason.DRAINING))
                .run();
        assertThat(again(job).getFirst().alone()).isTrue();
    }

    @Test
    void answerToAnOlderEmissionDoesNotHideTheNewest() {
        partition.submit(job);
        partition.answer(
                handedBack(job, 0, 10, 3, Result.HandBackReason.DRAINING),
                answer(job, 0, 10, 1, 2, new Result.Failed(Result.FailureKind.EXCEPTION, "late", "")));
        partition.run();

        var again = again(job).getFirst();
        assertThat(again.emission()).isEqualTo(3);
        assertThat(again.failures()).isEqualTo(1);
        assertThat(again.why().handedBack()).isEqualTo(Result.HandBackReason.DRAINING);
    }

    @Test
    void skippedItemsLeaveAPartialOutputAndDeadLetters() {
        partition.submit(skipping);
        exhaust(skipping, 0, 5);
        exhaust(skipping, 95, 100);
        partition.answer(done(skipping, 5, 95)).run();

        var ending = partition.ending(skipping);
        assertThat(ending.state()).isEqualTo(Ending.State.PARTIAL);
        assertThat(ending.done()).isEqualTo(Ranges.of(5, 95));
        assertThat(ending.dead().items()).isEqualTo(10);
        assertThat(ending.tally().deadItems()).isEqualTo(10);
        assertThat(Integers.decode(partition.output(skipping))[0]).isEqualTo(sumOf(5, 95));
        assertThat(partition.letters()).extracting(DeadLetter::first).containsExactly(0L, 95L);
        assertThat(partition.letters().getFirst().kernel()).isEqualTo("by-hand@1");
    }

    @Test
    void moreFailedItemsThanMayBeSkippedFailTheJob() {
        partition.submit(skipping);
        exhaust(skipping, 0, 5);
        exhaust(skipping, 5, 11);
        partition.run();

        assertThat(partition.ending(skipping).state()).isEqualTo(Ending.State.FAILED);
        assertThat(partition.ending(skipping).reason()).contains("11 items failed, allowed 10");
        assertThat(partition.letters()).hasSize(2);
    }

    @Test
    void deadItemsStayDead() {
        partition.submit(skipping);
        exhaust(skipping, 0, 5);
        partition.answer(done(skipping, 0, 5)).run();

        assertThat(partition.lastProgress(skipping).dead()).isEqualTo(Ranges.of(0, 5));
        assertThat(partition.lastProgress(skipping).done().isEmpty()).isTrue();
    }

    @Test
    void deadLettersAreVisibleOnceHoweverOftenThePartitionIsTakenOver() {
        partition.submit(skipping);
        exhaust(skipping, 0, 5);
        partition.run().takeOver().run().takeOver();
        partition.answer(done(skipping, 5, 100)).run().takeOver().run();

        assertThat(partition.letters()).hasSize(1);
        assertThat(partition.ending(skipping).state()).isEqualTo(Ending.State.PARTIAL);
    }

    @Test
    void failuresAndDeadRangesOutliveATakeoverFromASnapshot() {
        var saving = new TestPartition(JoinLimits.DEFAULT.withReplayResultsMax(4));
        saving.submit(skipping);
        for (var attempt = 1; attempt <= 3; attempt++) {
            saving.answer(failed(skipping, 0, 5, attempt));
        }
        saving.answer(failed(skipping, 5, 10, 1), failed(skipping, 5, 10, 2));
        for (var i = 10; i < 30; i++) {
            saving.answer(done(skipping, i, i + 1));
        }
        saving.run();
        assertThat(saving.committed()).isGreaterThan(10);
        saving.takeOver().run();

        assertThat(saving.lastProgress(skipping).dead()).isEqualTo(Ranges.of(0, 5));
        assertThat(saving.lastProgress(skipping).again().getFirst().failures()).isEqualTo(2);

        saving.answer(failed(skipping, 5, 10, 2), failed(skipping, 5, 10, 3), done(skipping, 30, 100))
                .run();
        assertThat(saving.ending(skipping).state()).isEqualTo(Ending.State.PARTIAL);
        assertThat(saving.letters())
                .hasSize(2)
                .allSatisfy(letter -> assertThat(letter.causes()).hasSize(3));
        assertThat(saving.ending(skipping).tally().failures()).isEqualTo(6);
    }

    @Test
    void jobWithMoreFailingRangesThanCanBeRememberedFails() {
        var wide = spec("wide", 20_000, new Join.IntegerSum(1), Policy.DEFAULT.withSkipMax(20_000));
        partition.submit(wide);
        for (var i = 0; i <= 10_000; i++) {
            partition.answer(failed(wide, i, i + 1, 1));
        }
        partition.run();

        assertThat(partition.ending(wide).state()).isEqualTo(Ending.State.FAILED);
        assertThat(partition.ending(wide).reason()).contains("10000");
    }

    @Test
    void replayOfDeadLettersComputesWhatIsMissingOnly() {
        partition.submit(skipping);
        exhaust(skipping, 0, 5);
        partition.answer(done(skipping, 5, 100)).run();
        var replay = spec("replay", 0, 100, new Join.IntegerSum(1), Policy.DEFAULT, "skipping");
        partition.compact().submit(replay).run();

        assertThat(partition.lastProgress(replay).done()).isEqualTo(Ranges.of(5, 100));

        partition.takeOver().answer(done(replay, 0, 5)).run();
        assertThat(partition.ending(replay).state()).isEqualTo(Ending.State.SUCCEEDED);
        assertThat(Integers.decode(partition.output(replay))[0]).isEqualTo(sumOf(0, 100));
        assertThat(partition.ending(replay).tally().items()).isEqualTo(5);
    }

    @Test
    void replayGoesOnWhenItsParentIsRemoved() {
        partition.submit(skipping);
        exhaust(skipping, 0, 5);
        partition.answer(done(skipping, 5, 100)).run();
        var replay = spec("replay", 0, 100, new Join.IntegerSum(1), Policy.DEFAULT, "skipping");
        partition.submit(replay).run();
        partition.order(new JobOrder.Remove("skipping")).run();
        assertThat(partition.snapshotPieces(skipping)).isEqualTo(1); // the mark

        partition.takeOver().answer(done(replay, 0, 5)).run();
        assertThat(partition.ending(replay).state()).isEqualTo(Ending.State.SUCCEEDED);
    }

    @Test
    void resultsThatOvertakeAReplaysOrderCount() {
        partition.submit(skipping);
        exhaust(skipping, 0, 5);
        partition.answer(done(skipping, 5, 100)).run();
        var replay = spec("replay", 0, 100, new Join.IntegerSum(1), Policy.DEFAULT, "skipping");
        partition.answer(done(replay, 0, 5));
        assertThat(partition.readResult()).isTrue();
        partition.submit(replay).run();

        assertThat(partition.ending(replay).state()).isEqualTo(Ending.State.SUCCEEDED);
    }

    @Test
    void replayOfAJobThatIsGoneOrComputesSomethingElseFails() {
        partition.submit(skipping);
        exhaust(skipping, 0, 5);
        partition.answer(done(skipping, 5, 100)).run();
        var orphan = spec("orphan", 0, 100, new Join.IntegerSum(1), Policy.DEFAULT, "nobody");
        var stranger = spec("stranger", 0, 99, new Join.IntegerSum(1), Policy.DEFAULT, "skipping");
        partition.submit(orphan).submit(stranger).run();

        assertThat(partition.ending(orphan).reason()).contains("job nobody").contains("not there any more");
        assertThat(partition.ending(stranger).reason()).contains("job skipping").contains("something else");
    }

    @Test
    void succeededJobLeavesNoSnapshotBehind() {
        var saving = new TestPartition(JoinLimits.DEFAULT.withReplayResultsMax(4));
        saving.submit(job);
        for (var i = 0; i < 100; i++) {
            saving.answer(done(job, i, i + 1));
        }
        saving.run();

        assertThat(saving.ending(job).state()).isEqualTo(Ending.State.SUCCEEDED);
        assertThat(saving.counters().count(Counters.Event.SNAPSHOT)).isPositive();
        assertThat(saving.snapshotPieces(job)).isZero();
    }
}

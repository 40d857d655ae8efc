package millrace.aggregator;

import static millrace.aggregator.TestPartition.done;
import static millrace.aggregator.TestPartition.failed;
import static millrace.aggregator.TestPartition.spec;
import static millrace.aggregator.TestPartition.sum;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.stream.IntStream;
import millrace.proto.Ending;
import millrace.proto.JobOrder;
import millrace.proto.JobSpec;
import millrace.proto.Join;
import millrace.proto.Policy;
import millrace.proto.Progress;
import millrace.proto.Ranges;
import millrace.proto.Result;
import org.junit.jupiter.api.Test;

/// What is told of open jobs, and when; and which offsets are committed.
class JoinerProgressTest {
    private final TestPartition partition = new TestPartition();
    private final JobSpec job = sum("job", 1000);

    @Test
    void newJobIsToldAtOnce() {
        partition.submit(job).run();

        assertThat(partition.progress()).singleElement().satisfies(progress -> {
            assertThat(progress.generation()).isEqualTo(1);
            assertThat(progress.done().isEmpty()).isTrue();
            assertThat(progress.eta()).isNull();
        });
    }

    @Test
    void changesAreToldTogetherWithinTwentyMilliseconds() {
        partition.submit(job).run();
        partition.pass(1000).run();
        var before = partition.progress().size();
        for (var i = 0; i < 100; i++) {
            partition.answer(done(job, i, i + 1)).pass(1).run();
        }

        assertThat(partition.progress()).hasSize(before + 100 / 20);
        assertThat(partition.lastProgress(job).done()).isEqualTo(Ranges.of(0, 100));
        // All is told: there is nothing to wake up for before the second is over in which its position is told again.
        assertThat(partition.joiner().dueMillis()).isEqualTo(partition.now() + 1000 - 100);
    }

    @Test
    void changesOfAYoungJobAreToldSooner() {
        partition.submit(job).run();
        partition.answer(done(job, 0, 1)).run();
        assertThat(partition.joiner().dueMillis()).isEqualTo(partition.now() + 4);
        for (var i = 1; i <= 32; i++) {
            partition.answer(done(job, i, i + 1)).pass(1).run();
        }

        assertThat(partition.progress()).hasSize(1 + 32 / 4);
    }

    @Test
    void positionIsToldEverySecondWithoutAnyChangeOfTheJob() {
        partition.submit(job).submit(sum("other", 1)).run();
        partition.answer(done(sum("other", 1), 0, 1)).run();
        var before = partition.progress().size();
        for (var i = 0; i < 100; i++) {
            partition.pass(100).run();
        }

        assertThat(partition.progress().size() - before).isBetween(9, 10);
        assertThat(partition.lastProgress(job).position()).isEqualTo(1);
    }

    @Test
    void jobThatIsToldBetweenTheRoundsOfOthersIsToldASecondLater() {
        partition.submit(job).run();
        partition.pass(500).submit(sum("later", 1)).run();
        var told = new ArrayList<Integer>();
        for (var millis = 100; millis <= 2500; millis += 100) {
            var before = partition.progress().size();
            partition.pass(100).run();
            if (partition.progress().stream()
                    .skip(before)
                    .anyMatch(one -> one.job().equals("later"))) {
                told.add(millis);
            }
        }

        assertThat(told).containsExactly(1000, 2000);
    }

    @Test
    void nothingIsToldBeforeTheReplayHasCaughtUp() {
        partition.submit(job).answer(done(job, 0, 1), done(job, 1, 2)).run();
        var before = partition.progress().size();
        partition.takeOver().pass(5_000).publish();
        assertThat(partition.progress()).hasSize(before);
        partition.readResult();
        partition.publish();
        assertThat(partition.progress()).hasSize(before);

        partition.readResult();
        partition.publish();
        assertThat(partition.joiner().isCaughtUp()).isTrue();
        assertThat(partition.progress()).hasSize(before + 1);
        assertThat(partition.lastProgress(job).generation()).isEqualTo(2);
        assertThat(partition.lastProgress(job).done()).isEqualTo(Ranges.of(0, 2));
    }

    @Test
    void endedJobIsNotToldAnyMore() {
        partition.submit(job).answer(done(job, 0, 1000)).run();
        partition.pass(10_000).run();

        assertThat(partition.progress()).isEmpty();
    }

    @Test
    void rangesThatDoNotFitIntoARecordAreLeftOutFromTheTop() {
        var gaps = sum("gaps", 1L << 40);
        partition.submit(gaps);
        for (var i = 0L; i < 60_000; i++) {
            partition.answer(done(gaps, i << 24, (i << 24) + 1));
        }
        partition.run();

        var told = partition.lastProgress(gaps).done();
        assertThat(told.items()).isBetween(10_000L, 59_999L);
        assertThat(told.contains(0)).isTrue();
        assertThat(told.ranges())
                .allSatisfy(range -> assertThat(range.first() & 0xffffff).isZero());

        // A partial output whose items nobody can be told would mean nothing.
        partition.order(new JobOrder.Cancel("gaps", "")).run();
        assertThat(partition.ending(gaps).state()).isEqualTo(Ending.State.CANCELLED);
        assertThat(partition.ending(gaps).output()).isNull();
    }

    @Test
    void askingForManyRangesAgainFitsIntoARecord() {
        var wide = sum("wide", 20_000);
        partition.submit(wide);
        var cause = "x".repeat(500);
        for (var i = 0; i < 9_000; i++) {
            partition.answer(TestPartition.answer(
                    wide, i, i + 1, 1, 1, new Result.Failed(Result.FailureKind.EXCEPTION, cause, "")));
        }
        partition.run();

        assertThat(partition.lastProgress(wide).again().size()).isBetween(200, Progress.AGAIN_MAX);
    }

    @Test
    void rateAndForecastFollowTheResultsTimes() {
        partition.submit(job).run();
        for (var i = 0; i < 300; i++) {
            partition.pass(50).answer(done(job, i, i + 1)).run();
        }

        var progress = partition.lastProgress(job);
        assertThat(progress.itemsPerSecond()).isBetween(19.0, 21.0);
        assertThat(progress.eta()).isInstanceOfSatisfying(Progress.Eta.class, eta -> {
            assertThat(eta.seconds()).isBetween(33.0, 37.0);
            assertThat(eta.lowSeconds()).isBetween(28.0, 34.0);
            assertThat(eta.highSeconds()).isBetween(36.0, 45.0);
        });
    }

    @Test
    void forecastEndsWhenNothingMovesAnyMore() {
        partition.submit(job).run();
        for (var i = 0; i < 100; i++) {
            partition.pass(50).answer(done(job, i, i + 1)).run();
        }
        assertThat(partition.lastProgress(job).itemsPerSecond()).isGreaterThan(15);
        for (var i = 0; i < 120; i++) {
            partition.pass(1_000).run();
        }

        assertThat(partition.lastProgress(job).itemsPerSecond()).isLessThan(0.01);
    }

    @Test
    void offsetsStayBehindTheFirstResultOfAnOpenJob() {
        var prompt = new TestPartition(JoinLimits.DEFAULT.withReplayResultsMax(100));
        var early = sum("early", 10);
        prompt.submit(early).submit(job);
        prompt.answer(done(early, 0, 5), done(job, 0, 1000)).run();
        assertThat(prompt.committed()).isZero();

        prompt.answer(done(early, 5, 10)).run();
        assertThat(prompt.committed()).isEqualTo(3);
    }

    @Test
    void offsetsThatAreALittleBehindAreNotWritten() {
        partition.submit(job).answer(done(job, 0, 1000)).run();
        assertThat(partition.hasEnded(job)).isTrue();
        assertThat(partition.committed()).isZero();

        partition.takeOver().run();
        assertThat(partition.endings()).hasSize(1);
        for (var i = 0; i <= 2_000; i++) {
            partition.answer(done(job, 0, 1000)); // late
        }
        var next = sum("next", 1);
        partition.submit(next).answer(done(next, 0, 1)).run();
        assertThat(partition.committed()).isEqualTo(2_003);
    }

    @Test
    void longReplayIsCutByASnapshotOfTheJobThatHoldsItBack() {
        var saving = new TestPartition(JoinLimits.DEFAULT.withReplayResultsMax(50));
        var slow = sum("slow", 10);
        saving.submit(slow).submit(job).answer(done(slow, 0, 1));
        IntStream.range(0, 60).forEach(i -> saving.answer(done(job, i, i + 1)));
        saving.run();

        assertThat(saving.committed()).isGreaterThan(30);
        assertThat(saving.snapshotPieces(slow)).isEqualTo(1);
    }

    @Test
    void offsetsMoveOnWhenNothingIsOpen() {
        var saving = new TestPartition(JoinLimits.DEFAULT.withReplayResultsMax(50));
        for (var i = 0; i < 60; i++) {
            saving.foreign();
        }
        saving.run();

        assertThat(saving.committed()).isGreaterThan(50);
    }

    @Test
    void resultsThatComeWhileASnapshotIsWrittenAreReadAgain() {
        var saving = new TestPartition(JoinLimits.DEFAULT.withReplayResultsMax(5));
        saving.submit(job);
        for (var i = 0; i < 7; i++) {
            saving.answer(done(job, i, i + 1));
        }
        saving.readAll(); // until the replay would be long
        var transaction = saving.dueTransaction();
        saving.answer(done(job, 7, 8));
        assertThat(saving.readResult()).isTrue();
        saving.commit(transaction);
        saving.joiner().committed(transaction);
        saving.answer(failed(job, 8, 9, 1)).run();

        assertThat(saving.committed()).isEqualTo(7);
        saving.takeOver().run();
        assertThat(saving.lastProgress(job).done()).isEqualTo(Ranges.of(0, 8));
    }

    @Test
    void onlyOneTransactionIsUnderWay() {
        partition.submit(job).submit(sum("none", 0)).answer(done(job, 0, 1000));
        partition.readAll(); // two endings
        var transaction = partition.dueTransaction();

        assertThat(transaction.ends()).hasSize(2);
        assertThat(partition.transaction()).isNull();
    }

    @Test
    void manyEndingsComeInSeveralTransactionsAndHoldResultsBack() {
        for (var i = 0; i < 500; i++) {
            partition.submit(sum("job-" + i, 1)).answer(done(sum("job-" + i, 1), 0, 1));
        }
        while (partition.readOrder()) {
            // every job is open
        }
        while (partition.readResult()) {
            // until too many endings wait
        }
        assertThat(partition.joiner().position()).isEqualTo(400);
        assertThat(partition.write()).isTrue();
        assertThat(partition.endings()).hasSize(200);

        partition.run();
        assertThat(partition.endings())
                .hasSize(500)
                .allSatisfy(ending -> assertThat(ending.state()).isEqualTo(Ending.State.SUCCEEDED));
    }

    @Test
    void jobsOfOnePartitionDoNotDisturbEachOther() {
        var a = spec("a", 3, new Join.Concatenation(), Policy.DEFAULT);
        var b = spec("b", 3, new Join.Concatenation(), Policy.DEFAULT);
        partition.submit(a).submit(b);
        for (var i = 2; i >= 0; i--) {
            partition.answer(done(a, i, i + 1, new byte[] {(byte) i}), done(b, i, i + 1, new byte[] {(byte) (i + 10)}));
        }
        partition.run();

        assertThat(partition.output(a)).containsExactly(0, 1, 2);
        assertThat(partition.output(b)).containsExactly(10, 11, 12);
    }
}

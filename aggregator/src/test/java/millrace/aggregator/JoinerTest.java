package millrace.aggregator;

import static millrace.aggregator.TestPartition.answer;
import static millrace.aggregator.TestPartition.done;
import static millrace.aggregator.TestPartition.spec;
import static millrace.aggregator.TestPartition.sum;
import static millrace.aggregator.TestPartition.sumOf;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.TreeMap;
import millrace.proto.Computation;
import millrace.proto.Digests;
import millrace.proto.Ending;
import millrace.proto.ForeignRecord;
import millrace.proto.Integers;
import millrace.proto.JobOrder;
import millrace.proto.JobSpec;
import millrace.proto.Join;
import millrace.proto.Policy;
import millrace.proto.Ranges;
import millrace.proto.Result;
import millrace.proto.Topics;
import org.junit.jupiter.api.Test;

/// Which results count, and how jobs end.
class JoinerTest {
    private final TestPartition partition = new TestPartition();
    private final JobSpec job = sum("job", 100);

    private BigInteger total(JobSpec spec) {
        return Integers.decode(partition.output(spec))[0];
    }

    @Test
    void eachItemCountsOnce() {
        partition.submit(job).answer(done(job, 0, 60), done(job, 0, 60), done(job, 60, 100));
        partition.run();

        assertThat(partition.ending(job).state()).isEqualTo(Ending.State.SUCCEEDED);
        assertThat(total(job)).isEqualTo(sumOf(0, 100));
        assertThat(partition.ending(job).tally().duplicates()).isEqualTo(1);
        assertThat(partition.ending(job).tally().wastedCpuNanos()).isEqualTo(1_000);
        assertThat(partition.ending(job).tally().items()).isEqualTo(100);
    }

    @Test
    void resultThatOverlapsACountedOneLeavesItsGapOpen() {
        partition.submit(job).answer(done(job, 0, 50), done(job, 40, 100)).run();

        assertThat(partition.lastProgress(job).done()).isEqualTo(Ranges.of(0, 50));
        assertThat(partition.hasEnded(job)).isFalse();

        partition.answer(done(job, 50, 100)).run();
        assertThat(total(job)).isEqualTo(sumOf(0, 100));
    }

    @Test
    void resultOfAnotherSpecOrOutsideTheItemsIsForeign() {
        var other = sum("job", 101);
        partition
                .submit(job)
                .answer(done(other, 0, 60), done(sum("job", 200), 90, 110))
                .run();

        var outside = answer(job, 90, 101, 1, 1, new Result.Done(ByteString.copyFrom(Integers.encode(1))));
        partition.answer(outside).run();

        assertThat(partition.counters().foreign(Topics.RESULTS, ForeignRecord.Reason.JOB))
                .isEqualTo(3);
        assertThat(partition.lastProgress(job).done().isEmpty()).isTrue();
    }

    @Test
    void brokenResultIsCountedAndPassedOver() {
        partition.submit(job).foreign().answer(done(job, 0, 100)).run();

        assertThat(partition.counters().foreign(Topics.RESULTS, ForeignRecord.Reason.SEAL))
                .isEqualTo(1);
        assertThat(total(job)).isEqualTo(sumOf(0, 100));
    }

    @Test
    void resultThatOvertakesItsOrderCounts() {
        partition.answer(done(job, 0, 50));
        assertThat(partition.readResult()).isTrue();
        partition.submit(job).answer(done(job, 50, 100)).run();

        assertThat(total(job)).isEqualTo(sumOf(0, 100));
    }

    @Test
    void resultOfAJobThatNobodySubmittedIsForeignOnceTheOrdersAreRead() {
        partition.answer(done(job, 0, 50)).run();

        assertThat(partition.counters().foreign(Topics.RESULTS, ForeignRecord.Reason.JOB))
                .isEqualTo(1);
        // A submission that comes later finds nothing of it.
        partition.submit(job).run();
        assertThat(partition.lastProgress(job).done().isEmpty()).isTrue();
    }

    @Test
    void resultsOfUnknownJobsAreTakenUpToACap() {
        for (var i = 0; i < 10_001; i++) {
            partition.answer(done(job, i % 100, i % 100 + 1));
        }
        for (var i = 0; i < 10_000; i++) {
            assertThat(partition.readResult()).isTrue();
        }
        assertThat(partition.readResult()).isFalse();

        partition.run();
        assertThat(partition.counters().foreign(Topics.RESULTS, ForeignRecord.Reason.JOB))
                .isEqualTo(10_001);
    }

    @Test
    void orderInAnotherPartitionThanItsOwnIsForeign() {
        var computation = new Computation("by-hand", 1, new TreeMap<>(), 5);
        var elsewhere = java.util.stream.IntStream.range(0, 100)
                .mapToObj(i -> JobSpec.of(
                        "job-" + i, 8, computation, 0, 5, new Join.IntegerSum(1), Policy.DEFAULT, new TreeMap<>(), ""))
                .filter(spec -> spec.partition() != 0)
                .findFirst()
                .orElseThrow();
        partition.submit(elsewhere).run();

        assertThat(partition.joiner().openJobs()).isZero();
        assertThat(partition.counters().foreign(Topics.JOBS, ForeignRecord.Reason.JOB))
                .isEqualTo(1);
    }

    @Test
    void jobWithoutItemsSucceedsAtOnceWithTheEmptyOutput() {
        var none = spec("none", 0, new Join.Concatenation(), Policy.DEFAULT);
        partition.submit(none).run();

        assertThat(partition.ending(none).state()).isEqualTo(Ending.State.SUCCEEDED);
        assertThat(partition.output(none)).isEmpty();
        assertThat(partition.ending(none).outputDigest().toByteArray())
                .isEqualTo(Digests.sha256(ByteBuffer.allocate(0)));
    }

    @Test
    void repeatedSubmissionIsOneJob() {
        partition.submit(job).submit(job).answer(done(job, 0, 100)).run();
        partition.submit(job).run().takeOver().run();

        assertThat(partition.ending(job).state()).isEqualTo(Ending.State.SUCCEEDED);
        assertThat(partition.counters().count(Counters.Event.REPEATED_ORDER)).isGreaterThanOrEqualTo(2);
    }

    @Test
    void secondSpecOfAnIdIsCountedAndChangesNothing() {
        partition.submit(job).submit(sum("job", 7)).answer(done(job, 0, 100)).run();

        assertThat(partition.counters().count(Counters.Event.CLASHING_ORDER)).isEqualTo(1);
        assertThat(total(job)).isEqualTo(sumOf(0, 100));
    }

    @Test
    void cancelEndsTheJobWithWhatItHas() {
        partition.submit(job).answer(done(job, 0, 10)).run();
        partition.order(new JobOrder.Cancel("job", "not needed")).run();
        partition.answer(done(job, 10, 100)).run();

        var ending = partition.ending(job);
        assertThat(ending.state()).isEqualTo(Ending.State.CANCELLED);
        assertThat(ending.reason()).isEqualTo("not needed");
        assertThat(ending.done()).isEqualTo(Ranges.of(0, 10));
        assertThat(total(job)).isEqualTo(sumOf(0, 10));
        assertThat(partition.counters().count(Counters.Event.LATE)).isEqualTo(1);
    }

    @Test
    void cancelAfterTheLastResultIsTooLate() {
        partition.submit(job).answer(done(job, 0, 100));
        partition.readAll(); // the ending is decided, and not yet written
        partition.order(new JobOrder.Cancel("job", "")).run();

        assertThat(partition.ending(job).state()).isEqualTo(Ending.State.SUCCEEDED);
    }

    @Test
    void cancelThatThePredecessorReadIsObeyedAfterTheReplay() {
        partition.submit(job).answer(done(job, 0, 10)).run();
        partition.order(new JobOrder.Cancel("job", "")).takeOver();
        assertThat(partition.hasEnded(job)).isFalse();

        partition.run();
        assertThat(partition.ending(job).state()).isEqualTo(Ending.State.CANCELLED);
        assertThat(partition.ending(job).done()).isEqualTo(Ranges.of(0, 10));
    }

    @Test
    void deadlineEndsTheJobByTheBrokersClock() {
        var urgent = spec("urgent", 100, new Join.IntegerSum(1), Policy.DEFAULT.withDeadline(Duration.ofSeconds(10)));
        partition.submit(urgent).answer(done(urgent, 0, 10)).run();
        partition.pass(9_999).run();
        assertThat(partition.hasEnded(urgent)).isFalse();
        assertThat(partition.joiner().dueMillis()).isLessThanOrEqualTo(partition.now() + 1);

        partition.pass(1).run();
        assertThat(partition.ending(urgent).state()).isEqualTo(Ending.State.EXPIRED);
        assertThat(partition.ending(urgent).reason()).contains("10s");
        assertThat(partition.ending(urgent).done()).isEqualTo(Ranges.of(0, 10));
    }

    @Test
    void jobOlderThanHalfTheRetentionExpires() {
        partition.submit(job).run();
        partition.pass(Topics.JOBS.retention().toMillis() / 2).run();

        assertThat(partition.ending(job).state()).isEqualTo(Ending.State.EXPIRED);
    }

    @Test
    void orderThatOutlivedItsEndingIsNotOpenedAgain() {
        partition.submit(job).run();
        partition.pass(Topics.JOBS.retention().toMillis() + 1).takeOver().run();

        assertThat(partition.endings()).isEmpty();
        assertThat(partition.joiner().openJobs()).isZero();
        assertThat(partition.counters().count(Counters.Event.VOID_ORDER)).isEqualTo(1);
    }

    @Test
    void removedJobIsNotOpenedAgainByATakeover() {
        partition.submit(job).answer(done(job, 0, 100)).run();
        partition.order(new JobOrder.Remove("job")).run();
        assertThat(partition.counters().count(Counters.Event.REMOVED)).isEqualTo(1);

        partition.compact().takeOver().run();
        partition.submit(job).answer(done(job, 0, 100)).run();

        assertThat(partition.endings()).isEmpty();
        assertThat(partition.joiner().openJobs()).isZero();
        assertThat(partition.counters().count(Counters.Event.REMOVED)).isEqualTo(1);
    }

    @Test
    void openJobThatIsToBeRemovedEndsFirst() {
        partition
                .submit(job)
                .order(new JobOrder.Remove("job"))
                .answer(done(job, 0, 50))
                .run();
        partition.takeOver().answer(done(job, 50, 100));
        partition.readAll(); // up to the ending
        assertThat(partition.write()).isTrue();
        assertThat(partition.hasEnded(job)).isTrue();

        partition.run().compact();
        assertThat(partition.hasEnded(job)).isFalse();
    }

    @Test
    void valueThatIsNoneOfTheJoinCountsAsAFailure() {
        partition.submit(job);
        for (var attempt = 1; attempt <= 3; attempt++) {
            partition.answer(
                    answer(job, 0, 100, attempt, attempt, new Result.Done(ByteString.copyFromUtf8("no integers"))));
        }
        partition.run();

        assertThat(partition.failure(job).kind()).isEqualTo(Result.FailureKind.BAD_VALUE);
        assertThat(partition.failure(job).attempts()).isEqualTo(3);
    }

    @Test
    void differentValuesOfTheSameItemsFailTheJob() {
        partition
                .submit(job)
                .answer(done(job, 0, 50), done(job, 0, 50, Integers.encode(7)))
                .run();

        var ending = partition.ending(job);
        assertThat(ending.state()).isEqualTo(Ending.State.FAILED);
        assertThat(ending.reason()).startsWith("NONDETERMINISTIC").contains("[0, 50)");
        assertThat(ending.output()).isNull();
    }

    @Test
    void differentValuesAreToldAfterATakeoverFromASnapshot() {
        var saving = new TestPartition(JoinLimits.DEFAULT.withReplayResultsMax(2));
        saving.submit(job);
        for (var i = 0; i < 10; i++) {
            saving.answer(done(job, i, i + 1));
        }
        saving.run();
        assertThat(saving.committed()).isGreaterThan(5);

        saving.takeOver().answer(done(job, 0, 1, Integers.encode(7))).run();

        assertThat(saving.ending(job).reason()).startsWith("NONDETERMINISTIC");
    }

    @Test
    void jobWhoseValueIsTooLargeFailsWithBothNumbers() {
        var small = new TestPartition(JoinLimits.DEFAULT.withBytesMax(1 << 20, 1 << 20));
        var large = spec("large", 100, new Join.Concatenation(), Policy.DEFAULT);
        small.submit(large);
        for (var i = 0; i < 3; i++) {
            small.answer(done(large, i, i + 1, new byte[400_000]));
        }
        small.run();

        assertThat(small.ending(large).reason()).contains("TOO_LARGE").contains("allowed 1048576");
        assertThat(small.memoryTaken()).isLessThan(10_000);
    }

    @Test
    void largestJobMakesRoomWhenAllTogetherAreTooLarge() {
        var small = new TestPartition(JoinLimits.DEFAULT.withBytesMax(1 << 20, 1_500_000));
        var large = spec("large", 100, new Join.Concatenation(), Policy.DEFAULT);
        var little = spec("little", 100, new Join.Concatenation(), Policy.DEFAULT);
        small.submit(large).submit(little);
        small.answer(done(large, 0, 1, new byte[900_000])).run();
        small.answer(done(little, 0, 1, new byte[700_000])).run();

        assertThat(small.ending(large).reason()).contains("TOO_LARGE").contains("1500000");
        assertThat(small.hasEnded(little)).isFalse();
    }

    @Test
    void jobBeyondTheOpenJobsAllowedFailsAtOnce() {
        var few = new TestPartition(JoinLimits.DEFAULT.withJobsMax(2, 100));
        few.submit(sum("a", 1)).submit(sum("b", 1)).submit(sum("c", 1)).run();

        assertThat(few.ending(sum("c", 1)).reason()).contains("allowed 2");
        assertThat(few.joiner().openJobs()).isEqualTo(2);
    }

    @Test
    void memoryIsGivenBackWhenJobsEndAndOwnersLeave() {
        partition.submit(job).answer(done(job, 0, 100)).submit(sum("open", 5)).run();
        assertThat(partition.memoryTaken()).isPositive();

        partition.joiner().close();
        assertThat(partition.memoryTaken()).isZero();
    }

    @Test
    void smallOutputIsInItsEndingAndHasNoPieces() {
        var small = spec("small", 1, new Join.Concatenation(), Policy.DEFAULT);
        var larger = spec("larger", 1, new Join.Concatenation(), Policy.DEFAULT);
        var bytes = new byte[JobEnd.INLINE_MAX];
        for (var i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (3 * i);
        }
        partition.submit(small).submit(larger);
        partition
                .answer(done(small, 0, 1, bytes), done(larger, 0, 1, new byte[JobEnd.INLINE_MAX + 1]))
                .run();

        var place = Objects.requireNonNull(partition.ending(small).output());
        assertThat(place.inline().toByteArray()).isEqualTo(bytes);
        assertThat(place.offsets()).isEmpty();
        assertThat(Objects.requireNonNull(partition.ending(larger).output()).inline())
                .isEmpty();
        assertThat(partition.output(larger)).hasSize(JobEnd.INLINE_MAX + 1);
    }

    @Test
    void outputComesInPiecesInTheOrderOfItems() {
        var bytes = spec("bytes", 5, new Join.Concatenation(), Policy.DEFAULT);
        partition.submit(bytes);
        for (var i = 4; i >= 0; i--) {
            var value = new byte[700_000];
            Arrays.fill(value, (byte) i);
            partition.answer(done(bytes, i, i + 1, value));
        }
        partition.run();

        var output = partition.output(bytes);
        assertThat(output).hasSize(3_500_000);
        assertThat(output[0]).isEqualTo((byte) 0);
        assertThat(output[3_499_999]).isEqualTo((byte) 4);
        assertThat(partition.ending(bytes).outputDigest().toByteArray())
                .isEqualTo(Digests.sha256(ByteBuffer.wrap(output)));
    }

    @Test
    void itemsOfAPartOfTheKernelAreAll() {
        var part = spec("part", 40, 60, new Join.IntegerSum(1), Policy.DEFAULT, "");
        partition.submit(part).answer(done(part, 40, 60)).run();

        assertThat(total(part)).isEqualTo(sumOf(40, 60));
        assertThat(partition.ending(part).done()).isEqualTo(Ranges.of(40, 60));
    }
}

package millrace.aggregator;

import static millrace.aggregator.TestPartition.answer;
import static millrace.aggregator.TestPartition.done;
import static millrace.aggregator.TestPartition.failed;
import static millrace.aggregator.TestPartition.spec;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.LongStream;
import millrace.proto.Counts;
import millrace.proto.Ending;
import millrace.proto.JobOrder;
import millrace.proto.JobSpec;
import millrace.proto.Join;
import millrace.proto.OutputPart;
import millrace.proto.Policy;
import millrace.proto.Result;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Jobs whose counts are more than the joiner holds: it asks for parts to be put and read, and dies in between.
class JoinerCountsTest {
    private static final int ITEMS = 120;
    private static final JoinLimits TINY = JoinLimits.DEFAULT.withRuns(new RunLimits(2_000, 60, 300, 16));

    private static JobSpec job(String id) {
        return spec(id, ITEMS, new Join.CountsByPrefix(3), Policy.DEFAULT.withMaxAttempts(1));
    }

    private static Result value(JobSpec job, long first, long end) {
        var counts = new Counts();
        for (var item = first; item < end; item++) {
            var random = new Random(item);
            for (var word = 0; word < 10; word++) {
                var key = new byte[5];
                random.nextBytes(key);
                key[0] &= 3;
                counts.add(key, 1);
            }
        }
        return done(job, first, end, counts.encode());
    }

    private static Ending inMemory(JobSpec job, long end) {
        var partition = new TestPartition().submit(job).answer(value(job, 0, end));
        if (end < ITEMS) {
            partition.answer(failed(job, end, ITEMS, 1));
        }
        return partition.run().ending(job);
    }

    @Test
    void outputIsThatOfOneTable() {
        var job = job("counts");
        var partition = new TestPartition(TINY).submit(job);
        for (var item = 0; item < ITEMS; item++) {
            partition.answer(value(job, item, item + 1)).run();
        }
        var ending = partition.ending(job);
        assertThat(ending.state()).isEqualTo(Ending.State.SUCCEEDED);
        assertThat(ending.outputDigest()).isEqualTo(inMemory(job, ITEMS).outputDigest());
        assertThat(Objects.requireNonNull(ending.output()).parts()).isTrue();
        assertThat(partition.output(job)).hasSize((int) ending.output().bytes());
        assertThat(Counts.decode(partition.output(job)).total()).isPositive();
        assertThat(partition.blobs().puts()).isGreaterThan(50);
        assertThat(partition.memoryTaken()).isZero();
    }

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 60);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void outputIsTheSameWhereverOwnersDie(long seed) {
        var random = new Random(seed);
        var job = job("counts");
        var partition = new TestPartition(TINY.withReplayResultsMax(1 + random.nextInt(40))).submit(job);
        var next = 0;
        for (var step = 0; step < 2_000; step++) {
            switch (random.nextInt(8)) {
                case 0 -> {
                    if (next < ITEMS) {
                        var end = Math.min(ITEMS, next + 1 + random.nextInt(3));
                        partition.answer(value(job, next, end));
                        next = end;
                    }
                }
                case 1 -> {
                    if (random.nextInt(20) == 0) {
                        dieBetweenPutAndTold(partition);
                    } else if (random.nextInt(20) == 0) {
                        partition.takeOver();
                    }
                }
                case 2, 3 -> partition.readResult();
                case 4 -> partition.write();
                default -> partition.movePart();
            }
        }
        partition.run();
        assertThat(next).isEqualTo(ITEMS);
        assertThat(partition.ending(job).outputDigest())
                .as("seed %d", seed)
                .isEqualTo(inMemory(job, ITEMS).outputDigest());
        assertThat(partition.memoryTaken()).isZero();
    }

    private static void dieBetweenPutAndTold(TestPartition partition) {
        var wanted = partition.joiner().wantsPart();
        if (wanted != null && wanted.part() instanceof OutputPart.Data(var bytes)) {
            partition.blobs().put(bytes);
        }
        partition.takeOver();
    }

    @Test
    void successorOfASavedJobReadsNoRunBeforeTheEnd() {
        var job = job("counts");
        var partition = new TestPartition(TINY.withReplayResultsMax(1)).submit(job);
        partition.answer(value(job, 0, 25), value(job, 25, 50)).run();
        var puts = partition.blobs().puts();
        assertThat(puts).isPositive();
        partition.takeOver().run();
        assertThat(partition.blobs().puts()).isEqualTo(puts);
        assertThat(partition.snapshotPieces(job)).isOne();
    }

    @Test
    void noResultIsTakenBeforeAFullTableIsPut() {
        var job = job("counts");
        var partition = new TestPartition(TINY).submit(job);
        partition.readOrder();
        partition.answer(value(job, 0, 50), value(job, 50, 51));
        assertThat(partition.readResult()).isTrue();
        assertThat(partition.readResult()).isFalse();
        var taken = partition.memoryTaken();
        while (partition.joiner().wantsPart() != null) {
            assertThat(partition.joiner().acceptsResults()).isFalse();
            partition.movePart();
        }
        assertThat(partition.memoryTaken()).isLessThan(taken);
        assertThat(partition.readResult()).isTrue();
    }

    @Test
    void lostPartFailsTheJob() {
        var job = job("counts");
        var partition = new TestPartition(TINY).submit(job);
        partition.answer(value(job, 0, 100)).run();
        partition.blobs().clear();
        partition.answer(value(job, 100, ITEMS)).run();
        assertValueLost(partition, job);
    }

    private static void assertValueLost(TestPartition partition, JobSpec job) {
        var ending = partition.ending(job);
        assertThat(ending.state()).isEqualTo(Ending.State.FAILED);
        assertThat(ending.reason()).startsWith("BLOB: a value of it cannot be read: sha256:");
        assertThat(ending.output()).isNull();
        assertThat(partition.memoryTaken()).isZero();
    }

    // As a worker answers whose counts are too large for a record.
    private static Result elsewhere(TestPartition partition, JobSpec job, long first, long end) {
        var value = ((Result.Done) value(job, first, end).answer()).value().toByteArray();
        return elsewhere(job, first, end, partition.blobs().putCounts(value, 100));
    }

    private static Result elsewhere(JobSpec job, long first, long end, Result.Place place) {
        return answer(job, first, end, 1, 1, new Result.Done(ByteString.EMPTY, place));
    }

    @Test
    void countsElsewhereAreMergedAsTheyLie() {
        var job = job("counts");
        var partition = new TestPartition(TINY).submit(job);
        for (var item = 0; item < ITEMS; item += 20) {
            partition.answer(elsewhere(partition, job, item, item + 20));
        }
        var puts = partition.blobs().puts();
        partition.answer(elsewhere(partition, job, 0, 20)).run(); // a copy
        assertThat(partition.ending(job).outputDigest())
                .isEqualTo(inMemory(job, ITEMS).outputDigest());
        assertThat(partition.blobs().puts() - puts).isLessThan(puts / 2); // the copy and the output
        assertThat(partition.memoryTaken()).isZero();
    }

    @Test
    void copyThatAWorkerOfAnotherReleaseHasAnsweredIsOne() {
        var job = job("counts");
        var partition = new TestPartition(TINY).submit(job);
        partition.answer(value(job, 0, 20), elsewhere(partition, job, 0, 20));
        partition
                .answer(elsewhere(partition, job, 20, ITEMS), value(job, 20, ITEMS))
                .run();
        assertThat(partition.ending(job).outputDigest())
                .isEqualTo(inMemory(job, ITEMS).outputDigest());
    }

    @Test
    void differentCountsElsewhereOfTheSameItemsFailTheJob() {
        var job = job("counts");
        var partition = new TestPartition(TINY).submit(job);
        var other = ((Result.Done) value(job, 1, 21).answer()).value().toByteArray();
        partition.answer(elsewhere(partition, job, 0, 20));
        partition
                .answer(elsewhere(job, 0, 20, partition.blobs().putCounts(other, 100)))
                .run();
        assertThat(partition.ending(job).reason()).startsWith("NONDETERMINISTIC: ");
    }

    @Test
    void partsOutOfOrderFailTheJob() {
        var job = job("counts");
        var partition = new TestPartition(TINY).submit(job);
        var value = ((Result.Done) value(job, 0, ITEMS).answer()).value().toByteArray();
        var parts = partition.blobs().putCounts(value, 1000).parts().reversed();
        partition
                .answer(elsewhere(job, 0, ITEMS, new Result.Place(parts, true)))
                .run();
        assertThat(partition.ending(job).reason())
                .isEqualTo("BAD_VALUE: its counts cannot be merged:"
                        + " a part of a run does not end before the next one begins");
        assertThat(partition.memoryTaken()).isZero();
    }

    @Test
    void partLargerThanWorkersMakeIsABadValue() {
        var job = job("counts");
        var partition = new TestPartition(TINY).submit(job);
        var part = partition.blobs().put(ByteString.copyFrom(new byte[Counts.PART_BYTES + 1]));
        partition
                .answer(elsewhere(job, 0, ITEMS, new Result.Place(List.of(part), true)))
                .run();
        assertThat(partition.failure(job).kind()).isEqualTo(Result.FailureKind.BAD_VALUE);
        assertThat(partition.failure(job).message()).contains("327681 bytes, allowed 1 to 327680");
    }

    @Test
    void countsElsewhereThatAreLostFailTheJob() {
        var job = job("counts");
        var partition = new TestPartition(TINY).submit(job);
        partition.answer(elsewhere(partition, job, 0, ITEMS));
        partition.blobs().clear();
        assertValueLost(partition.run(), job);
    }

    @Test
    void partThatIsSomethingElseFailsTheJob() {
        var job = job("counts");
        var partition = new TestPartition(TINY).submit(job);
        partition.answer(value(job, 0, ITEMS)).readAll();
        var joiner = partition.joiner();
        for (var wanted = joiner.wantsPart(); wanted != null; wanted = joiner.wantsPart()) {
            if (wanted.part() instanceof OutputPart.Data(var bytes)) {
                joiner.partPut(wanted, partition.blobs().put(bytes));
            } else {
                joiner.partRead(wanted, ByteString.copyFrom(new byte[] {1}));
            }
        }
        assertThat(partition.run().ending(job).reason()).startsWith("BAD_VALUE: its counts cannot be merged: ");
    }

    @Test
    void failedJobHasThePartialOutputAndItsReplayGoesOnFromIt() {
        var job = job("counts");
        var partition = new TestPartition(TINY).submit(job);
        partition.answer(value(job, 0, 50)).answer(value(job, 50, 100)).run();
        partition.answer(failed(job, 100, ITEMS, 1)).run();
        var ending = partition.ending(job);
        assertThat(ending.state()).isEqualTo(Ending.State.FAILED);
        assertThat(ending.outputDigest()).isEqualTo(inMemory(job, 100).outputDigest());

        var again = spec("again", 0, ITEMS, job.join(), job.policy(), job.job());
        partition.takeOver().submit(again).run();
        partition.takeOver().answer(value(again, 100, ITEMS)).run();
        assertThat(partition.ending(again).outputDigest())
                .isEqualTo(inMemory(job, ITEMS).outputDigest());
    }

    @Test
    void cancelledJobHasThePartialOutput() {
        var job = job("counts");
        var partition = new TestPartition(TINY).submit(job);
        partition.answer(value(job, 0, 100)).run();
        partition.order(new JobOrder.Cancel("counts", "enough")).run();
        var ending = partition.ending(job);
        assertThat(ending.state()).isEqualTo(Ending.State.CANCELLED);
        assertThat(ending.outputDigest()).isEqualTo(inMemory(job, 100).outputDigest());
    }

    @Test
    void jobRemovedWhileItsPartsMoveIsGone() {
        var job = job("counts");
        var partition = new TestPartition(TINY).submit(job);
        partition.readOrder();
        partition.answer(value(job, 0, 100));
        partition.readResult();
        var wanted = Objects.requireNonNull(partition.joiner().wantsPart());
        partition.order(new JobOrder.Cancel("counts", "enough")).order(new JobOrder.Remove("counts"));
        partition.run();
        partition.joiner().partPut(wanted, partition.blobs().put(((OutputPart.Data) wanted.part()).bytes()));
        partition.run();
        assertThat(partition.memoryTaken()).isZero();
        assertThat(partition.snapshotPieces(job)).isOne(); // the mark
    }
}

package millrace.aggregator;

import static millrace.aggregator.TestPartition.done;
import static millrace.aggregator.TestPartition.failed;
import static millrace.aggregator.TestPartition.handedBack;
import static millrace.aggregator.TestPartition.spec;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.LongStream;
import millrace.proto.Ending;
import millrace.proto.ExactSum;
import millrace.proto.Integers;
import millrace.proto.JobOrder;
import millrace.proto.JobSpec;
import millrace.proto.Join;
import millrace.proto.Policy;
import millrace.proto.Ranges;
import millrace.proto.Result;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Owners that die at any moment, and what their successors make of the topics.
class JoinerReplayTest {
    private static final int ITEMS = 60;

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 150);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void outputsAreTheSameBytesWhereverOwnersDie(long seed) {
        var random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        var partition = new TestPartition(JoinLimits.DEFAULT.withReplayResultsMax(random.nextInt(1, 80)));
        var policy = Policy.DEFAULT.withMaxAttempts(100);
        var jobs = List.of(
                spec("integers", ITEMS, new Join.IntegerSum(1), policy),
                spec("floats", ITEMS, new Join.FloatSum(1), policy),
                spec("bytes", ITEMS, new Join.Concatenation(), policy));
        var cancelled = spec("cancelled", ITEMS, new Join.IntegerSum(1), policy);
        jobs.forEach(partition::submit);
        partition.submit(cancelled);
        var told = new HashMap<String, Ranges>();

        for (var step = 0; step < 600; step++) {
            var job = jobs.get(random.nextInt(jobs.size()));
            switch (random.nextInt(14)) {
                case 0, 1, 2, 3 -> partition.answer(value(job, random));
                case 4 -> partition.answer(value(cancelled, random));
                case 5 -> partition.answer(trouble(job, random));
                case 6 -> {
                    if (random.nextInt(5) == 0) {
                        partition.takeOver();
                    }
                }
                case 7 -> dieWriting(partition, random);
                case 8 -> {
                    if (random.nextInt(50) == 0) {
                        partition.order(new JobOrder.Cancel("cancelled", "enough"));
                    }
                    partition.compact();
                }
                default -> {
                    partition.readOrder();
                    partition.readResult();
                    writeSlowly(partition, random);
                }
            }
            checkProgress(partition.pass(random.nextInt(50)).publish(), told);
        }
        partition.order(new JobOrder.Cancel("cancelled", "enough"));
        partition.run();
        complete(partition, jobs);

        for (var job : jobs) {
            assertThat(partition.ending(job).state()).as("%s", job).isEqualTo(Ending.State.SUCCEEDED);
            assertThat(partition.output(job)).as("%s", job).isEqualTo(value(job, 0, ITEMS));
        }
        var ending = partition.ending(cancelled);
        if (ending.state() == Ending.State.CANCELLED && ending.output() != null) {
            var sum = ending.done().ranges().stream()
                    .mapToLong(range -> TestPartition.sumOf(range.first(), range.end()))
                    .sum();
            assertThat(partition.output(cancelled)).isEqualTo(Integers.encode(sum));
        }
        assertThat(partition.endings()).hasSize(4);
        assertThat(partition.snapshotPieces(jobs.getFirst())).isZero();
    }

    // Reads on while a transaction is under way.
    private static void writeSlowly(TestPartition partition, RandomGenerator random) {
        var transaction = partition.transaction();
        if (transaction != null) {
            for (var event = random.nextInt(3); event > 0; event--) {
                partition.readOrder();
                partition.readResult();
            }
            partition.commit(transaction);
            partition.joiner().committed(transaction);
        }
    }

    // The owner dies with a transaction under way, which nobody else sees, or everybody.
    private static void dieWriting(TestPartition partition, RandomGenerator random) {
        if (random.nextInt(4) == 0) {
            var transaction = partition.transaction();
            if (transaction != null) {
                if (random.nextBoolean()) {
                    partition.commit(transaction);
                }
                partition.takeOver();
            }
        }
    }

    // What was told as done stays done: the results that say so are in the topic.
    private static void checkProgress(TestPartition partition, Map<String, Ranges> told) {
        for (var progress : partition.progress()) {
            var before = told.put(progress.job(), progress.done());
            if (before != null) {
                for (var range : before.ranges()) {
                    assertThat(progress.done().containsAll(range.first(), range.end()))
                            .as("%s was done of %s", range, progress)
                            .isTrue();
                }
            }
        }
        partition.progress().clear();
    }

    // As the producer does: emits what is missing until nothing is.
    private static void complete(TestPartition partition, List<JobSpec> jobs) {
        for (var round = 0; round < 3; round++) {
            for (var job : jobs) {
                if (!partition.hasEnded(job)) {
                    partition.pass(1_000).run();
                    for (var gap : partition.lastProgress(job).done().gaps(0, ITEMS)) {
                        partition.answer(done(job, gap.first(), gap.end(), value(job, gap.first(), gap.end())));
                    }
                    partition.run();
                }
            }
        }
    }

    private static Result value(JobSpec job, RandomGenerator random) {
        var first = random.nextLong(ITEMS);
        var end = Math.min(ITEMS, first + 1 + random.nextLong(6));
        return done(job, first, end, value(job, first, end));
    }

    private static Result trouble(JobSpec job, RandomGenerator random) {
        var first = random.nextLong(ITEMS);
        var end = Math.min(ITEMS, first + 1 + random.nextLong(6));
        return random.nextBoolean()
                ? failed(job, first, end, random.nextInt(1, 5))
                : handedBack(job, first, end, random.nextInt(1, 5), Result.HandBackReason.DRAINING);
    }

    // What a worker gives for a range, and what a single thread would for the whole job.
    private static byte[] value(JobSpec job, long first, long end) {
        return switch (job.join()) {
            case Join.IntegerSum _ -> Integers.encode(TestPartition.sumOf(first, end));
            case Join.FloatSum _ -> {
                var sum = new ExactSum();
                for (var item = first; item < end; item++) {
                    sum.add(Math.scalb(1.0 / (item + 1), (int) (item % 40)));
                }
                yield ExactSum.encode(sum);
            }
            case Join.Concatenation _ -> {
                var bytes = new ByteArrayOutputStream();
                for (var item = first; item < end; item++) {
                    bytes.writeBytes("-".repeat((int) (item % 30)).getBytes(StandardCharsets.UTF_8));
                    bytes.writeBytes(Long.toString(item).getBytes(StandardCharsets.UTF_8));
                }
                yield bytes.toByteArray();
            }
            case Join.CountsByKey _, Join.CountsByPrefix _, Join.Extremes _, Join.TopK _ ->
                throw new IllegalArgumentException(job + " is none of this test");
        };
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void theSameResultsInAnyOrderGiveTheSameBytes(long seed) {
        var random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        var job = spec("bytes", ITEMS, new Join.Concatenation(), Policy.DEFAULT);
        var results = new ArrayList<Result>();
        for (long first = 0; first < ITEMS; ) {
            var end = Math.min(ITEMS, first + 1 + random.nextLong(9));
            results.add(done(job, first, end, value(job, first, end)));
            first = end;
        }
        var partition = new TestPartition();
        partition.submit(job);
        while (!results.isEmpty()) {
            partition.answer(results.remove(random.nextInt(results.size())));
        }
        partition.run();

        assertThat(partition.output(job)).isEqualTo(value(job, 0, ITEMS));
    }
}

package millrace.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import millrace.client.Job;
import millrace.client.JobFailed;
import millrace.client.JobOptions;
import millrace.client.Millrace;
import millrace.client.WorkerSummary;
import millrace.proto.BadInput;
import millrace.proto.Described;
import millrace.proto.Description;
import millrace.proto.Ending;
import millrace.proto.Integers;
import millrace.proto.Join;
import millrace.proto.OutputSource;
import millrace.proto.Parameter;
import millrace.proto.Policy;
import millrace.proto.Ranges;
import millrace.proto.Result.FailureKind;
import millrace.proto.kernels.MonteCarlo;
import millrace.tests.kernels.Dated;
import millrace.tests.kernels.Grind;
import millrace.tests.kernels.Nap;
import millrace.tests.kernels.Spell;
import millrace.tests.kernels.Trap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Jobs on a whole fleet: producer and aggregator in this JVM, two workers of one core each beside it, of which one has
/// an older version of one kernel.
class FleetIT {
    @RegisterExtension
    static final TestBroker BROKER = new TestBroker();

    private static final Duration PATIENCE = TestFleet.PATIENCE;

    private static Millrace client;

    @BeforeAll
    static void start() {
        var fleet = BROKER.fleet().withRoles();
        fleet.worker(1);
        fleet.worker(1, "-D" + Dated.VERSION + "=1");
        client = fleet.client();
        fleet.awaitWorkers(client, 2);
    }

    private static JobOptions with(Policy policy) {
        return JobOptions.DEFAULT.withPolicy(policy);
    }

    private static String sumOfItems(long items) {
        return Long.toString(items * (items - 1) / 2);
    }

    @Test
    void jobOfOneItem() throws Exception {
        var grind = new Grind(1, 1000, 7);
        var output = client.submit(grind).get(PATIENCE);
        assertThat(output.text()).isEqualTo(Long.toString(grind.expected()));
        assertThat(output.ending().tally().items()).isEqualTo(1);
    }

    @Test
    void jobWithoutItemsSucceedsWithAnEmptyOutput() throws Exception {
        var sum = client.submit(new Grind(0, 1000, 0)).get(PATIENCE);
        assertThat(sum.ending().state()).isEqualTo(Ending.State.SUCCEEDED);
        assertThat(sum.text()).isEqualTo("0");
        assertThat(client.submit(new Spell(0)).get(PATIENCE).canonical().bytes())
                .isZero();
    }

    @Test
    void millionItemsAreSummedUp() throws Exception {
        var grind = new Grind(1_000_000, 1000, 3);
        var output = client.submit(grind).get(PATIENCE);
        assertThat(output.text()).isEqualTo(Long.toString(grind.expected()));
        assertThat(output.ending().tally().items()).isEqualTo(1_000_000);
    }

    @Test
    void millionItemsAreConcatenatedInOrder() throws Exception {
        var output = client.submit(new Spell(1_000_000)).get(PATIENCE);
        assertThat(output.canonical().readAll()).isEqualTo(Spell.lines(0, 1_000_000));
    }

    @Test
    void digestDoesNotDependOnTheSizeOfTasks() throws Exception {
        var montecarlo = monteCarlo(0);
        var small = client.submit(montecarlo, with(Policy.DEFAULT.withTaskItems(1000)));
        var large = client.submit(montecarlo, with(Policy.DEFAULT.withTaskItems(77_777)));
        var measured = client.submit(montecarlo);
        var other = client.submit(monteCarlo(1));
        var digest = measured.get(PATIENCE).digest();
        assertThat(small.get(PATIENCE).digest()).isEqualTo(digest);
        assertThat(large.get(PATIENCE).digest()).isEqualTo(digest);
        assertThat(other.get(PATIENCE).digest()).isNotEqualTo(digest);
        assertThat(small.get(PATIENCE).ending().tally().tasks()).isGreaterThanOrEqualTo(200);
    }

    static MonteCarlo monteCarlo(long seed) {
        return new MonteCarlo(
                MonteCarlo.Payoff.ASIAN,
                MonteCarlo.Option.CALL,
                100,
                100,
                0.05,
                0.2,
                0,
                1,
                16,
                0,
                MonteCarlo.Crossing.UP_AND_OUT,
                200_000,
                seed);
    }

    @Test
    void jobsShareTheFleetByTheirPriorities() throws Exception {
        var policy = Policy.DEFAULT.withTaskTime(Duration.ofMillis(40));
        var low = client.submit(new Nap(500, 10, false), with(policy.withPriority(-2)));
        var middle = client.submit(new Nap(500, 10, false), with(policy));
        var high = client.submit(new Nap(500, 10, false), with(policy.withPriority(2)));
        low.progress();
        middle.progress();
        assertThat(high.get(PATIENCE).text()).isEqualTo(sumOfItems(500));
        var lowDone = low.progress().fraction();
        var middleDone = middle.progress().fraction();
        assertThat(lowDone).isLessThan(middleDone);
        // A quarter each, and a share of the time before the last was submitted.
        assertThat(middleDone).isLessThan(0.7);
        assertThat(middle.get(PATIENCE).text()).isEqualTo(sumOfItems(500));
        assertThat(low.get(PATIENCE).text()).isEqualTo(sumOfItems(500));
    }

    @Test
    void priorityCanBeChangedInMidRun() throws Exception {
        var policy = Policy.DEFAULT.withTaskTime(Duration.ofMillis(40));
        var first = client.submit(new Nap(500, 10, false), with(policy.withPriority(4)));
        var second = client.submit(new Nap(500, 10, false), with(policy));
        TestFleet.awaitDone(first, 0.2);
        second.priority(8);
        assertThat(second.get(PATIENCE).text()).isEqualTo(sumOfItems(500));
        assertThat(first.progress().fraction()).isLessThan(0.9);
        assertThat(first.get(PATIENCE).text()).isEqualTo(sumOfItems(500));
    }

    @Test
    void cancelFreesTheCoresInMidTask() throws Exception {
        // Shorter than a task by far, and longer than a busy machine's disk may hold a broker up.
        var longest = Duration.ofSeconds(15);
        var job =
                client.submit(new Nap(100_000, 100, false), with(Policy.DEFAULT.withTaskTime(Duration.ofSeconds(30))));
        TestFleet.awaitDone(job, 0.00001);
        await().atMost(PATIENCE).until(() -> holders(job).size() == 2);
        job.cancel("not needed");
        var cancelled = System.nanoTime();
        await().atMost(longest).until(() -> holders(job).isEmpty());
        var ending = job.ending(PATIENCE);
        assertThat(ending.state()).isEqualTo(Ending.State.CANCELLED);
        assertThat(ending.reason()).isEqualTo("not needed");
        assertThatThrownBy(() -> job.get(PATIENCE))
                .isInstanceOf(JobFailed.class)
                .hasMessageContaining("CANCELLED");
        client.submit(new Grind(1, 1, 0)).get(PATIENCE);
        var took = Duration.ofNanos(System.nanoTime() - cancelled);
        System.out.printf("cancelled, and the cores at other work after %d ms%n", took.toMillis());
        assertThat(took).isLessThan(longest);
    }

    /// The workers that have tasks of the job in hand.
    private static List<String> holders(Job job) {
        return client.workers(Duration.ofSeconds(2)).stream()
                .filter(WorkerSummary::live)
                .map(WorkerSummary::heartbeat)
                .filter(beat -> beat.holdings().stream()
                        .anyMatch(holding -> holding.job().equals(job.id())))
                .map(beat -> beat.worker())
                .toList();
    }

    @Test
    void pausedJobStandsStillUntilItIsResumed() throws Exception {
        // With two tasks out at most, little follows the pause.
        var policy = Policy.DEFAULT.withTaskTime(Duration.ofMillis(100)).withMaxCores(2);
        var job = client.submit(new Nap(300, 20, false), with(policy));
        TestFleet.awaitDone(job, 0.1);
        job.pause();
        // What is out is finished; then nothing moves, while another job gets what it wants.
        await().atMost(PATIENCE).until(() -> holders(job).isEmpty());
        client.submit(new Nap(10, 20, false)).get(PATIENCE);
        var paused = job.progress().done();
        assertThat(client.submit(new Nap(100, 20, false)).get(PATIENCE).text()).isEqualTo(sumOfItems(100));
        assertThat(job.progress().done()).isEqualTo(paused).isLessThan(300);
        job.resume();
        assertThat(job.get(PATIENCE).text()).isEqualTo(sumOfItems(300));
    }

    @Test
    void jobOfAThrowingKernelFailsAndSaysWhere() throws Exception {
        var job = client.submit(new Trap(100, 41, Trap.Trick.THROW, ""), with(Policy.DEFAULT.withTaskItems(10)));
        var ending = job.ending(PATIENCE);
        assertThat(ending.state()).isEqualTo(Ending.State.FAILED);
        assertThat(ending.reason())
                .contains("item 41 cannot be computed")
                .contains("40")
                .contains("50");
        assertThat(ending.failure()).satisfies(failure -> {
            assertThat(failure.first()).isEqualTo(40);
            assertThat(failure.end()).isEqualTo(50);
            assertThat(failure.attempts()).isEqualTo(3);
            assertThat(failure.kind()).isEqualTo(FailureKind.EXCEPTION);
            assertThat(failure.stack()).contains("Trap");
        });
    }

    @Test
    void skippedItemsAreDeadLettersOfAPartialJob() throws Exception {
        var policy = Policy.DEFAULT.withTaskItems(10).withSkipMax(10).withMaxAttempts(2);
        var job = client.submit(new Trap(100, 41, Trap.Trick.THROW, ""), with(policy));
        var output = job.get(PATIENCE);
        assertThat(output.ending().state()).isEqualTo(Ending.State.PARTIAL);
        assertThat(output.complete()).isFalse();
        assertThat(output.text()).isEqualTo(Long.toString(100 * 99 / 2 - (40 + 49) * 10 / 2));
        assertThat(client.deadLetters(Optional.of(job.id()))).singleElement().satisfies(letter -> {
            assertThat(letter.first()).isEqualTo(40);
            assertThat(letter.end()).isEqualTo(50);
            assertThat(letter.causes())
                    .hasSize(2)
                    .allSatisfy(cause -> assertThat(cause.message()).contains("item 41 cannot be computed"));
        });
    }

    @Test
    void taskThatFailsOnceIsTriedAgain(@TempDir Path folder) throws Exception {
        var marker = folder.resolve("thrown").toString();
        var job =
                client.submit(new Trap(100, 41, Trap.Trick.THROW_ONCE, marker), with(Policy.DEFAULT.withTaskItems(10)));
        var output = job.get(PATIENCE);
        assertThat(output.ending().state()).isEqualTo(Ending.State.SUCCEEDED);
        assertThat(output.text()).isEqualTo(sumOfItems(100));
        var tally = output.ending().tally();
        assertThat(tally.failures()).isEqualTo(1);
        assertThat(tally.tasks()).isEqualTo(10);
        assertThat(tally.attempts()).isGreaterThanOrEqualTo(11);
    }

    /// The same kernel, as a client with the older release describes it.
    @Described(name = "dated", version = 1, summary = "Counts its items.", item = "one")
    record OlderDated(
            @Parameter(help = "ones", min = "0", max = "1e9")
            long count) implements Description {
        @Override
        public long items() {
            return count;
        }

        @Override
        public Join join() {
            return new Join.IntegerSum(1);
        }

        @Override
        public void write(OutputSource output, Ranges done, OutputStream out) throws IOException {
            out.write(Integers.decode(output.readAll())[0]
                    .toString()
                    .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        }
    }

    @Test
    void eachVersionOfAKernelIsComputedByTheWorkersThatHaveIt() throws Exception {
        var policy = Policy.DEFAULT.withTaskItems(10);
        var newer = client.submit(new Dated(1000), with(policy));
        var older = client.submit(new OlderDated(1000), with(policy));
        assertThat(newer.get(PATIENCE).text()).isEqualTo("1000");
        assertThat(older.get(PATIENCE).text()).isEqualTo("1000000000");
    }

    @Test
    void sameSubmitTwiceIsOneJob() throws Exception {
        var options = JobOptions.DEFAULT.withId("twice");
        var first = client.submit(new Grind(100, 1000, 1), options);
        var second = client.submit(new Grind(100, 1000, 1), options);
        assertThat(first.get(PATIENCE).ending()).isEqualTo(second.get(PATIENCE).ending());
        // And again when it has long ended.
        var third = client.submit(new Grind(100, 1000, 1), options);
        assertThat(third.get(PATIENCE).ending()).isEqualTo(first.get(PATIENCE).ending());
        assertThat(client.jobs().stream().filter(job -> job.spec().job().equals("twice")))
                .hasSize(1);
    }

    @Test
    void otherSpecUnderATakenIdIsRefused() throws Exception {
        var options = JobOptions.DEFAULT.withId("taken");
        var first = client.submit(new Grind(100, 1000, 1), options);
        assertThatThrownBy(() -> client.submit(new Grind(100, 1000, 2), options))
                .isInstanceOf(BadInput.class)
                .hasMessageContaining("taken");
        assertThat(first.get(PATIENCE).text()).isEqualTo(Long.toString(new Grind(100, 1000, 1).expected()));
    }
}

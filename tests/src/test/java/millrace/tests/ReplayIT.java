package millrace.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import millrace.cli.Main;
import millrace.client.JobOptions;
import millrace.client.Millrace;
import millrace.proto.Ending;
import millrace.proto.ExitCode;
import millrace.proto.Policy;
import millrace.tests.kernels.Nap;
import millrace.tests.kernels.Trap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// Jobs that ended without all their items are looked into and completed, by commands.
@Execution(ExecutionMode.CONCURRENT)
class ReplayIT {
    @RegisterExtension
    static final TestBroker BROKER = new TestBroker();

    private static final Duration PATIENCE = TestFleet.PATIENCE;
    private static final long COUNT = 100_000;
    private static final String SUM = Long.toString(COUNT * (COUNT - 1) / 2);
    private static final Policy THOUSANDS = Policy.DEFAULT.withTaskItems(1_000).withMaxAttempts(1);

    @TempDir
    Path folder;

    private final TestFleet fleet = BROKER.fleet();
    private Millrace client;

    private record Said(int status, String out, String err) {}

    @BeforeEach
    void start() {
        fleet.withRoles();
        fleet.worker(2);
        client = fleet.client();
        fleet.awaitWorkers(client, 1);
    }

    @AfterEach
    void stop() {
        fleet.close();
    }

    private Said millrace(String... arguments) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of(
                "--bootstrap-server",
                fleet.cluster().bootstrapServers(),
                "--fleet",
                fleet.cluster().fleet()));
        var status = Main.run(
                all,
                new PrintStream(out, true, UTF_8),
                new PrintStream(err, true, UTF_8),
                Map.of("HOME", folder.toString()));
        return new Said(status, out.toString(UTF_8).strip(), err.toString(UTF_8));
    }

    private Trap trap(Trap.Trick trick) {
        return new Trap(COUNT, 41_234, trick, folder.resolve("marker").toString());
    }

    @Test
    void deadLettersAreReplayedAndNothingElse() throws Exception {
        var job = client.submit(
                trap(Trap.Trick.THROW_ONCE), JobOptions.DEFAULT.withPolicy(THOUSANDS.withSkipMax(10_000)));
        var ending = job.ending(PATIENCE);
        assertThat(ending.state()).isEqualTo(Ending.State.PARTIAL);
        assertThat(ending.done().items()).isEqualTo(COUNT - 1_000);

        assertThat(millrace("dead-letters", job.id()).out)
                .contains("items 41000..42000", "attempt 1 on ", "item 41234 cannot be computed the first time");
        assertThat(millrace("output", job.id()))
                .satisfies(said -> assertThat(said.status).isEqualTo(ExitCode.PARTIAL.number()))
                .satisfies(said -> assertThat(said.err).contains("99000 of 100000 items", "[41000, 42000)"));

        var dry = millrace("replay", job.id(), "--dry-run");
        assertThat(dry.err).contains("to be computed: 1000 of 100k items", "[41000, 42000)");
        assertThat(dry.out).isEmpty();
        assertThat(client.jobs()).hasSize(1);

        var replay = millrace("replay", job.id());
        assertThat(replay.status).isZero();
        var output = millrace("output", job.id());
        assertThat(output.err).contains("job " + replay.out + " went on from " + job.id());
        assertThat(output.out).isEqualTo(SUM);
        assertThat(output.status).isZero();

        var completed = client.job(replay.out).orElseThrow().ending(PATIENCE);
        assertThat(completed.spec().parent()).isEqualTo(job.id());
        assertThat(completed.tally().attempts())
                .as("only what was missing is computed")
                .isEqualTo(1);
        assertThat(millrace("replay", job.id()).err).contains("has succeeded: nothing of it is missing");
    }

    @Test
    void partialOutputOfAFailedJobCanBeHad() throws Exception {
        var job = client.submit(trap(Trap.Trick.THROW), JobOptions.DEFAULT.withPolicy(THOUSANDS));
        var ending = job.ending(PATIENCE);
        assertThat(ending.state()).isEqualTo(Ending.State.FAILED);

        var whole = millrace("output", job.id());
        assertThat(whole.status).isEqualTo(ExitCode.FAILED.number());
        assertThat(whole.out).isEmpty();
        assertThat(whole.err).contains("item 41234 cannot be computed", "millrace output --partial " + job.id());

        var partial = millrace("output", "--partial", job.id());
        var sum = ending.done().ranges().stream()
                .mapToLong(range -> (range.first() + range.end() - 1) * range.items() / 2)
                .sum();
        assertThat(partial.out).isEqualTo(Long.toString(sum));
        assertThat(partial.err)
                .contains("this is a partial output: " + ending.done().items() + " of 100000 items");
    }

    @Test
    void cancelledJobGoesOnFromWhereItWas() throws Exception {
        var job = client.submit(
                new Nap(1_000, 10, false),
                JobOptions.DEFAULT.withPolicy(Policy.DEFAULT.withTaskTime(Duration.ofMillis(100))));
        assertThat(millrace("replay", job.id()).err).contains("allowed: a job that has ended; cancel it first");
        TestFleet.awaitDone(job, 0.3);
        assertThat(millrace("cancel", job.id()).status).isZero();
        var cancelled = job.ending(PATIENCE);
        assertThat(cancelled.state()).isEqualTo(Ending.State.CANCELLED);

        var replay = client.replay(job.id());
        assertThat(client.replay(job.id()).id()).as("asked for again").isEqualTo(replay.id());
        var output = replay.get(PATIENCE);
        assertThat(output.text()).isEqualTo("499500");
        assertThat(output.ending().done().items()).isEqualTo(1_000);
    }
}

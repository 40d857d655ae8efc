package millrace.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import millrace.client.Job;
import millrace.client.JobOptions;
import millrace.client.Millrace;
import millrace.client.Output;
import millrace.proto.Digests;
import millrace.proto.Integers;
import millrace.proto.Policy;
import millrace.tests.kernels.Nap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// Processes of a fleet are killed or frozen in mid-job, and the output has the bytes that it must have.
@Execution(ExecutionMode.CONCURRENT)
class FaultsIT {
    @RegisterExtension
    static final TestBroker BROKER = new TestBroker();

    private static final Duration PATIENCE = TestFleet.PATIENCE;

    private final TestFleet fleet = BROKER.fleet();

    @AfterEach
    void stop() {
        fleet.close();
    }

    private Millrace connect(int workers) {
        var client = fleet.client();
        fleet.awaitWorkers(client, workers);
        return client;
    }

    private static void assertIsUndisturbed(Output output, long naps) {
        var sum = Integers.encode(BigInteger.valueOf(naps * (naps - 1) / 2));
        assertThat(output.digest()).isEqualTo(HexFormat.of().formatHex(Digests.sha256(ByteBuffer.wrap(sum))));
        assertThat(output.ending().tally().items()).isEqualTo(naps);
    }

    private static Job submit(Millrace client, long naps) throws InterruptedException {
        return client.submit(
                new Nap(naps, 10, false),
                JobOptions.DEFAULT.withPolicy(Policy.DEFAULT.withTaskTime(Duration.ofMillis(100))));
    }

    @Test
    void digestDoesNotDependOnTheNumberOfWorkers() throws Exception {
        fleet.withRoles();
        fleet.worker(1);
        var client = connect(1);
        var one = client.submit(FleetIT.monteCarlo(0)).get(PATIENCE);
        fleet.worker(1);
        fleet.worker(2);
        fleet.awaitWorkers(client, 3);
        var three = client.submit(
                        FleetIT.monteCarlo(0), JobOptions.DEFAULT.withPolicy(Policy.DEFAULT.withTaskItems(1000)))
                .get(PATIENCE);
        assertThat(one.ending().tally().workers()).hasSize(1);
        assertThat(three.ending().tally().workers()).hasSize(3);
        assertThat(three.digest()).isEqualTo(one.digest());
    }

    @Test
    void standbyAggregatorTakesOverWhenTheActiveOneIsKilled() throws Exception {
        fleet.role("producer", Map.of("producer.job-partitions", "1", "producer.task-partitions", "1"));
        var aggregators = List.of(
                fleet.process("aggregator", "aggregator.id=first"),
                fleet.process("aggregator", "aggregator.id=second"));
        fleet.worker(1);
        fleet.worker(1);
        var client = connect(2);
        var job = submit(client, 2_000);
        TestFleet.awaitDone(job, 0.3);
        var active = awaitOne(aggregators, "is taken over");
        active.kill();
        var output = job.get(PATIENCE);
        assertIsUndisturbed(output, 2_000);
        assertThat(output.ending().owner()).isEqualTo(aggregators.get(0) == active ? "second" : "first");
    }

    @Test
    void standbyProducerTakesOverWhenTheActiveOneIsKilled() throws Exception {
        var producers = List.of(
                fleet.process("producer", "producer.job-partitions=1", "producer.task-partitions=1"),
                fleet.process("producer"));
        fleet.role("aggregator", Map.of());
        fleet.worker(1);
        fleet.worker(1);
        var client = connect(2);
        var job = submit(client, 2_000);
        TestFleet.awaitDone(job, 0.3);
        var active = awaitOne(producers, "Feeds ");
        active.kill();
        assertIsUndisturbed(job.get(PATIENCE), 2_000);
    }

    private static Child awaitOne(List<Child> children, String saying) {
        return await().atMost(PATIENCE)
                .until(
                        () -> children.stream()
                                .filter(child -> child.said(saying))
                                .toList(),
                        those -> those.size() == 1)
                .getFirst();
    }

    @Test
    void killedAndFrozenWorkersChangeNothing() throws Exception {
        fleet.withRoles();
        var killed = fleet.worker(1);
        var frozen = fleet.worker(1);
        fleet.worker(1);
        var client = connect(3);
        var job = submit(client, 6_000);
        TestFleet.awaitDone(job, 0.1);
        killed.kill();
        TestFleet.awaitDone(job, 0.2);
        frozen.freeze();
        var stopped = System.nanoTime();
        await().pollDelay(Duration.ofSeconds(20)).atMost(PATIENCE).until(() -> System.nanoTime() - stopped > 20e9);
        frozen.thaw();
        var thawedAt = job.progress().fraction();
        var output = job.get(PATIENCE);
        assertThat(thawedAt).as("part done when the frozen worker went on").isLessThan(1);
        assertIsUndisturbed(output, 6_000);
        var tally = output.ending().tally();
        assertThat(tally.redeliveries() + tally.duplicates()).isPositive();
        assertThat(killed.starts()).isEqualTo(2);
    }
}

package millrace.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.file.Path;
import java.util.Map;
import millrace.aggregator.AggregatorRole;
import millrace.cli.EmbeddedBroker;
import millrace.proto.Cluster;
import millrace.proto.Digests;
import millrace.proto.Ending;
import millrace.proto.Integers;
import millrace.proto.JobOrder;
import millrace.proto.Join;
import millrace.proto.Policy;
import millrace.proto.Role;
import millrace.proto.Settings;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An aggregator on a real broker, with results written by hand.
class AggregatorIT {
    @TempDir
    static Path folder;

    private static EmbeddedBroker broker;
    private static HandFedFleet fleet;
    private static Role.Running aggregator;

    @BeforeAll
    static void start() {
        broker = EmbeddedBroker.start(folder);
        fleet = new HandFedFleet(Cluster.at(broker.bootstrapServers(), "by-hand"), 2);
        aggregator = aggregator(Map.of());
    }

    @AfterAll
    static void stop() {
        aggregator.close();
        fleet.close();
        broker.close();
    }

    private static Role.Running aggregator(Map<String, String> flags) {
        var role = new AggregatorRole();
        return role.start(fleet.cluster(), Settings.resolve(role.settings(), flags, Map.of(), Map.of()));
    }

    @Test
    void resultsBecomeTheOutputThatTheEndingDigests() {
        var spec = fleet.sum("sum", 100);
        fleet.submit(spec);
        fleet.answer(spec, fleet.counted(spec, 0, 40));
        fleet.answer(spec, fleet.counted(spec, 0, 40));
        fleet.answer(spec, fleet.counted(spec, 70, 100));
        fleet.answer(spec, fleet.counted(spec, 40, 70));

        var ending = fleet.awaitEnding(spec);

        assertThat(ending.state()).isEqualTo(Ending.State.SUCCEEDED);
        assertThat(ending.tally().duplicates()).isEqualTo(1);
        var output = fleet.output(ending);
        assertThat(Integers.decode(output)).containsExactly(BigInteger.valueOf(99 * 50));
        assertThat(ending.outputDigest().toByteArray()).isEqualTo(Digests.sha256(java.nio.ByteBuffer.wrap(output)));
    }

    @Test
    void outputLargerThanARecordComesInPieces() {
        var spec = fleet.spec("pieces", 5, new Join.Concatenation(), Policy.DEFAULT);
        fleet.submit(spec);
        for (var item = 4; item >= 0; item--) {
            var value = new byte[700_000];
            java.util.Arrays.fill(value, (byte) item);
            fleet.answer(spec, fleet.done(spec, item, item + 1, value));
        }

        var ending = fleet.awaitEnding(spec);

        var output = fleet.output(ending);
        assertThat(output).hasSize(3_500_000);
        for (var item = 0; item < 5; item++) {
            assertThat(output[item * 700_000]).isEqualTo((byte) item);
        }
    }

    @Test
    void cancelEndsAJobAndFreesItsId() {
        var spec = fleet.sum("cancelled", 10);
        fleet.submit(spec);
        fleet.answer(spec, fleet.counted(spec, 0, 4));
        fleet.awaitProgress(spec, progress -> progress.done().items() == 4);
        fleet.order(spec, new JobOrder.Cancel(spec.job(), "not needed"));

        var ending = fleet.awaitEnding(spec);

        assertThat(ending.state()).isEqualTo(Ending.State.CANCELLED);
        assertThat(ending.reason()).isEqualTo("not needed");
        assertThat(Integers.decode(fleet.output(ending))).containsExactly(BigInteger.valueOf(6));
        assertThat(ending.done().items()).isEqualTo(4);
    }

    @Test
    void skippedItemsBecomeDeadLettersOfAPartialJob() {
        var spec = fleet.spec(
                "partial",
                10,
                new Join.IntegerSum(1),
                Policy.DEFAULT.withSkipMax(5).withMaxAttempts(2));
        fleet.submit(spec);
        fleet.answer(spec, fleet.failed(spec, 0, 5, 1));
        fleet.answer(spec, fleet.failed(spec, 0, 5, 1));
        fleet.answer(spec, fleet.failed(spec, 0, 5, 2));
        fleet.answer(spec, fleet.counted(spec, 5, 10));

        var ending = fleet.awaitEnding(spec);

        assertThat(ending.state()).isEqualTo(Ending.State.PARTIAL);
        assertThat(Integers.decode(fleet.output(ending))).containsExactly(BigInteger.valueOf(35));
        var letter = fleet.deadLetters(spec, 1).getFirst();
        assertThat(letter.job()).isEqualTo("partial");
        assertThat(letter.causes()).hasSize(2);
    }

    @Test
    void brokenBytesStopNothing() {
        var spec = fleet.sum("after-broken", 3);
        fleet.raw(fleet.wire().results().topic(), spec.partition(), null, null);
        fleet.raw(fleet.wire().results().topic(), spec.partition(), new byte[] {1}, new byte[] {1, 2, 3});
        fleet.raw(fleet.wire().jobs().topic(), spec.partition(), null, new byte[1000]);
        var unknown = fleet.sum("never-submitted", 3);
        fleet.answer(unknown, fleet.counted(unknown, 0, 3));
        fleet.submit(spec);
        fleet.answer(spec, fleet.counted(spec, 0, 3));

        assertThat(fleet.awaitEnding(spec).state()).isEqualTo(Ending.State.SUCCEEDED);
    }
}

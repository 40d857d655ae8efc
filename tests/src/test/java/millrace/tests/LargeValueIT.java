package millrace.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import millrace.client.JobOptions;
import millrace.client.Millrace;
import millrace.client.Output;
import millrace.proto.Ending;
import millrace.proto.Policy;
import millrace.tests.kernels.Flood;
import millrace.tests.kernels.Tags;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Partial values that no record holds, and an output that is larger than the heap of the aggregator and of the
/// workers.
class LargeValueIT {
    @RegisterExtension
    static final TestBroker BROKER = new TestBroker();

    private static final int VALUE_WORDS = 250_000; // 2 MB

    /// Longer: `-Dmillrace.output.mb=2200`.
    private static final long OUTPUT_MB = Long.getLong("millrace.output.mb", 120);

    @TempDir
    static Path folder;

    private static Millrace client;
    private static Child aggregator;

    @BeforeAll
    static void start() {
        var fleet = BROKER.fleet();
        fleet.role("producer", Map.of("producer.job-partitions", "2", "producer.task-partitions", "1"));
        aggregator = fleet.process("aggregator", List.of("-Xmx96m"));
        for (var worker = 0; worker < 2; worker++) {
            fleet.worker(1, "-Xmx96m", "-Djava.io.tmpdir=" + folder);
        }
        client = fleet.client();
        fleet.awaitWorkers(client, 2);
    }

    private static JobOptions withTaskItems(long items) {
        return JobOptions.DEFAULT.withPolicy(Policy.DEFAULT.withTaskItems(items));
    }

    @Test
    void outputLargerThanAnyHeapReachesTheClientsFile() throws Exception {
        var flood = new Flood(OUTPUT_MB / 2, VALUE_WORDS);
        var output = client.submit(flood, withTaskItems(1)).get(TestFleet.PATIENCE);
        assertThat(output.canonical().bytes()).isEqualTo(OUTPUT_MB * 1_000_000);
        var file = folder.resolve("output");
        output.save(file);
        try (var in = new BufferedInputStream(Files.newInputStream(file))) {
            for (var item = 0; item < flood.items(); item++) {
                assertThat(in.readNBytes(8 * VALUE_WORDS)).as("item %d", item).isEqualTo(flood.bytes(item, item + 1));
            }
            assertThat(in.read()).as("the end").isNegative();
        }
        assertThat(aggregator.isAlive()).isTrue();
        assertTransferGoesOn(output, file);
        assertThat(output.ending().tally().valueBytes()).isEqualTo(OUTPUT_MB * 1_000_000);
    }

    // One that was cut in the middle of a value.
    private static void assertTransferGoesOn(Output output, Path whole) throws IOException {
        var place = folder.resolve("again");
        var part = folder.resolve(".again." + output.digest().substring(0, 16) + ".part");
        var cut = output.canonical().bytes() / 2 + 1;
        Files.copy(whole, part);
        try (var channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
            channel.truncate(cut);
        }
        var moved = new ArrayList<Long>();
        output.save(place, true, (bytes, _) -> moved.add(bytes));
        assertThat(moved).startsWith(cut).endsWith(output.canonical().bytes());
        assertThat(Files.mismatch(place, whole)).isEqualTo(-1);
        assertThat(part).doesNotExist();
        Files.delete(place);
    }

    @Test
    void digestDoesNotDependOnWhereValuesWere() throws Exception {
        var flood = new Flood(60, 10_000);
        var small = client.submit(flood, withTaskItems(1)).get(TestFleet.PATIENCE);
        var large = client.submit(flood, withTaskItems(7)).get(TestFleet.PATIENCE);
        var whole = client.submit(flood, withTaskItems(60)).get(TestFleet.PATIENCE);
        assertThat(large.digest()).isEqualTo(small.digest());
        assertThat(whole.digest()).isEqualTo(small.digest());
        assertThat(whole.canonical().readAll()).isEqualTo(flood.bytes(0, 60));
        assertThat(large.canonical().readAll()).isEqualTo(flood.bytes(0, 60));
    }

    @Test
    void largeValuesAreJoined() throws Exception {
        var tags = new Tags(12, 50_000); // partial values of 2 MB
        var output = client.submit(tags, withTaskItems(3)).get(TestFleet.PATIENCE);
        assertThat(output.ending().state()).isEqualTo(Ending.State.SUCCEEDED);
        assertThat(output.canonical().readAll()).isEqualTo(tags.count(12));
    }
}

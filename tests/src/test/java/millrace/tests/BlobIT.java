package millrace.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import millrace.client.JobFailed;
import millrace.client.JobOptions;
import millrace.client.Millrace;
import millrace.proto.Blob;
import millrace.proto.BlobMissing;
import millrace.proto.BlobPlace;
import millrace.proto.Ending;
import millrace.proto.Policy;
import millrace.proto.Result.FailureKind;
import millrace.proto.Topics;
import millrace.proto.Wire;
import millrace.proto.blobs.BlobFolder;
import millrace.proto.blobs.BlobTopic;
import millrace.tests.kernels.Sift;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Files that all workers read, on a fleet of three workers of one core each.
class BlobIT {
    @RegisterExtension
    static final TestBroker BROKER = new TestBroker();

    private static final int MIB = 1 << 20;

    /// Longer: `-Dmillrace.blob.mib=1024`.
    private static final int BLOB_MIB = Integer.getInteger("millrace.blob.mib", 64);

    @TempDir
    static Path folder;

    private static TestFleet fleet;
    private static Millrace client;

    @BeforeAll
    static void start() {
        fleet = BROKER.fleet();
        // No copies: a job would end before a worker has told what it fetched.
        fleet.role("producer", Map.of("producer.job-partitions", "2", "producer.straggler-copies", "false"));
        fleet.role("aggregator", Map.of());
        for (var worker = 0; worker < 3; worker++) {
            fleet.worker(1, "-Djava.io.tmpdir=" + folder);
        }
        client = fleet.client();
        fleet.awaitWorkers(client, 3);
    }

    // Written piece by piece, as large as it is.
    private static Path file(long seed, int mib) throws IOException {
        var file = folder.resolve("file-" + seed);
        var random = new Random(seed);
        var piece = new byte[MIB];
        try (var out = Files.newOutputStream(file)) {
            for (var i = 0; i < mib; i++) {
                random.nextBytes(piece);
                out.write(piece);
            }
        }
        return file;
    }

    private static List<Long> ends(TestFleet fleet) {
        try (var consumer = new KafkaConsumer<>(
                fleet.cluster().client(Map.of()), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            var partitions = IntStream.range(0, Topics.BLOB_PARTITIONS)
                    .mapToObj(partition ->
                            new TopicPartition(Topics.BLOBS.in(fleet.cluster().fleet()), partition))
                    .toList();
            var ends = consumer.endOffsets(partitions);
            return partitions.stream().map(ends::get).toList();
        }
    }

    private static void assertNobodyHas(Millrace client, Blob blob) {
        var options = JobOptions.DEFAULT.withPolicy(Policy.DEFAULT.withTaskItems(5));
        assertThatThrownBy(() -> client.submit(new Sift(blob, 5), options).get(TestFleet.PATIENCE))
                .isInstanceOfSatisfying(JobFailed.class, e -> {
                    var failure = Objects.requireNonNull(e.ending().failure());
                    assertThat(failure.kind()).isEqualTo(FailureKind.BLOB);
                    assertThat(failure.message()).contains(blob.hex());
                    assertThat(e.ending().reason()).contains(blob.hex());
                    assertThat(e.ending().tally().handedBack()).isEqualTo(2);
                });
    }

    @Test
    void eachWorkerFetchesABlobOnceAndItIsPutOnce() throws Exception {
        var file = file(1, BLOB_MIB);
        var blob = client.put(file);
        var expected = 0L;
        try (var in = Files.newInputStream(file)) {
            for (var piece = in.readNBytes(MIB); piece.length > 0; piece = in.readNBytes(MIB)) {
                expected += Sift.sum(MemorySegment.ofArray(piece));
            }
        }
        var ends = ends(fleet);
        assertThat(client.put(file)).isEqualTo(blob);
        assertThat(ends(fleet)).as("put again").isEqualTo(ends);

        // So many tasks that every worker gets some of them while the others prepare.
        var options = JobOptions.DEFAULT.withPolicy(Policy.DEFAULT.withTaskItems(1));
        var output = client.submit(new Sift(blob, 300), options).get(TestFleet.PATIENCE);
        assertThat(output.text()).isEqualTo(Long.toString(300 * expected));
        var tally = output.ending().tally();
        assertThat(tally.workers()).hasSize(3);
        assertThat(tally.extra().blobBytes()).isEqualTo(3 * blob.bytes());
        assertThat(tally.extra().blobNanos()).isPositive();
        assertThat(tally.extra().warmNanos()).isPositive();

        var again = client.submit(new Sift(blob, 301), options).get(TestFleet.PATIENCE);
        assertThat(again.text()).isEqualTo(Long.toString(301 * expected));
        assertThat(again.ending().tally().extra().blobBytes())
                .as("in the caches")
                .isZero();
    }

    @Test
    void missingBlobFailsTheJobAndIsNamed() {
        assertNobodyHas(client, Blob.of("never put".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void brokenAndPartialBlobsFailTheJobAndAreNamed() throws Exception {
        try (var topic = new BlobTopic(fleet.cluster(), new Wire(fleet.cluster().fleet()), "test")) {
            var bytes = new byte[2_000_000];
            new Random(7).nextBytes(bytes);
            var whole = Blob.of(bytes);
            var place = topic.write(whole, () -> new ByteArrayInputStream(bytes), (_, _) -> {});
            // The pieces of another blob.
            var other = Blob.of(new byte[2_000_000]);
            topic.list(new BlobPlace(other, place.put(), place.partition(), place.offsets(), place.putMillis()));
            assertNobodyHas(client, other);
            // Pieces that were never written.
            var offsets = place.offsets().stream().map(offset -> offset + 1000).toList();
            topic.list(new BlobPlace(whole, place.put(), place.partition(), offsets, place.putMillis()));
            assertNobodyHas(client, whole);
            topic.list(place);
            var output = client.submit(new Sift(whole, 1)).get(TestFleet.PATIENCE);
            assertThat(output.text()).isEqualTo(Long.toString(Sift.sum(MemorySegment.ofArray(bytes))));
        }
    }

    /// Of two jobs, put in turn; read as they were put, mixed up, and the other way round.
    @Test
    void valuesAreReadInAnyOrder() throws Exception {
        var random = new Random(9);
        var values = new LinkedHashMap<BlobPlace, ByteString>();
        try (var topic = new BlobTopic(fleet.cluster(), new Wire(fleet.cluster().fleet()), "values")) {
            for (var value = 0; value < 60; value++) {
                var bytes = new byte[random.nextInt(40_000, value % 10 == 0 ? 3_000_000 : 400_000)];
                random.nextBytes(bytes);
                var content = UnsafeByteOperations.unsafeWrap(bytes);
                values.put(topic.writeValue(Blob.of(bytes), content, "job-" + value % 2), content);
            }
            var order = new ArrayList<>(values.keySet());
            assertAllAreRead(topic, order, values);
            Collections.shuffle(order, random);
            assertAllAreRead(topic, order, values);
            assertAllAreRead(topic, List.copyOf(values.keySet()).reversed(), values);

            var first = order.getFirst();
            var beyond = first.offsets().stream().map(offset -> offset + 10_000).toList();
            var gone = new BlobPlace(first.blob(), first.put(), first.partition(), beyond, first.putMillis());
            assertThatThrownBy(() -> read(topic, gone))
                    .isInstanceOf(BlobMissing.class)
                    .hasMessageContaining(gone.blob().hex());
            assertAllAreRead(topic, order, values);
        }
    }

    private static void assertAllAreRead(BlobTopic topic, List<BlobPlace> order, Map<BlobPlace, ByteString> values)
            throws Exception {
        for (var place : order) {
            assertThat(read(topic, place)).as("%s", place).isEqualTo(values.get(place));
        }
    }

    private static ByteString read(BlobTopic topic, BlobPlace place) throws Exception {
        var bytes = ByteString.newOutput();
        topic.readValue(place, bytes::write, () -> false);
        return bytes.toByteString();
    }

    @Test
    void blobsAreInASharedFolderWhereTheSettingSaysSo() throws Exception {
        var shared = Files.createDirectory(folder.resolve("shared"));
        var store = "file:" + shared;
        try (var other = BROKER.fleet()) {
            var files = shared.resolve(other.cluster().fleet());
            other.role("producer", Map.of("producer.job-partitions", "2", "producer.blob-store", store));
            other.role("aggregator", Map.of());
            other.process(
                    "worker", List.of("-Djava.io.tmpdir=" + folder), "worker.cores=1", "worker.blob-store=" + store);
            var inFiles = other.client(
                    BlobFolder.open("--blob-store", store, other.cluster().fleet(), true));
            other.awaitWorkers(inFiles, 1);

            var bytes = new byte[2_000_000];
            new Random(8).nextBytes(bytes);
            var file = folder.resolve("in-a-file");
            Files.write(file, bytes);
            var blob = inFiles.put(file);
            assertThat(inFiles.put(file)).isEqualTo(blob);
            assertThat(files.resolve(blob.hex())).hasBinaryContent(bytes);
            var output = inFiles.submit(new Sift(blob, 9)).get(TestFleet.PATIENCE);
            assertThat(output.text()).isEqualTo(Long.toString(9 * Sift.sum(MemorySegment.ofArray(bytes))));
            assertThat(output.ending().tally().extra().blobBytes()).isEqualTo(bytes.length);
            assertThat(ends(other)).as("on the topic").containsOnly(0L);

            // The worker has the first blob, so others are spoilt.
            for (var broken : List.of(true, false)) {
                Files.write(file, new byte[] {1, 2, 3, (byte) (broken ? 4 : 5)});
                var spoilt = inFiles.put(file);
                if (broken) {
                    Files.write(files.resolve(spoilt.hex()), new byte[] {1, 2, 3, 9});
                } else {
                    Files.delete(files.resolve(spoilt.hex()));
                }
                assertNobodyHas(inFiles, spoilt);
            }
        }
    }

    @Test
    void fileThatChangesWhileItIsPutIsToldOf() throws Exception {
        var file = folder.resolve("changing");
        Files.writeString(file, "before");
        var blob = Blob.of(file);
        Files.writeString(file, "afterw");
        assertThatThrownBy(() -> client.put(blob, file, (_, _) -> {}))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("changing")
                .hasMessageContaining("changed since");
        assertThat(client.submit(new Sift(client.put(file), 1))
                        .get(TestFleet.PATIENCE)
                        .ending()
                        .state())
                .isEqualTo(Ending.State.SUCCEEDED);
    }
}

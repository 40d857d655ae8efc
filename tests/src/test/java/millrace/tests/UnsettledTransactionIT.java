package millrace.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import millrace.aggregator.AggregatorRole;
import millrace.aggregator.JobEnd;
import millrace.cli.EmbeddedBroker;
import millrace.client.Millrace;
import millrace.proto.BrokerAnswer;
import millrace.proto.Cluster;
import millrace.proto.Join;
import millrace.proto.Policy;
import millrace.proto.Role;
import millrace.proto.Settings;
import millrace.proto.Topics;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A broker that was killed between the decision to commit a transaction and the partitions' hearing of it may call it
/// complete without telling them. What the owner of a partition left there must not be committed with its successor's
/// first ending, and nothing may wait for it.
class UnsettledTransactionIT {
    private static final String STATES = "__transaction_state";
    private static final String FLEET = "unsettled";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    /// The offset of the results was settled and the ending was not: the job ends anew, and once.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void endingThatNothingSettlesIsDiscardedAndItsResultsAreReadAgain(boolean withPiece) throws Exception {
        int port;
        try (var broker = EmbeddedBroker.start(folder)) {
            port = Integer.parseInt(broker.bootstrapServers().split(":")[1]);
            var cluster = Cluster.at(broker.bootstrapServers(), FLEET);
            try (var fleet = new HandFedFleet(cluster, 1)) {
                var spec = fleet.sum("left", 10);
                fleet.submit(spec);
                fleet.answer(spec, fleet.counted(spec, 0, 10));
            }
            if (withPiece) {
                leaveUnsettled(cluster, Topics.ENDINGS, Topics.OUTPUTS);
            } else {
                leaveUnsettled(cluster, Topics.ENDINGS);
            }
            commit(cluster, 1);
        }
        try (var broker = EmbeddedBroker.start(folder, port, Map.of())) {
            var cluster = Cluster.at(broker.bootstrapServers(), FLEET);
            assertThat(keys(cluster, Topics.ENDINGS, "read_uncommitted")).containsExactly("left");
            assertThat(keys(cluster, Topics.ENDINGS, "read_committed")).isEmpty();
            assertThat(committed(cluster)).isEqualTo(1);
            try (var fleet = new HandFedFleet(cluster, 1);
                    var _ = aggregator(cluster)) {
                fleet.awaitEnding(fleet.sum("left", 10));
                var next = fleet.sum("next", 10);
                fleet.submit(next);
                fleet.answer(next, fleet.counted(next, 0, 10));
                fleet.awaitEnding(next);
            }
            assertThat(keys(cluster, Topics.ENDINGS, "read_committed")).containsExactly("left", "next");
            assertThat(keys(cluster, Topics.OUTPUTS, "read_committed")).isEmpty(); // small ones are in their endings
        }
    }

    /// Its ending is settled: who has read it wants the output that was written with it.
    @Test
    void outputWhoseEndingIsSettledIsCommitted() throws Exception {
        int port;
        try (var broker = EmbeddedBroker.start(folder)) {
            port = Integer.parseInt(broker.bootstrapServers().split(":")[1]);
            var cluster = Cluster.at(broker.bootstrapServers(), FLEET);
            try (var fleet = new HandFedFleet(cluster, 1)) {
                var spec = fleet.sum("open", 10);
                fleet.submit(spec);
                fleet.answer(spec, fleet.counted(spec, 0, 5));
            }
            leaveUnsettled(cluster, Topics.OUTPUTS, Topics.SNAPSHOTS);
            commit(cluster, 1);
        }
        try (var broker = EmbeddedBroker.start(folder, port, Map.of())) {
            var cluster = Cluster.at(broker.bootstrapServers(), FLEET);
            assertThat(keys(cluster, Topics.OUTPUTS, "read_committed")).isEmpty();
            try (var role = aggregator(cluster)) {
                await().atMost(PATIENCE).until(role::ready);
            }
            // In case it dies before it has read everything again.
            assertThat(committed(cluster)).isZero();
            assertThat(keys(cluster, Topics.OUTPUTS, "read_committed")).startsWith("left");
            assertThat(keys(cluster, Topics.SNAPSHOTS, "read_committed")).startsWith("left");
        }
    }

    /// An owner that is left alone after an ending finds that nobody can read it, and says why.
    @Test
    void ownerFindsThatItsEndingIsNotSettled() throws Exception {
        try (var broker = EmbeddedBroker.start(folder)) {
            var cluster = Cluster.at(broker.bootstrapServers(), FLEET);
            try (var fleet = new HandFedFleet(cluster, 1);
                    var role = aggregator(cluster);
                    var other = producer(cluster, Map.of("transactional.id", "other"))) {
                await().atMost(PATIENCE).until(role::ready);
                leaveOpen(other, Topics.ENDINGS);
                var spec = fleet.sum("next", 10);
                fleet.submit(spec);
                fleet.answer(spec, fleet.counted(spec, 0, 10));
                await().atMost(PATIENCE).until(() -> role.trouble().contains("is not settled and not of its owners"));
                assertThat(keys(cluster, Topics.ENDINGS, "read_committed")).isEmpty();
                other.abortTransaction();
                fleet.awaitEnding(spec);
                await().atMost(PATIENCE).until(role::ready);
            }
            assertThat(keys(cluster, Topics.ENDINGS, "read_committed")).containsExactly("next");
        }
    }

    /// An offset that was settled with states or endings that were not, and are gone: what this owner has seen settled
    /// goes before.
    @Test
    void ownerDoesNotTrustAnOffsetThatItHasNotSeenSettled() throws Exception {
        try (var broker = EmbeddedBroker.start(folder)) {
            var cluster = Cluster.at(broker.bootstrapServers(), FLEET);
            try (var fleet = new HandFedFleet(cluster, 1);
                    var role = aggregator(cluster);
                    var nobody = consumer(cluster, Map.of("group.id", Topics.aggregatorGroup(FLEET)));
                    var other = producer(cluster, Map.of("transactional.id", FLEET + "-0"))) {
                var spec = fleet.sum("open", 10);
                fleet.submit(spec);
                fleet.answer(spec, fleet.counted(spec, 0, 5));
                fleet.awaitProgress(spec, progress -> progress.done().items() == 5);
                other.initTransactions();
                other.beginTransaction();
                other.sendOffsetsToTransaction(
                        Map.of(new TopicPartition(Topics.RESULTS.in(FLEET), 0), new OffsetAndMetadata(1)),
                        nobody.groupMetadata());
                other.commitTransaction();
                await().atMost(PATIENCE).until(() -> committed(cluster) == 1);
                fleet.answer(spec, fleet.counted(spec, 5, 10));
                fleet.awaitEnding(spec);
                await().atMost(PATIENCE).until(role::ready);
            }
        }
    }

    /// Its ending says where it is, and that is enough.
    @Test
    void outputIsReadWhereverItsTopicIsSettled() throws Exception {
        try (var broker = EmbeddedBroker.start(folder)) {
            var cluster = Cluster.at(broker.bootstrapServers(), FLEET);
            try (var fleet = new HandFedFleet(cluster, 1);
                    var role = aggregator(cluster);
                    var other = producer(cluster, Map.of("transactional.id", "other"));
                    var millrace = Millrace.connect(cluster)) {
                await().atMost(PATIENCE).until(role::ready);
                leaveOpen(other, Topics.OUTPUTS);
                var bytes = new byte[JobEnd.INLINE_MAX + 1];
                Arrays.fill(bytes, (byte) 7);
                var spec = fleet.spec("large", 1, new Join.Concatenation(), Policy.DEFAULT);
                fleet.submit(spec);
                fleet.answer(spec, fleet.done(spec, 0, 1, bytes));
                var output = millrace.job("large").orElseThrow().get(PATIENCE);
                assertThat(output.canonical().readAll()).isEqualTo(bytes);
                assertThat(keys(cluster, Topics.OUTPUTS, "read_committed")).isEmpty();
                other.abortTransaction();
            }
        }
    }

    private static Role.Running aggregator(Cluster cluster) {
        var role = new AggregatorRole();
        return role.start(cluster, Settings.resolve(role.settings(), Map.of(), Map.of(), Map.of()));
    }

    // One transaction is committed, and the next, which has records, is then called as complete as the first.
    private static void leaveUnsettled(Cluster cluster, Topics... topics) throws Exception {
        try (var owner = producer(cluster, Map.of("transactional.id", cluster.fleet() + "-0"))) {
            owner.initTransactions();
            owner.beginTransaction();
            BrokerAnswer.of(owner.send(
                    new ProducerRecord<>(Topics.PROGRESS.in(cluster.fleet()), 0, "any".getBytes(UTF_8), null)));
            owner.commitTransaction();
            var complete = records(cluster, STATES, "read_uncommitted").getLast();
            owner.beginTransaction();
            for (var topic : topics) {
                BrokerAnswer.of(owner.send(left(topic)));
            }
            // Only Kafka's own admin client may write to Kafka's own topics.
            try (var admin = producer(cluster, Map.of("client.id", "__admin_client"))) {
                BrokerAnswer.of(admin.send(new ProducerRecord<>(STATES, 0, complete.key(), complete.value())));
            }
            owner.close(Duration.ZERO);
        }
    }

    private static void leaveOpen(KafkaProducer<byte[], byte[]> other, Topics topic) {
        other.initTransactions();
        other.beginTransaction();
        BrokerAnswer.of(other.send(left(topic)));
    }

    private static ProducerRecord<byte[], byte[]> left(Topics topic) {
        return new ProducerRecord<>(topic.in(FLEET), 0, "left".getBytes(UTF_8), new byte[] {1});
    }

    private static void commit(Cluster cluster, long offset) {
        var results = new TopicPartition(Topics.RESULTS.in(FLEET), 0);
        try (var admin = Admin.create(cluster.client(Map.of()))) {
            BrokerAnswer.of(admin.alterConsumerGroupOffsets(
                            Topics.aggregatorGroup(FLEET), Map.of(results, new OffsetAndMetadata(offset)))
                    .all());
        }
    }

    // -1 when the group has none.
    private static long committed(Cluster cluster) {
        var results = new TopicPartition(Topics.RESULTS.in(FLEET), 0);
        try (var admin = Admin.create(cluster.client(Map.of()))) {
            var offset = BrokerAnswer.of(admin.listConsumerGroupOffsets(Topics.aggregatorGroup(FLEET))
                            .partitionsToOffsetAndMetadata())
                    .get(results);
            return offset == null ? -1 : offset.offset();
        }
    }

    private static KafkaProducer<byte[], byte[]> producer(Cluster cluster, Map<String, Object> settings) {
        return new KafkaProducer<>(cluster.client(settings), new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static KafkaConsumer<byte[], byte[]> consumer(Cluster cluster, Map<String, Object> settings) {
        return new KafkaConsumer<>(cluster.client(settings), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private static List<String> keys(Cluster cluster, Topics topic, String isolation) {
        return records(cluster, topic.in(FLEET), isolation).stream()
                .map(record -> new String(record.key(), UTF_8))
                .toList();
    }

    private static List<ConsumerRecord<byte[], byte[]>> records(Cluster cluster, String topic, String isolation) {
        var partition = new TopicPartition(topic, 0);
        var records = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        try (var consumer = consumer(cluster, Map.of("isolation.level", isolation, "auto.offset.reset", "earliest"))) {
            consumer.assign(Set.of(partition));
            var end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
        }
        return records;
    }
}

package millrace.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import millrace.aggregator.AggregatorRole;
import millrace.cli.EmbeddedBroker;
import millrace.proto.Cluster;
import millrace.proto.Settings;
import millrace.proto.Topics;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A broker that was killed between the decision to commit a transaction and the partitions' hearing of it may call it
/// complete without telling them. What the owner of a partition left there must not be committed with its successor's
/// first ending.
class UnsettledTransactionIT {
    private static final String STATES = "__transaction_state";

    @TempDir
    Path folder;

    @Test
    void recordsOfATransactionThatNothingSettlesAreDiscardedAtTheTakeover() throws Exception {
        int port;
        try (var broker = EmbeddedBroker.start(folder)) {
            port = Integer.parseInt(broker.bootstrapServers().split(":")[1]);
            var cluster = Cluster.at(broker.bootstrapServers(), "unsettled");
            new HandFedFleet(cluster, 1).close();
            leaveUnsettled(cluster);
        }
        try (var broker = EmbeddedBroker.start(folder, port, Map.of())) {
            var cluster = Cluster.at(broker.bootstrapServers(), "unsettled");
            assertThat(keys(cluster, Topics.ENDINGS.in("unsettled"), "read_uncommitted"))
                    .containsExactly("left");
            assertThat(keys(cluster, Topics.ENDINGS.in("unsettled"), "read_committed"))
                    .isEmpty();
            var role = new AggregatorRole();
            try (var fleet = new HandFedFleet(cluster, 1);
                    var _ = role.start(cluster, Settings.resolve(role.settings(), Map.of(), Map.of(), Map.of()))) {
                var spec = fleet.sum("next", 10);
                fleet.submit(spec);
                fleet.answer(spec, fleet.counted(spec, 0, 10));
                fleet.awaitEnding(spec);
            }
            assertThat(keys(cluster, Topics.ENDINGS.in("unsettled"), "read_committed"))
                    .containsExactly("next");
        }
    }

    // One transaction is committed, and the next, which has a record, is then called as complete as the first.
    private static void leaveUnsettled(Cluster cluster) throws Exception {
        var endings = Topics.ENDINGS.in(cluster.fleet());
        try (var owner = producer(cluster, Map.of("transactional.id", cluster.fleet() + "-0"))) {
            owner.initTransactions();
            owner.beginTransaction();
            owner.send(new ProducerRecord<>(Topics.PROGRESS.in(cluster.fleet()), 0, "any".getBytes(UTF_8), null))
                    .get();
            owner.commitTransaction();
            var complete = records(cluster, STATES, "read_uncommitted").getLast();
            owner.beginTransaction();
            owner.send(new ProducerRecord<>(endings, 0, "left".getBytes(UTF_8), new byte[] {1}))
                    .get();
            // Only Kafka's own admin client may write to Kafka's own topics.
            try (var admin = producer(cluster, Map.of("client.id", "__admin_client"))) {
                admin.send(new ProducerRecord<>(STATES, 0, complete.key(), complete.value()))
                        .get();
            }
            owner.close(Duration.ZERO);
        }
    }

    private static KafkaProducer<byte[], byte[]> producer(Cluster cluster, Map<String, Object> settings) {
        return new KafkaProducer<>(cluster.client(settings), new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static List<String> keys(Cluster cluster, String topic, String isolation) {
        return records(cluster, topic, isolation).stream()
                .map(record -> new String(record.key(), UTF_8))
                .toList();
    }

    private static List<ConsumerRecord<byte[], byte[]>> records(Cluster cluster, String topic, String isolation) {
        var partition = new TopicPartition(topic, 0);
        var records = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        try (var consumer = new KafkaConsumer<>(
                cluster.client(Map.of("isolation.level", isolation, "auto.offset.reset", "earliest")),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            var end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
        }
        return records;
    }
}

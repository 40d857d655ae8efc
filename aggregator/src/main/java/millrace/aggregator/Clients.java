package millrace.aggregator;

import java.time.Duration;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import millrace.proto.BrokerAnswer;
import millrace.proto.Cluster;
import millrace.proto.Topics;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// The Kafka clients of an aggregator, with what its protocol relies on. Any thread. Who asks for a client closes it.
final class Clients implements AutoCloseable {
    private static final int API_TIMEOUT_MILLIS = 10_000;

    /// A partition's work waits for it, and it can be asked again.
    private static final int ENDS_TIMEOUT_MILLIS = 3000;

    private static final Duration TRANSACTION_TIMEOUT_MIN = Duration.ofSeconds(30);

    /// What brokers allow at most, unless told otherwise.
    private static final Duration TRANSACTION_TIMEOUT_MAX = Duration.ofMinutes(15);

    /// What the slowest link that is worth having brings.
    private static final long BYTES_A_SECOND_MIN = 2_000_000;

    /// Far less than that brings in the time that a record may take.
    private static final int BUFFER_BYTES = 8 << 20;

    private final Cluster cluster;
    private final String id;
    private final long jobBytesMax;
    private final Admin admin;

    /// @param jobBytesMax that one transaction may have, about
    Clients(Cluster cluster, String id, long jobBytesMax) {
        this.cluster = cluster;
        this.id = id;
        this.jobBytesMax = jobBytesMax;
        admin = Admin.create(cluster.client(Map.of("client.id", id + "-admin")));
    }

    /// The member of the group of a fleet's aggregators, which owns partitions of `results` and reads none of them.
    KafkaConsumer<byte[], byte[]> member() {
        var settings = new HashMap<String, Object>(reader("member"));
        settings.put("group.protocol", "classic");
        settings.put("partition.assignment.strategy", CooperativeStickyAssignor.class.getName());
        // A dead aggregator's partitions move when its session ends.
        settings.put("session.timeout.ms", "6000");
        settings.put("heartbeat.interval.ms", "1000");
        settings.put("retry.backoff.ms", "250"); // Kafka's thread of heartbeats wakes up so often, too
        settings.put("max.poll.interval.ms", "60000");
        return consumer(settings);
    }

    /// Reads results of a partition for its owner.
    ///
    /// @param from offset of the first
    KafkaConsumer<byte[], byte[]> results(TopicPartition results, long from) {
        var settings = new HashMap<String, Object>(reader("results-" + results.partition()));
        settings.put("isolation.level", "read_uncommitted"); // workers write no transactions
        settings.put("max.partition.fetch.bytes", Integer.toString(2 << 20));
        settings.put("max.poll.records", "2000");
        // It reads this one partition only and never pauses, so a fetch may wait long: the next result ends it.
        settings.put("fetch.max.wait.ms", "5000");
        var consumer = consumer(settings);
        consumer.assign(Set.of(results));
        consumer.seek(results, from);
        return consumer;
    }

    /// Follows `jobs` of the partitions that this process owns.
    KafkaConsumer<byte[], byte[]> orders() {
        var settings = new HashMap<String, Object>(reader("orders"));
        settings.put("isolation.level", "read_uncommitted");
        return consumer(settings);
    }

    /// The group's offset of a partition of `results`, as committed last; empty when there is none.
    ///
    /// A consumer would wait until no transaction has an offset pending. A broker that was killed in the middle of
    /// one was seen to call an offset pending for good, long after its transaction had been settled. An offset too
    /// low costs time, because results are counted once however often they are read; a partition that nobody can
    /// take over costs all its jobs.
    ///
    /// @throws KafkaException when nobody says
    OptionalLong committed(TopicPartition results) {
        var group = Topics.aggregatorGroup(cluster.fleet());
        var asked = new ListConsumerGroupOffsetsSpec().topicPartitions(List.of(results));
        var options = new ListConsumerGroupOffsetsOptions().requireStable(false).timeoutMs(API_TIMEOUT_MILLIS);
        var offsets =
                admin.listConsumerGroupOffsets(Map.of(group, asked), options).partitionsToOffsetAndMetadata(group);
        var offset = BrokerAnswer.of(offsets).get(results);
        return offset == null ? OptionalLong.empty() : OptionalLong.of(offset.offset());
    }

    /// The topics of which an owner's partition has records of a transaction that is not settled.
    ///
    /// @param topics that only owners write transactions to
    /// @throws KafkaException when nobody says
    Set<Topics> unsettled(int partition, Collection<Topics> topics) {
        // In this order what others write meanwhile is not taken for unsettled.
        var all = ends(partition, topics, IsolationLevel.READ_UNCOMMITTED);
        var settled = ends(partition, topics, IsolationLevel.READ_COMMITTED);
        return topics.stream()
                .filter(topic -> end(settled, topic, partition) < end(all, topic, partition))
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Topics.class)));
    }

    private Map<TopicPartition, ListOffsetsResultInfo> ends(
            int partition, Collection<Topics> topics, IsolationLevel isolation) {
        var asked = topics.stream().collect(Collectors.toMap(topic -> in(topic, partition), _ -> OffsetSpec.latest()));
        return BrokerAnswer.of(
                admin.listOffsets(asked, new ListOffsetsOptions(isolation).timeoutMs(ENDS_TIMEOUT_MILLIS))
                        .all());
    }

    private long end(Map<TopicPartition, ListOffsetsResultInfo> ends, Topics topic, int partition) {
        return Objects.requireNonNull(ends.get(in(topic, partition))).offset();
    }

    private TopicPartition in(Topics topic, int partition) {
        return new TopicPartition(topic.in(cluster.fleet()), partition);
    }

    /// Reads what a partition has; no member of the group.
    KafkaConsumer<byte[], byte[]> partition(int partition) {
        var settings = new HashMap<String, Object>(reader("partition-" + partition));
        settings.put("isolation.level", "read_committed");
        settings.put("max.partition.fetch.bytes", Integer.toString(8 << 20));
        settings.put("max.poll.records", "5000");
        return consumer(settings);
    }

    /// The transactional producer of a partition's owner; its id fences the owner before.
    KafkaProducer<byte[], byte[]> owner(int partition) {
        return producer(Map.of(
                "client.id",
                id + "-owner-" + partition,
                "transactional.id",
                cluster.fleet() + "-" + partition,
                "transaction.timeout.ms",
                Long.toString(transactionTimeout(jobBytesMax).toMillis()),
                "delivery.timeout.ms",
                "15000",
                // What waits in it has to go within that time, however slow the link is.
                "buffer.memory",
                Integer.toString(BUFFER_BYTES),
                "request.timeout.ms",
                "5000",
                "max.block.ms",
                "15000",
                "linger.ms",
                "0")); // a person waits for the ending
    }

    /// How long a transaction may take. One that were aborted for its size would be tried again in vain: its owner would
    /// decide the same. A successor does not wait for that long, it aborts what it finds.
    static Duration transactionTimeout(long bytes) {
        var timeout = TRANSACTION_TIMEOUT_MIN.plusSeconds(bytes / BYTES_A_SECOND_MIN);
        return timeout.compareTo(TRANSACTION_TIMEOUT_MAX) < 0 ? timeout : TRANSACTION_TIMEOUT_MAX;
    }

    /// For progress, which may be lost: it never makes an owner wait.
    KafkaProducer<byte[], byte[]> progress() {
        return producer(Map.of(
                "client.id", id + "-progress",
                "delivery.timeout.ms", "10000",
                "request.timeout.ms", "5000",
                "max.block.ms", "200",
                "buffer.memory", Integer.toString(8 << 20),
                "linger.ms", "0"));
    }

    private Map<String, Object> reader(String name) {
        return Map.of(
                "client.id", id + "-" + name,
                "group.id", Topics.aggregatorGroup(cluster.fleet()),
                "enable.auto.commit", "false",
                "auto.offset.reset", "earliest",
                "allow.auto.create.topics", "false",
                "request.timeout.ms", "10000",
                "default.api.timeout.ms", Integer.toString(API_TIMEOUT_MILLIS));
    }

    private KafkaConsumer<byte[], byte[]> consumer(Map<String, Object> settings) {
        return new KafkaConsumer<>(cluster.client(settings), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private KafkaProducer<byte[], byte[]> producer(Map<String, Object> settings) {
        var all = new HashMap<>(settings);
        all.put("acks", "all");
        all.put("enable.idempotence", "true");
        return new KafkaProducer<>(cluster.client(all), new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }
}

package millrace.tests.conformance;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import millrace.cli.EmbeddedBroker;
import millrace.tests.model.Isolation;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;

/// A broker on which many scripts run side by side, and what they share there. Its methods may be called by any
/// thread.
final class Rig implements AutoCloseable {
    private static final Map<String, String> SETTINGS = Map.of(
            // Looks for transactions that have timed out much more often than it would.
            "transaction.abort.timed.out.transaction.cleanup.interval.ms", "50",
            "group.share.min.record.lock.duration.ms", "1000",
            "group.min.session.timeout.ms", "500",
            // Share members of scripts heartbeat when they are told to.
            "group.share.session.timeout.ms", "60000",
            "group.share.max.session.timeout.ms", "60000",
            "num.io.threads", "8");

    private static final int READERS = 3;
    private static final Duration POLL = Duration.ofMillis(100);

    private final Path folder;
    private final String bootstrap;
    private final Admin admin;
    private final Queue<NewTopic> created = new ConcurrentLinkedQueue<>();
    private final Map<Isolation, BlockingQueue<KafkaConsumer<byte[], byte[]>>> readers = new HashMap<>();

    private volatile EmbeddedBroker broker;

    /// @param folder where the broker's data is to be
    Rig(Path folder) {
        this.folder = folder;
        broker = EmbeddedBroker.start(folder, 0, SETTINGS);
        bootstrap = broker.bootstrapServers();
        admin = Admin.create(Map.of("bootstrap.servers", bootstrap));
        for (Isolation isolation : Isolation.values()) {
            BlockingQueue<KafkaConsumer<byte[], byte[]>> pool = new ArrayBlockingQueue<>(READERS);
            for (int i = 0; i < READERS; i++) {
                pool.add(newReader(isolation));
            }
            readers.put(isolation, pool);
        }
    }

    String bootstrap() {
        return bootstrap;
    }

    Admin admin() {
        return admin;
    }

    /// Stops the broker; its data stays.
    void stop() {
        broker.close();
    }

    /// Starts the broker again and waits until all its topics answer.
    void start() {
        int port = Integer.parseInt(bootstrap.substring(bootstrap.indexOf(':') + 1));
        broker = EmbeddedBroker.start(folder, port, SETTINGS);
        awaitTopics(created);
    }

    /// Creates the topics of many scripts at once.
    Map<String, TopicDescription> createTopics(Collection<NewTopic> topics) {
        await(admin.createTopics(topics).all());
        awaitTopics(topics);
        created.addAll(topics);
        return await(admin.describeTopics(topics.stream().map(NewTopic::name).toList())
                .allTopicNames());
    }

    /// Waits until every partition answers: whoever sends to one before that is refused.
    private void awaitTopics(Collection<NewTopic> topics) {
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        for (NewTopic topic : topics) {
            for (int partition = 0; partition < topic.numPartitions(); partition++) {
                latest.put(new TopicPartition(topic.name(), partition), OffsetSpec.latest());
            }
        }
        Awaitility.await()
                .atMost(Duration.ofMinutes(1)) // hundreds of topics on a machine that does other things, too
                .ignoreExceptionsMatching(e -> e.getCause() instanceof RetriableException)
                .until(() -> admin.listOffsets(latest).all().get() != null);
    }

    /// Sets the settings of many share groups at once.
    void configureGroups(Map<String, Map<String, String>> settings) {
        Map<ConfigResource, Collection<AlterConfigOp>> changes = new HashMap<>();
        settings.forEach((group, values) -> {
            List<AlterConfigOp> ops = new ArrayList<>();
            values.forEach(
                    (key, value) -> ops.add(new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET)));
            changes.put(new ConfigResource(ConfigResource.Type.GROUP, group), ops);
        });
        await(admin.incrementalAlterConfigs(changes).all());
    }

    /// Everything that a reader sees from the beginning of a partition to where it ends for this isolation level.
    Reading read(TopicPartition partition, Isolation isolation) {
        BlockingQueue<KafkaConsumer<byte[], byte[]>> pool = Objects.requireNonNull(readers.get(isolation));
        try {
            KafkaConsumer<byte[], byte[]> reader = pool.take();
            try {
                return read(reader, partition);
            } finally {
                pool.add(reader);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while reading", e);
        }
    }

    record Reading(List<ConsumerRecord<byte[], byte[]>> records, long endOffset) {}

    private static Reading read(KafkaConsumer<byte[], byte[]> reader, TopicPartition partition) {
        reader.assign(List.of(partition));
        reader.seekToBeginning(List.of(partition));
        long end = reader.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        while (reader.position(partition) < end) {
            reader.poll(POLL).forEach(records::add);
        }
        return new Reading(records, end);
    }

    private KafkaConsumer<byte[], byte[]> newReader(Isolation isolation) {
        return new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrap(),
                        "enable.auto.commit",
                        "false",
                        "isolation.level",
                        switch (isolation) {
                            case READ_COMMITTED -> "read_committed";
                            case READ_UNCOMMITTED -> "read_uncommitted";
                        }),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    /// The value of a future that is expected to succeed.
    static <T> T await(KafkaFuture<T> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the broker did not do what every script relies on", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Override
    public void close() {
        readers.values().forEach(pool -> pool.forEach(KafkaConsumer::close));
        admin.close();
        broker.close();
    }
}

package millrace.producer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import millrace.proto.Cluster;
import millrace.proto.Topics;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// Reads the four topics that a producer follows, all with one consumer, so that a record of any of them wakes it.
///
/// At first they are read one after the other: endings, so that the orders of ended jobs need not be kept; orders,
/// so that progress finds its job; progress; and heartbeats from then on only. Meanwhile fetches hardly wait, as one
/// that does holds up the next topic's. Once all is read another consumer goes on whose fetches wait long: the next
/// record ends them.
final class Tail implements AutoCloseable {
    private static final List<Topics> ORDER = List.of(Topics.ENDINGS, Topics.JOBS, Topics.PROGRESS, Topics.WORKERS);

    private static final int WAIT_AT_FIRST_MILLIS = 10;
    private static final int WAIT_MILLIS = 5_000;

    private final Cluster cluster;
    private volatile KafkaConsumer<byte[], byte[]> consumer;
    private final Map<Topics, List<TopicPartition>> partitions = new HashMap<>();
    private final Map<String, Topics> topics = new HashMap<>();
    private int phase;
    private Map<TopicPartition, Long> goal = Map.of();

    Tail(Cluster cluster, int jobPartitions) {
        this.cluster = cluster;
        consumer = consumer(WAIT_AT_FIRST_MILLIS);
        for (var topic : ORDER) {
            var name = topic.in(cluster.fleet());
            topics.put(name, topic);
            partitions.put(
                    topic,
                    IntStream.range(0, topic == Topics.WORKERS ? 1 : jobPartitions)
                            .mapToObj(partition -> new TopicPartition(name, partition))
                            .toList());
        }
        consumer.assign(all());
        for (var topic : ORDER.subList(0, 3)) {
            consumer.seekToBeginning(of(topic));
        }
        consumer.pause(all());
        consumer.resume(of(ORDER.getFirst()));
        goal = consumer.endOffsets(of(ORDER.getFirst()));
    }

    private KafkaConsumer<byte[], byte[]> consumer(int waitMillis) {
        return new KafkaConsumer<>(
                cluster.client(Map.of(
                        "enable.auto.commit", "false",
                        "auto.offset.reset", "earliest",
                        "isolation.level", "read_committed",
                        "fetch.max.wait.ms", waitMillis,
                        "max.poll.records", 1000)),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    private List<TopicPartition> all() {
        return partitions.values().stream().flatMap(Collection::stream).toList();
    }

    private List<TopicPartition> of(Topics topic) {
        return partitions.getOrDefault(topic, List.of());
    }

    Topics topic(ConsumerRecord<byte[], byte[]> record) {
        var topic = topics.get(record.topic());
        if (topic == null) {
            throw new IllegalStateException("a record of " + record.topic() + " was not asked for");
        }
        return topic;
    }

    /// The next records, endings before orders before progress before heartbeats; empty after the timeout or when
    /// woken.
    List<ConsumerRecord<byte[], byte[]>> poll(Duration timeout) {
        try {
            var polled = consumer.poll(timeout);
            var records = new ArrayList<ConsumerRecord<byte[], byte[]>>(polled.count());
            for (var topic : ORDER) {
                for (var partition : of(topic)) {
                    records.addAll(polled.records(partition));
                }
            }
            return records;
        } catch (WakeupException e) {
            return List.of();
        }
    }

    /// Sets a goal: what there is now.
    void aim() {
        goal = consumer.endOffsets(all());
    }

    /// Whether the goal has been reached and, at the start, whether all topics have been read to their ends in
    /// their order.
    boolean isThere() {
        while (reached()) {
            if (phase == ORDER.size() - 1) {
                return true;
            }
            var next = of(ORDER.get(phase + 1));
            if (phase + 1 == ORDER.size() - 1) {
                followAll(next);
            } else {
                goal = consumer.endOffsets(next);
                consumer.resume(next);
            }
            phase++;
        }
        return false;
    }

    // From where they have been read to, and the heartbeats from now on.
    private void followAll(List<TopicPartition> heartbeats) {
        var first = consumer;
        var next = consumer(WAIT_MILLIS);
        try {
            next.assign(all());
            next.seekToEnd(heartbeats);
            heartbeats.forEach(next::position);
            for (var partition : all()) {
                if (!heartbeats.contains(partition)) {
                    next.seek(partition, first.position(partition));
                }
            }
        } catch (RuntimeException e) {
            close(next);
            throw e;
        }
        consumer = next;
        close(first);
    }

    private boolean reached() {
        return goal.entrySet().stream().allMatch(entry -> consumer.position(entry.getKey()) >= entry.getValue());
    }

    /// Ends a [#poll] early; any thread.
    void wakeup() {
        consumer.wakeup();
    }

    @Override
    public void close() {
        close(consumer);
    }

    // Not in good order, which would wait for the fetch under way: there is no group to leave.
    private static void close(KafkaConsumer<byte[], byte[]> consumer) {
        consumer.close(CloseOptions.timeout(Duration.ZERO));
    }
}

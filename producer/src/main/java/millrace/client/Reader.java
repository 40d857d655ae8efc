package millrace.client;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import millrace.proto.Channel;
import millrace.proto.Cluster;
import millrace.proto.ExitCode;
import millrace.proto.ForeignRecord;
import millrace.proto.Refusal;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads stretches of topics in the caller's thread: committed records, and single ones at places that committed
/// ones name. Any thread may call; they take turns.
final class Reader implements AutoCloseable {
    /// A record and where it was.
    ///
    /// @param atMillis its timestamp
    record Placed<T>(T record, int partition, long offset, long atMillis) {}

    private static final Logger LOG = LoggerFactory.getLogger(Reader.class);

    private final Cluster cluster;
    private final Duration patience;
    private final ReentrantLock turn = new ReentrantLock();
    private final KafkaConsumer<byte[], byte[]> consumer;
    private @Nullable KafkaConsumer<byte[], byte[]> places;
    private boolean closed;

    /// @param patience how long the cluster may take to give the next record or answer
    Reader(Cluster cluster, Duration patience) {
        this.cluster = cluster;
        this.patience = patience;
        try {
            consumer = consumer(cluster, patience);
        } catch (KafkaException e) {
            throw KafkaTrouble.refusal(cluster, "connect", e);
        }
    }

    /// One that reads committed records.
    static KafkaConsumer<byte[], byte[]> consumer(Cluster cluster, Duration patience) {
        return consumer(cluster, patience, "read_committed");
    }

    private static KafkaConsumer<byte[], byte[]> consumer(Cluster cluster, Duration patience, String isolation) {
        return new KafkaConsumer<>(
                cluster.client(Map.of(
                        "isolation.level", isolation,
                        "enable.auto.commit", "false",
                        "auto.offset.reset", "earliest",
                        "allow.auto.create.topics", "false",
                        // A fetch that waits for records holds up the next one, which may ask for others.
                        "fetch.max.wait.ms", "10",
                        "default.api.timeout.ms", Long.toString(patience.toMillis()))),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    /// Hands every record of all of the channel's partitions to `visitor`, from the first up to the last there
    /// is now.
    <T> void scan(Channel<T> channel, int partitions, Consumer<Placed<T>> visitor) {
        var all = IntStream.range(0, partitions)
                .mapToObj(partition -> new TopicPartition(channel.topic(), partition))
                .toList();
        scan(channel, all, 0, Long.MAX_VALUE, _ -> true, visitor);
    }

    /// Hands every record of one partition with this key to `visitor`.
    ///
    /// @param from the first offset
    /// @param end  one past the last offset, or more to read to the end there is now
    /// @return where it ended
    <T> long scan(Channel<T> channel, int partition, String key, long from, long end, Consumer<Placed<T>> visitor) {
        var bytes = key.getBytes(StandardCharsets.UTF_8);
        return scan(
                channel,
                List.of(new TopicPartition(channel.topic(), partition)),
                from,
                end,
                record -> Arrays.equals(record.key(), bytes),
                visitor);
    }

    private <T> long scan(
            Channel<T> channel,
            List<TopicPartition> partitions,
            long from,
            long end,
            Predicate<ConsumerRecord<byte[], byte[]>> wanted,
            Consumer<Placed<T>> visitor) {
        return inTurn("read " + channel.topic(), () -> {
            var ends = consumer.endOffsets(partitions);
            ends.replaceAll((_, last) -> Math.min(last, end));
            consumer.assign(partitions);
            if (from == 0) {
                consumer.seekToBeginning(partitions);
            } else {
                partitions.forEach(partition -> consumer.seek(partition, from));
            }
            var silent = System.nanoTime();
            while (partitions.stream()
                    .anyMatch(partition -> consumer.position(partition) < ends.getOrDefault(partition, 0L))) {
                var records = consumer.poll(Duration.ofMillis(100));
                for (var record : records) {
                    var last = ends.getOrDefault(new TopicPartition(record.topic(), record.partition()), 0L);
                    if (record.offset() < last && wanted.test(record)) {
                        read(channel, record).ifPresent(visitor);
                    }
                }
                silent = records.isEmpty()
                        ? checkPatience(cluster, patience, silent, channel.topic())
                        : System.nanoTime();
            }
            return ends.values().stream().mapToLong(Long::longValue).max().orElse(0);
        });
    }

    /// The record at one offset that a committed record names; empty when it is gone or none of ours. It need not be
    /// known as committed itself: a broker that was killed may have forgotten to tell its partition.
    <T> Optional<Placed<T>> at(Channel<T> channel, int partition, long offset) {
        return inTurn("read " + channel.topic(), () -> {
            var from = places();
            var where = new TopicPartition(channel.topic(), partition);
            // Left alone when it is there already: pieces in a row are one stream.
            if (!from.assignment().equals(Set.of(where)) || from.position(where) != offset) {
                from.assign(List.of(where));
                from.seek(where, offset);
            }
            var started = System.nanoTime();
            while (true) {
                var records = from.poll(Duration.ofMillis(100)).records(where);
                if (!records.isEmpty() || from.position(where) > offset) {
                    return records.stream()
                            .filter(record -> record.offset() == offset)
                            .findFirst()
                            .flatMap(record -> read(channel, record));
                }
                checkPatience(cluster, patience, started, channel.topic());
            }
        });
    }

    // Made with the first place that is read: most outputs are in their endings.
    private KafkaConsumer<byte[], byte[]> places() {
        if (closed) {
            throw new IllegalStateException("the connection has been closed");
        }
        var made = places == null ? consumer(cluster, patience, "read_uncommitted") : places;
        places = made;
        return made;
    }

    static <T> Optional<Placed<T>> read(Channel<T> channel, ConsumerRecord<byte[], byte[]> record) {
        try {
            return Optional.of(new Placed<>(
                    channel.read(record.key(), record.value()),
                    record.partition(),
                    record.offset(),
                    record.timestamp()));
        } catch (ForeignRecord e) {
            LOG.debug("{}-{} offset {} is none of ours: {}", channel.topic(), record.partition(), record.offset(), e);
            return Optional.empty();
        }
    }

    /// @param since when it last gave a record, or was first asked; returned
    /// @throws Refusal when that is longer ago than it may take
    static long checkPatience(Cluster cluster, Duration patience, long since, String topic) {
        if (System.nanoTime() - since > patience.toNanos()) {
            throw new Refusal(
                    ExitCode.KAFKA,
                    "Kafka at " + cluster.bootstrapServers() + " gave no record of " + topic + " for "
                            + patience.toSeconds() + " s");
        }
        return since;
    }

    private interface Reading<T> {
        T read();
    }

    private <T> T inTurn(String doing, Reading<T> reading) {
        turn.lock();
        try {
            return reading.read();
        } catch (KafkaException e) {
            throw KafkaTrouble.refusal(cluster, doing, e);
        } finally {
            turn.unlock();
        }
    }

    @Override
    public void close() {
        turn.lock();
        try {
            closed = true;
            try {
                consumer.close();
            } finally {
                if (places != null) {
                    places.close();
                }
            }
        } finally {
            turn.unlock();
        }
    }
}

package millrace.producer;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import millrace.proto.Cluster;
import millrace.proto.Topics;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// The right to feed a fleet: held by the member of the producers' group that owns the one partition of `workers`,
/// which stays with its owner for as long as that lives. Nothing is read from it.
///
/// A holder that was frozen may not know that another took over. So the lease is *fresh* only for [#FRESH] after
/// the start of a commit that the group's coordinator accepted, which is less than the session after which it
/// gives the partition to another.
///
/// One thread, which calls [#keep] several times a second.
final class Lease implements AutoCloseable {
    private static final Duration SESSION = Duration.ofSeconds(6);
    private static final long FRESH = 4 * Nanos.SECOND;
    private static final long RENEWAL = Nanos.SECOND;

    /// The group's heartbeats have a thread of Kafka's; what they bring, a poll hands over.
    private static final long POLLED_EVERY = 200 * Nanos.MILLI;

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final TopicPartition partition;
    private boolean held;
    private long polledAt = Long.MIN_VALUE / 2;
    private long askedAt = Long.MIN_VALUE / 2;
    private long confirmedAt = Long.MIN_VALUE / 2;

    Lease(Cluster cluster) {
        partition = new TopicPartition(Topics.WORKERS.in(cluster.fleet()), 0);
        consumer = new KafkaConsumer<>(
                cluster.client(Map.of(
                        "group.id",
                        Topics.producerGroup(cluster.fleet()),
                        "group.protocol",
                        "classic",
                        "partition.assignment.strategy",
                        CooperativeStickyAssignor.class.getName(),
                        "session.timeout.ms",
                        (int) SESSION.toMillis(),
                        "heartbeat.interval.ms",
                        1000,
                        // Kafka's thread of heartbeats wakes up so often, too.
                        "retry.backoff.ms",
                        250,
                        // A loop that hangs loses the lease.
                        "max.poll.interval.ms",
                        10_000,
                        "enable.auto.commit",
                        "false",
                        "auto.offset.reset",
                        "latest")),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        consumer.subscribe(Set.of(partition.topic()), new ConsumerRebalanceListener() {
            @Override
            public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                consumer.pause(partitions);
                held |= partitions.contains(partition);
            }

            @Override
            public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
                held &= !partitions.contains(partition);
            }
        });
    }

    /// Takes part in the group and renews a lease that is held. Does not block.
    ///
    /// @param now `System.nanoTime()`
    void keep(long now) {
        if (held && now - polledAt < POLLED_EVERY) {
            return; // but one that may get it takes each step of the group's at once
        }
        polledAt = now;
        consumer.poll(Duration.ZERO);
        if (held && now - askedAt > RENEWAL) {
            askedAt = now;
            consumer.commitAsync(Map.of(partition, new OffsetAndMetadata(0)), (offsets, error) -> {
                if (error == null) {
                    confirmedAt = Math.max(confirmedAt, now);
                }
            });
        }
    }

    /// Whether the group knows us: until then more calls of [#keep] make it sooner.
    boolean isJoined() {
        return consumer.groupMetadata().generationId() > 0;
    }

    boolean isHeld() {
        return held;
    }

    /// Whether nobody else can hold it now.
    boolean isFresh(long now) {
        return held && now - confirmedAt < FRESH;
    }

    /// Gives it up: another producer takes over at once.
    @Override
    public void close() {
        consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ofSeconds(2)));
    }
}

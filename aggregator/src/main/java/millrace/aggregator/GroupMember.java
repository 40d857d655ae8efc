package millrace.aggregator;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import millrace.proto.Wire;
import millrace.proto.ops.Loops;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;

/// Keeps this process in the group of its fleet's aggregators, in one thread: the group says who owns which
/// partition. It reads nothing: the partitions' owners do, each as fast as it can. It never waits for an owner, so that
/// the group does not take it for dead.
///
/// The other methods than [#run] may be called by any thread.
final class GroupMember implements Runnable {
    private static final Duration POLL = Duration.ofSeconds(1);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Loops.Loop loop;
    private final String topic;
    private final Function<Integer, PartitionOwner> starter;
    private final Map<TopicPartition, PartitionOwner> assigned = new HashMap<>();
    private volatile List<PartitionOwner> owners = List.of();
    private volatile ConsumerGroupMetadata metadata;
    private volatile boolean joined;
    private volatile boolean stopped;

    /// @param loop    told of each turn
    /// @param starter starts the owner of a partition in a thread of its own
    GroupMember(
            KafkaConsumer<byte[], byte[]> consumer,
            Wire wire,
            Loops.Loop loop,
            Function<Integer, PartitionOwner> starter) {
        this.loop = loop;
        this.consumer = consumer;
        this.topic = wire.results().topic();
        this.starter = starter;
        metadata = consumer.groupMetadata();
    }

    /// This member, as the group knows it.
    ConsumerGroupMetadata metadata() {
        return metadata;
    }

    /// Whether the group has said which partitions are this member's, perhaps none.
    boolean hasJoined() {
        return joined;
    }

    /// The owners of this member's partitions.
    List<PartitionOwner> owners() {
        return owners;
    }

    /// The figures of its consumer. Any thread.
    Map<MetricName, ? extends Metric> metrics() {
        return consumer.metrics();
    }

    void stop() {
        stopped = true;
        consumer.wakeup();
    }

    @Override
    public void run() {
        try (consumer) {
            consumer.subscribe(Set.of(topic), new Listener());
            while (!stopped) {
                loop.turn();
                try {
                    consumer.poll(POLL);
                    metadata = consumer.groupMetadata();
                } catch (WakeupException e) {
                    // the end
                } catch (RetriableException e) {
                    // Kafka is away; the client's own back-off has passed
                }
            }
        } finally {
            loop.close();
            assigned.values().forEach(PartitionOwner::stop);
        }
    }

    private final class Listener implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> added) {
            metadata = consumer.groupMetadata();
            for (var tp : added) {
                assigned.put(tp, starter.apply(tp.partition()));
                consumer.seek(tp, 0); // anywhere: else it would ask the group for an offset
            }
            consumer.pause(added);
            tell();
            joined = true;
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> gone) {
            for (var tp : gone) {
                var owner = assigned.remove(tp);
                if (owner != null) {
                    owner.stop();
                }
            }
            tell();
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> gone) {
            joined = false;
            onPartitionsRevoked(gone);
        }

        private void tell() {
            owners = List.copyOf(assigned.values());
        }
    }
}

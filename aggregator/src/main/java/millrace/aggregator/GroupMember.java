package millrace.aggregator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
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
/// partition. Reads `results` and hands them to the partitions' owners. It never waits for an owner, so that the
/// group does not take it for dead.
///
/// The other methods than [#run] may be called by any thread.
final class GroupMember implements Runnable {
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration POLL_WHILE_FULL = Duration.ofMillis(10);

    private sealed interface Command {
        record Feed(PartitionOwner owner, long epoch, long offset) implements Command {}

        record Hold(PartitionOwner owner) implements Command {}
    }

    private static final class Fed {
        private final PartitionOwner owner;
        // The epoch that is fed, or -1 while it wants nothing.
        private long epoch = -1;

        Fed(PartitionOwner owner) {
            this.owner = owner;
        }
    }

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Loops.Loop loop;
    private final String topic;
    private final Function<Integer, PartitionOwner> starter;
    private final Queue<Command> commands = new ConcurrentLinkedQueue<>();
    private final Map<TopicPartition, Fed> assigned = new HashMap<>();
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

    /// The owner gets the results from that offset on.
    void feed(PartitionOwner owner, long epoch, long offset) {
        commands.add(new Command.Feed(owner, epoch, offset));
        consumer.wakeup();
    }

    /// The owner gets no results until it asks again.
    void hold(PartitionOwner owner) {
        commands.add(new Command.Hold(owner));
        consumer.wakeup();
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
                    for (var command = commands.poll(); command != null; command = commands.poll()) {
                        obey(command);
                    }
                    poll(pauseFull() ? POLL_WHILE_FULL : POLL);
                } catch (WakeupException e) {
                    // there is a command, or the end
                } catch (RetriableException e) {
                    // Kafka is away; the client's own back-off has passed
                }
            }
        } finally {
            loop.close();
            assigned.values().forEach(fed -> fed.owner.stop());
        }
    }

    private void obey(Command command) {
        switch (command) {
            case Command.Feed(var owner, var epoch, var offset) -> {
                var tp = new TopicPartition(topic, owner.partition());
                var fed = assigned.get(tp);
                if (fed != null && fed.owner == owner) {
                    consumer.seek(tp, offset);
                    fed.epoch = epoch;
                }
            }
            case Command.Hold(var owner) -> {
                var fed = assigned.get(new TopicPartition(topic, owner.partition()));
                if (fed != null && fed.owner == owner) {
                    fed.epoch = -1;
                }
            }
        }
    }

    // Whether any owner has more than it can take. Partitions that are being taken over are held, too.
    private boolean pauseFull() {
        var held = new HashSet<TopicPartition>();
        var free = new HashSet<TopicPartition>();
        var full = false;
        for (var entry : assigned.entrySet()) {
            var fed = entry.getValue();
            full |= fed.owner.isFull();
            (fed.epoch < 0 || fed.owner.isFull() ? held : free).add(entry.getKey());
        }
        consumer.pause(held);
        consumer.resume(free);
        return full;
    }

    private void poll(Duration timeout) {
        var records = consumer.poll(timeout);
        metadata = consumer.groupMetadata();
        var next = records.nextOffsets();
        for (var entry : next.entrySet()) {
            var fed = assigned.get(entry.getKey());
            if (fed != null && fed.epoch >= 0) {
                fed.owner.results(
                        fed.epoch,
                        records.records(entry.getKey()),
                        entry.getValue().offset());
            }
        }
    }

    private final class Listener implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> added) {
            metadata = consumer.groupMetadata();
            for (var tp : added) {
                assigned.put(tp, new Fed(starter.apply(tp.partition())));
            }
            consumer.pause(added);
            tell();
            joined = true;
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> gone) {
            for (var tp : gone) {
                var fed = assigned.remove(tp);
                if (fed != null) {
                    fed.owner.stop();
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
            var all = new ArrayList<PartitionOwner>();
            assigned.values().forEach(fed -> all.add(fed.owner));
            owners = List.copyOf(all);
        }
    }
}

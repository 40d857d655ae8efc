package millrace.aggregator;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import millrace.proto.Wire;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/// Follows `jobs` of all partitions that this process owns, in one thread, and hands what it reads to their
/// owners.
///
/// The other methods than [#run] may be called by any thread.
final class OrderTail implements Runnable {
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration POLL_WHILE_FULL = Duration.ofMillis(20);

    private sealed interface Command {
        record Follow(PartitionOwner owner, long epoch, long offset) implements Command {}

        record Leave(PartitionOwner owner) implements Command {}

        record Ask(PartitionOwner owner, long epoch) implements Command {}
    }

    private static final class Followed {
        private final PartitionOwner owner;
        private final long epoch;
        // The owner waits until everything below is read; -1 while it waits for nothing, MAX while that is not
        // known.
        private long until = -1;

        Followed(PartitionOwner owner, long epoch) {
            this.owner = owner;
            this.epoch = epoch;
        }
    }

    private static final long NOT_KNOWN = Long.MAX_VALUE;

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final String topic;
    private final BlockingQueue<Command> commands = new LinkedBlockingQueue<>();
    private final Map<TopicPartition, Followed> followed = new HashMap<>();
    private volatile boolean stopped;

    OrderTail(KafkaConsumer<byte[], byte[]> consumer, Wire wire) {
        this.consumer = consumer;
        topic = wire.jobs().topic();
    }

    /// From now on the owner gets the orders from that offset on.
    void follow(PartitionOwner owner, long epoch, long offset) {
        command(new Command.Follow(owner, epoch, offset));
    }

    void leave(PartitionOwner owner) {
        command(new Command.Leave(owner));
    }

    /// The owner is told when everything that `jobs` has now is handed over.
    void ask(PartitionOwner owner, long epoch) {
        command(new Command.Ask(owner, epoch));
    }

    private void command(Command command) {
        commands.add(command);
        consumer.wakeup();
    }

    void stop() {
        stopped = true;
        consumer.wakeup();
    }

    @Override
    public void run() {
        try (consumer) {
            while (!stopped) {
                try {
                    // Without partitions the consumer has nothing to wait for.
                    var wait = followed.isEmpty() ? POLL.toMillis() : 0;
                    for (var command = next(wait); command != null; command = next(0)) {
                        obey(command);
                    }
                    if (!followed.isEmpty()) {
                        answer();
                        poll(pauseFull() ? POLL_WHILE_FULL : POLL);
                    }
                } catch (WakeupException e) {
                    // there is a command, or the end
                } catch (RetriableException e) {
                    // Kafka is away; the client's own back-off has passed
                }
            }
        }
    }

    private void obey(Command command) {
        switch (command) {
            case Command.Follow(var owner, var epoch, var offset) -> {
                var tp = new TopicPartition(topic, owner.partition());
                followed.put(tp, new Followed(owner, epoch));
                consumer.assign(Set.copyOf(followed.keySet()));
                consumer.seek(tp, offset);
            }
            case Command.Leave(var owner) -> {
                followed.values().removeIf(one -> one.owner == owner);
                consumer.assign(Set.copyOf(followed.keySet()));
            }
            case Command.Ask(var owner, var epoch) -> {
                for (var one : followed.values()) {
                    if (one.owner == owner && one.epoch == epoch) {
                        one.until = NOT_KNOWN;
                    }
                }
            }
        }
    }

    // Tells owners that have what they asked for.
    private void answer() {
        var unknown = new HashSet<TopicPartition>();
        followed.forEach((tp, one) -> {
            if (one.until == NOT_KNOWN) {
                unknown.add(tp);
            }
        });
        if (!unknown.isEmpty()) {
            consumer.endOffsets(unknown).forEach((tp, end) -> {
                var one = followed.get(tp);
                if (one != null) {
                    one.until = end;
                }
            });
        }
        followed.forEach((tp, one) -> {
            if (one.until >= 0 && consumer.position(tp) >= one.until) {
                one.until = -1;
                one.owner.ordersRead(one.epoch);
            }
        });
    }

    // Whether any owner has more than it can take.
    private boolean pauseFull() {
        var full = new HashSet<TopicPartition>();
        followed.forEach((tp, one) -> {
            if (one.owner.isFull()) {
                full.add(tp);
            }
        });
        var free = new HashSet<>(followed.keySet());
        free.removeAll(full);
        consumer.pause(full);
        consumer.resume(free);
        return !full.isEmpty();
    }

    private @Nullable Command next(long waitMillis) {
        try {
            return commands.poll(waitMillis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            stopped = true;
            return null;
        }
    }

    private void poll(Duration timeout) {
        var records = consumer.poll(timeout);
        for (var tp : records.partitions()) {
            var one = followed.get(tp);
            if (one != null) {
                one.owner.orders(one.epoch, records.records(tp));
            }
        }
    }
}

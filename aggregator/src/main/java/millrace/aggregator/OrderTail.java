package millrace.aggregator;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import millrace.proto.Wire;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/// Follows `jobs` of all partitions that this process owns, in one thread, and hands what it reads to their
/// owners.
///
/// Its fetches wait long, as the next order ends them; so when its partitions change, another consumer goes on, as the
/// fetch under way would hold the first one of a new partition up.
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
        // What the consumer is to read first; -1 for what it reads next.
        private long from;

        Followed(PartitionOwner owner, long epoch, long from) {
            this.owner = owner;
            this.epoch = epoch;
            this.from = from;
        }
    }

    private static final long NOT_KNOWN = Long.MAX_VALUE;

    private final Supplier<KafkaConsumer<byte[], byte[]>> consumers;
    private final String topic;
    private final BlockingQueue<Command> commands = new LinkedBlockingQueue<>();
    private final Map<TopicPartition, Followed> followed = new HashMap<>();
    private volatile KafkaConsumer<byte[], byte[]> consumer;
    private boolean changed;
    private volatile boolean stopped;

    /// @param consumers makes one with nothing assigned
    OrderTail(Supplier<KafkaConsumer<byte[], byte[]>> consumers, Wire wire) {
        this.consumers = consumers;
        consumer = consumers.get();
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
        try {
            while (!stopped) {
                try {
                    // Without partitions the consumer has nothing to wait for.
                    var wait = followed.isEmpty() ? POLL.toMillis() : 0;
                    for (var command = next(wait); command != null; command = next(0)) {
                        obey(command);
                    }
                    if (changed) {
                        goOnWithAnother();
                    } else if (!followed.isEmpty()) {
                        answer();
                        poll(pauseFull() ? POLL_WHILE_FULL : POLL);
                    }
                } catch (WakeupException e) {
                    // there is a command, or the end
                } catch (RetriableException e) {
                    // Kafka is away; the client's own back-off has passed
                }
            }
        } finally {
            close(consumer);
        }
    }

    // Commands are looked for once more afterwards: one that came meanwhile may have woken the consumer before.
    private void goOnWithAnother() {
        var before = consumer;
        var positions = new HashMap<TopicPartition, Long>();
        followed.forEach((tp, one) -> positions.put(tp, one.from >= 0 ? one.from : before.position(tp)));
        var next = consumers.get();
        next.assign(positions.keySet());
        positions.forEach(next::seek);
        followed.values().forEach(one -> one.from = -1);
        changed = false;
        consumer = next;
        close(before);
    }

    // Not in good order, which would wait for the fetch under way: there is no group to leave.
    private static void close(KafkaConsumer<byte[], byte[]> consumer) {
        consumer.close(CloseOptions.timeout(Duration.ZERO));
    }

    private void obey(Command command) {
        switch (command) {
            case Command.Follow(var owner, var epoch, var offset) -> {
                followed.put(new TopicPartition(topic, owner.partition()), new Followed(owner, epoch, offset));
                changed = true;
            }
            case Command.Leave(var owner) -> {
                changed |= followed.values().removeIf(one -> one.owner == owner);
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

package millrace.worker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import millrace.proto.Channel;
import millrace.proto.Cluster;
import millrace.proto.ForeignRecord;
import millrace.proto.Task;
import millrace.proto.Topics;
import millrace.proto.ops.Loops;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupMaxSizeReachedException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One member of the share group, and the thread that speaks for it. Orders may come from any thread and are
/// carried out in turn.
///
/// A share consumer works in rounds: all records of a poll are done with before the next one. What is accepted
/// travels with that poll, or within [#ACCEPTED_WITHIN] when none is ordered, so that no record's lock ends after
/// its task was answered. The broker stores what a request accepts and looks at each record of it that is not
/// accepted yet: few requests of many records cost it a fraction of many of few.
final class Lane implements Runnable {
    /// Told, by the lane's thread, what happens.
    interface Listener {
        void opened(int lane);

        void joined(int lane);

        void lost(int lane, Desk.Loss why, String detail);

        void delivered(int lane, List<Delivery> records);

        /// A record is none of ours.
        void foreign(String where, String why);

        /// Whether results can be written to a partition.
        boolean hasResultPartition(int partition);
    }

    private static final Logger log = LoggerFactory.getLogger(Lane.class);

    /// A small part of what is left of a lock when its task is answered, which is two thirds at least.
    private static final Duration ACCEPTED_WITHIN = Duration.ofMillis(50);

    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(2);

    private record Position(int partition, long offset) {}

    private final int lane;
    private final Cluster cluster;
    private final Channel<Task> tasks;
    private final Map<String, Object> settings;
    private final Listener listener;
    private final Loops.Loop loop;
    private final LinkedBlockingQueue<Runnable> orders = new LinkedBlockingQueue<>();
    private final Map<Position, ConsumerRecord<byte[], byte[]>> held = new HashMap<>();
    private volatile @Nullable KafkaShareConsumer<byte[], byte[]> consumer;
    private boolean joined;
    private boolean unsent;
    private long unsentSince;
    private boolean stopping;

    Lane(int lane, Cluster cluster, Channel<Task> tasks, String clientId, Loops.Loop loop, Listener listener) {
        this.lane = lane;
        this.cluster = cluster;
        this.tasks = tasks;
        this.listener = listener;
        this.loop = loop;
        settings = Map.of(
                ConsumerConfig.GROUP_ID_CONFIG,
                Topics.workersGroup(cluster.fleet()),
                ConsumerConfig.CLIENT_ID_CONFIG,
                clientId,
                ConsumerConfig.SHARE_ACKNOWLEDGEMENT_MODE_CONFIG,
                "explicit",
                // Exactly as many records as asked for; the default takes whole batches, up to hundreds.
                ConsumerConfig.SHARE_ACQUIRE_MODE_CONFIG,
                "record_limit",
                // The broker walks all that a fetch may carry for each poll.
                ConsumerConfig.FETCH_MAX_BYTES_CONFIG,
                65_536,
                // A lane of a full worker does not poll, however long its tasks take.
                ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG,
                Integer.MAX_VALUE,
                ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class.getName(),
                ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class.getName());
    }

    /// @param records that a poll brings at most
    void open(int records) {
        orders.add(() -> connect(records));
    }

    /// Sends what was accepted, and leaves the group.
    void leave() {
        orders.add(this::close);
    }

    void poll() {
        orders.add(this::fetch);
    }

    void accept(int partition, long offset) {
        orders.add(() -> acknowledge(partition, offset, AcknowledgeType.ACCEPT));
    }

    void reject(int partition, long offset) {
        orders.add(() -> acknowledge(partition, offset, AcknowledgeType.REJECT));
    }

    /// Ends the thread after what was ordered before: sends what was accepted, and leaves the group.
    void stop() {
        orders.add(() -> stopping = true);
    }

    /// The figures of its consumer, none while it has none. Any thread.
    Map<MetricName, ? extends Metric> metrics() {
        var current = consumer;
        return current == null ? Map.of() : current.metrics();
    }

    @Override
    public void run() {
        try {
            while (!stopping) {
                var order = unsent ? orders.poll(untilSent(), TimeUnit.NANOSECONDS) : orders.take();
                loop.turn();
                if (order != null) {
                    order.run();
                }
                if (unsent && untilSent() <= 0) {
                    send();
                }
                loop.rest();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            close();
            loop.close();
        }
    }

    // How many records a consumer takes at most is fixed when it is made.
    private void connect(int records) {
        close();
        try {
            var mine = new HashMap<>(settings);
            mine.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, records);
            var opened = new KafkaShareConsumer<byte[], byte[]>(cluster.client(mine));
            consumer = opened;
            opened.setAcknowledgementCommitCallback(this::acknowledged);
            opened.subscribe(List.of(tasks.topic()));
        } catch (KafkaException e) {
            lose(e);
            return;
        }
        listener.opened(lane);
    }

    private void fetch() {
        var current = consumer;
        if (current == null) {
            return; // lost since the order
        }
        var deliveries = new ArrayList<Delivery>();
        try {
            unsent = false;
            for (var polled : current.poll(POLL)) {
                held.put(new Position(polled.partition(), polled.offset()), polled);
                deliveries.add(read(polled));
            }
        } catch (KafkaException e) {
            lose(e);
            return;
        }
        if (!joined && isMember(current)) {
            joined = true;
            listener.joined(lane);
        }
        listener.delivered(lane, deliveries);
    }

    // A poll returns empty-handed before the group has let the consumer in as well as after. The consumer's own
    // count of the assignments it was given, the first one often empty, is what tells.
    private static boolean isMember(KafkaShareConsumer<byte[], byte[]> consumer) {
        return consumer.metrics().values().stream()
                .filter(metric -> metric.metricName().name().equals("rebalance-total"))
                .anyMatch(metric -> metric.metricValue() instanceof Double count && count > 0);
    }

    private Delivery read(ConsumerRecord<byte[], byte[]> polled) {
        try {
            var task = tasks.read(polled.key(), polled.value());
            if (!listener.hasResultPartition(task.partition())) {
                throw new ForeignRecord(
                        ForeignRecord.Reason.BODY, "its result's partition " + task.partition() + " does not exist");
            }
            return new Delivery.Valid(
                    polled.partition(), polled.offset(), polled.deliveryCount().orElse((short) 1), task);
        } catch (ForeignRecord e) {
            listener.foreign(
                    polled.topic() + "-" + polled.partition() + " offset " + polled.offset(),
                    String.valueOf(e.getMessage()));
            return new Delivery.Foreign(polled.partition(), polled.offset());
        }
    }

    private void acknowledge(int partition, long offset, AcknowledgeType type) {
        var current = consumer;
        var polled = held.remove(new Position(partition, offset));
        if (current != null && polled != null) { // else lost since the order, and the broker delivers it again
            current.acknowledge(polled, type);
            unsentSince = unsent ? unsentSince : System.nanoTime();
            unsent = true;
        }
    }

    private long untilSent() {
        return unsentSince + ACCEPTED_WITHIN.toNanos() - System.nanoTime();
    }

    private void send() {
        unsent = false;
        var current = consumer;
        if (current != null) {
            try {
                current.commitAsync();
            } catch (KafkaException e) {
                lose(e);
            }
        }
    }

    // A lock that has ended, or a broker that was away: the record comes again, and its result is a duplicate
    // then.
    private void acknowledged(Map<TopicIdPartition, Set<Long>> offsets, @Nullable Exception e) {
        if (e != null) {
            log.info("lane {}: {} were answered, but will be delivered again: {}", lane, offsets, e.toString());
        }
    }

    private void lose(KafkaException e) {
        close();
        var group = Topics.workersGroup(cluster.fleet());
        switch (e) {
            case GroupMaxSizeReachedException _ ->
                listener.lost(
                        lane,
                        Desk.Loss.NO_ROOM,
                        "share group " + group + " is full: raise group.share.max.size on the brokers, or lower "
                                + WorkerConfig.LANES + " of the workers");
            case AuthorizationException _ ->
                listener.lost(lane, Desk.Loss.FAILED, "not allowed to take tasks: " + e.getMessage());
            default -> listener.lost(lane, Desk.Loss.FAILED, "cannot take tasks: " + e);
        }
    }

    private void close() {
        var current = consumer;
        consumer = null;
        joined = false;
        unsent = false;
        held.clear();
        if (current != null) {
            try {
                current.close(CLOSE_WITHIN);
            } catch (KafkaException e) {
                log.debug("lane {} closed in disorder", lane, e);
            }
        }
    }
}

package millrace.aggregator.console;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import millrace.proto.BrokerAnswer;
import millrace.proto.Channel;
import millrace.proto.Cluster;
import millrace.proto.ForeignRecord;
import millrace.proto.Heartbeat;
import millrace.proto.Wire;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Follows what the fleet says of itself (`jobs`, `progress`, `endings`, `dead-letters`, `workers`) in one thread
/// and keeps the view. It belongs to no group and changes nothing.
///
/// Any thread may look at the view, through [#look].
final class FleetTail implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(FleetTail.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final long SECOND = 1_000_000_000L;
    private static final Duration ANSWER = Duration.ofSeconds(1);
    private static final Duration API_WITHIN = Duration.ofSeconds(10);

    private final Cluster cluster;
    private final String id;
    private final Wire wire;
    private final FleetView view = new FleetView();
    private volatile long answeredNanos = System.nanoTime();
    private volatile int partitions;
    private volatile boolean stopped;

    /// @param id names the client
    FleetTail(Cluster cluster, String id) {
        this.cluster = cluster;
        this.id = id;
        wire = new Wire(cluster.fleet());
    }

    /// Looks at the view while nothing changes it. Keep it short.
    <T> T look(Function<FleetView, T> looking) {
        synchronized (view) {
            return looking.apply(view);
        }
    }

    /// Milliseconds since Kafka last answered: what is shown may be that old.
    long ageMillis() {
        return (System.nanoTime() - answeredNanos) / 1_000_000;
    }

    /// Partitions of `jobs`; 0 while that is not known.
    int partitions() {
        return partitions;
    }

    Wire wire() {
        return wire;
    }

    void stop() {
        stopped = true;
    }

    @Override
    public void run() {
        while (!stopped) {
            try (var consumer = consumer()) {
                synchronized (view) {
                    // After a trouble the same records are folded again, which changes nothing but letters.
                    view.letters().clear();
                }
                follow(consumer);
            } catch (KafkaException e) {
                LOG.warn("the console cannot follow the fleet and tries again: {}", e.toString());
                pause();
            }
        }
    }

    private void follow(KafkaConsumer<byte[], byte[]> consumer) {
        var endings = partitions(consumer, wire.endings().topic());
        // Endings first: so an order of a job that has ended does not make it look open.
        consumer.assign(endings);
        consumer.seekToBeginning(endings);
        readToEnd(consumer, endings);
        var others = new ArrayList<TopicPartition>();
        var jobs = partitions(consumer, wire.jobs().topic());
        partitions = jobs.size();
        others.addAll(jobs);
        others.addAll(partitions(consumer, wire.progress().topic()));
        others.addAll(partitions(consumer, wire.deadLetters().topic()));
        others.addAll(partitions(consumer, wire.workers().topic()));
        var all = new ArrayList<>(endings);
        all.addAll(others);
        consumer.assign(all);
        consumer.seekToBeginning(others);
        readToEnd(consumer, all);
        synchronized (view) {
            view.caughtUp();
        }
        var ticked = System.nanoTime();
        var asked = System.nanoTime();
        while (!stopped) {
            fold(consumer);
            var now = System.nanoTime();
            if (now - ticked >= SECOND) {
                ticked = now - ticked < 2 * SECOND ? ticked + SECOND : now;
                synchronized (view) {
                    view.tick(now, System.currentTimeMillis());
                }
            }
            if (now - Math.max(asked, answeredNanos) >= 2 * SECOND) {
                asked = now;
                ask(consumer, jobs);
            }
        }
    }

    // Workers are heard every second. Where there are none, polls say nothing of brokers that are away.
    private void ask(KafkaConsumer<byte[], byte[]> consumer, List<TopicPartition> about) {
        try {
            consumer.endOffsets(about, ANSWER);
            answeredNanos = System.nanoTime();
        } catch (org.apache.kafka.common.errors.TimeoutException e) {
            LOG.debug("no answer from Kafka", e);
        }
    }

    private void readToEnd(KafkaConsumer<byte[], byte[]> consumer, List<TopicPartition> all) {
        var ends = consumer.endOffsets(all);
        while (!stopped && all.stream().anyMatch(tp -> consumer.position(tp) < ends.getOrDefault(tp, 0L))) {
            fold(consumer);
        }
        answeredNanos = System.nanoTime();
    }

    private void fold(KafkaConsumer<byte[], byte[]> consumer) {
        var records = consumer.poll(POLL);
        if (records.isEmpty()) {
            return;
        }
        answeredNanos = System.nanoTime();
        synchronized (view) {
            records.forEach(this::fold);
        }
    }

    private void fold(ConsumerRecord<byte[], byte[]> record) {
        var topic = record.topic();
        var millis = System.currentTimeMillis();
        try {
            if (topic.equals(wire.workers().topic())) {
                Heartbeat heartbeat = read(wire.workers(), record);
                view.heartbeat(heartbeat, System.nanoTime(), millis);
            } else if (topic.equals(wire.progress().topic())) {
                view.progress(read(wire.progress(), record), millis);
            } else if (topic.equals(wire.endings().topic())) {
                view.ending(read(wire.endings(), record), millis);
            } else if (topic.equals(wire.jobs().topic())) {
                view.order(read(wire.jobs(), record), record.timestamp());
            } else {
                view.letter(read(wire.deadLetters(), record));
            }
        } catch (ForeignRecord e) {
            LOG.debug("{}-{} offset {} is none of ours", topic, record.partition(), record.offset(), e);
        }
    }

    private static <T> T read(Channel<T> channel, ConsumerRecord<byte[], byte[]> record) throws ForeignRecord {
        return channel.read(record.key(), record.value());
    }

    private static List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer, String topic) {
        return BrokerAnswer.partitions(consumer, topic, API_WITHIN);
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        return new KafkaConsumer<>(
                cluster.client(Map.of(
                        "client.id", id + "-console",
                        "isolation.level", "read_committed",
                        "enable.auto.commit", "false",
                        "auto.offset.reset", "earliest",
                        "allow.auto.create.topics", "false",
                        // People look about once a second, so records are brought that often, and not each by itself.
                        "fetch.max.wait.ms", "1000",
                        "fetch.min.bytes", "65536",
                        "default.api.timeout.ms", Long.toString(API_WITHIN.toMillis()))),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    private void pause() {
        try {
            Thread.sleep(1000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stopped = true;
        }
    }
}

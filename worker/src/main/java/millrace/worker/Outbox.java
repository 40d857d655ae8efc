package millrace.worker;

import static java.util.Map.entry;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import millrace.proto.Channel;
import millrace.proto.Cluster;
import millrace.proto.Heartbeat;
import millrace.proto.Result;
import millrace.proto.Wire;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/// Writes results and heartbeats, in order, with one idempotent producer. Any thread may hand it something; its
/// own thread sends, because sending may wait for a broker, and nobody else should.
///
/// Kafka's client tries again by itself as long as the broker is away. What it gives up is told to the
/// listener, and the next record goes out by a new producer.
final class Outbox implements Runnable {
    /// Told what became of it, by a thread of Kafka's client or of the outbox.
    interface Listener {
        void published(long ticket);

        void tooLarge(long ticket, String detail);

        void unpublished(long ticket, String detail);

        void beaten();

        void unbeaten(String detail);
    }

    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(1);

    private final Cluster cluster;
    private final Channel<Result> results;
    private final Channel<Heartbeat> heartbeats;
    private final Map<String, Object> settings;
    private final Listener listener;
    private final LinkedBlockingQueue<Runnable> letters = new LinkedBlockingQueue<>();
    private volatile @Nullable KafkaProducer<byte[], byte[]> producer;
    private volatile boolean broken;
    private volatile boolean stopping;

    /// @param bytesMax the most bytes that may be on their way at once
    Outbox(Cluster cluster, Wire wire, String clientId, long bytesMax, Listener listener) {
        this.cluster = cluster;
        this.results = wire.results();
        this.heartbeats = wire.workers();
        this.listener = listener;
        settings = Map.ofEntries(
                entry(ProducerConfig.CLIENT_ID_CONFIG, clientId),
                entry(ProducerConfig.ACKS_CONFIG, "all"),
                entry(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true),
                // A result waits for no other, but those that come while some are on their way go together: of tiny
                // tasks hundreds in a request, which costs the brokers little more than one alone.
                entry(ProducerConfig.LINGER_MS_CONFIG, 0),
                entry(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1),
                entry(ProducerConfig.BATCH_SIZE_CONFIG, 65_536),
                entry(ProducerConfig.BUFFER_MEMORY_CONFIG, bytesMax),
                entry(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 1_048_576),
                // As long as it takes: a result that is given up was computed for nothing.
                entry(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE),
                entry(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class.getName()),
                entry(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class.getName()));
    }

    /// The figures of its producer, none before the first letter. Any thread.
    Map<MetricName, ? extends Metric> metrics() {
        var current = producer;
        return current == null ? Map.of() : current.metrics();
    }

    void publish(Action.Publish order) {
        letters.add(() -> sendResult(order));
    }

    void beat(Heartbeat heartbeat) {
        letters.add(() -> sendHeartbeat(heartbeat));
    }

    /// Ends the thread after what it was handed before.
    void stop() {
        letters.add(() -> stopping = true);
    }

    @Override
    public void run() {
        try {
            while (!stopping) {
                letters.take().run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            close(CLOSE_WITHIN);
        }
    }

    private void sendResult(Action.Publish order) {
        byte[] value;
        try {
            value = results.value(order.result());
        } catch (IllegalArgumentException e) {
            listener.tooLarge(order.ticket(), String.valueOf(e.getMessage()));
            return;
        }
        send(
                new ProducerRecord<>(results.topic(), order.partition(), results.key(order.result()), value),
                () -> listener.published(order.ticket()),
                e -> {
                    if (e instanceof RecordTooLargeException) {
                        listener.tooLarge(order.ticket(), sentence(e));
                    } else {
                        listener.unpublished(order.ticket(), sentence(e));
                    }
                });
    }

    private void sendHeartbeat(Heartbeat heartbeat) {
        send(
                new ProducerRecord<>(heartbeats.topic(), heartbeats.key(heartbeat), heartbeats.value(heartbeat)),
                listener::beaten,
                e -> listener.unbeaten(sentence(e)));
    }

    private void send(ProducerRecord<byte[], byte[]> record, Runnable written, Consumer<Exception> failed) {
        try {
            var _ = producer().send(record, (_, e) -> {
                if (e == null) {
                    written.run();
                } else {
                    broken = true;
                    failed.accept(e);
                }
            });
        } catch (KafkaException e) {
            broken = true;
            failed.accept(e);
        }
    }

    // Some errors are the end of a producer, and its later sends fail with the same words. A new one costs little.
    private KafkaProducer<byte[], byte[]> producer() {
        if (broken) {
            close(Duration.ZERO);
        }
        var current = producer;
        if (current == null) {
            broken = false;
            current = new KafkaProducer<>(cluster.client(settings));
            producer = current;
        }
        return current;
    }

    private void close(Duration within) {
        var current = producer;
        producer = null;
        if (current != null) {
            current.close(within);
        }
    }

    private static String sentence(Exception e) {
        var message = e.getMessage();
        return e.getClass().getSimpleName() + (message == null ? "" : ": " + message);
    }
}

package millrace.aggregator.console;

import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import millrace.proto.BadInput;
import millrace.proto.Channel;
import millrace.proto.Cluster;
import millrace.proto.JobOrder;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// Puts orders on `jobs`, as the command line does. Any thread.
final class OrderSender implements AutoCloseable {
    private static final int WITHIN_SECONDS = 20;

    private final Channel<JobOrder> channel;
    private final KafkaProducer<byte[], byte[]> producer;

    OrderSender(Cluster cluster, Channel<JobOrder> channel, String id) {
        this.channel = channel;
        producer = new KafkaProducer<>(
                cluster.client(Map.of(
                        "client.id", id + "-console-orders",
                        "acks", "all",
                        "enable.idempotence", "true",
                        "linger.ms", "0",
                        "max.block.ms", "5000",
                        "request.timeout.ms", "5000",
                        "delivery.timeout.ms", "15000")),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /// Returns once the order is durable.
    ///
    /// @throws BadInput when it was not acknowledged in time; it may have arrived
    void send(JobOrder order, int partition) throws InterruptedException {
        var record = new ProducerRecord<>(channel.topic(), partition, channel.key(order), channel.value(order));
        try {
            producer.send(record).get(WITHIN_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            throw new BadInput("Kafka did not acknowledge the order of job " + order.job() + ": " + e.getMessage());
        }
    }

    @Override
    public void close() {
        producer.close(java.time.Duration.ofSeconds(1));
    }
}

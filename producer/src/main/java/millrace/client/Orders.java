package millrace.client;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import millrace.proto.Channel;
import millrace.proto.Cluster;
import millrace.proto.ExitCode;
import millrace.proto.JobOrder;
import millrace.proto.Refusal;
import org.apache.kafka.clients.ClientDnsLookup;
import org.apache.kafka.clients.ClientUtils;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// Puts orders on `jobs`: an order that was acknowledged is never lost. Any thread.
final class Orders implements AutoCloseable {
    private static final Duration DELIVERY_TIMEOUT = Duration.ofSeconds(30);

    private final Cluster cluster;
    private final Channel<JobOrder> channel;
    private final Duration patience;
    private final KafkaProducer<byte[], byte[]> producer;

    Orders(Cluster cluster, Channel<JobOrder> channel, Duration patience) {
        this.cluster = cluster;
        this.channel = channel;
        this.patience = patience;
        try {
            producer = new KafkaProducer<>(
                    cluster.client(Map.of(
                            "acks",
                            "all",
                            "enable.idempotence",
                            "true",
                            "linger.ms",
                            "0",
                            "max.block.ms",
                            Long.toString(patience.toMillis()),
                            "request.timeout.ms",
                            Long.toString(patience.toMillis()),
                            "delivery.timeout.ms",
                            Long.toString(DELIVERY_TIMEOUT.toMillis()))),
                    new ByteArraySerializer(),
                    new ByteArraySerializer());
        } catch (KafkaException e) {
            throw KafkaTrouble.refusal(cluster, "connect", e);
        }
    }

    /// The number of partitions of `jobs`, which is that of all topics where jobs live.
    ///
    /// @throws Refusal when the fleet is not there or Kafka cannot be reached
    int partitions() {
        try {
            return producer.partitionsFor(channel.topic()).size();
        } catch (TimeoutException e) {
            // The client says the same for a topic that is missing and for brokers that do not answer.
            var silence = silence();
            throw new Refusal(
                    ExitCode.KAFKA,
                    silence.isEmpty()
                            ? "no fleet " + cluster.fleet() + " at " + cluster.bootstrapServers() + ": topic "
                                    + channel.topic() + " was not found within " + patience.toSeconds()
                                    + " s; start a role of the fleet there"
                            : "cannot reach Kafka at " + silence + " within " + patience.toSeconds() + " s",
                    e);
        } catch (KafkaException e) {
            throw KafkaTrouble.refusal(cluster, "read topic " + channel.topic(), e);
        }
    }

    // The first of the addresses that nobody listens on, with the reason; empty when somebody listens on one of
    // them.
    private String silence() {
        var first = "";
        for (var address : ClientUtils.parseAndValidateAddresses(
                List.of(cluster.bootstrapServers().split(",")), ClientDnsLookup.USE_ALL_DNS_IPS)) {
            try (var socket = new Socket()) {
                socket.connect(address, (int) Duration.ofSeconds(1).toMillis());
                return "";
            } catch (IOException e) {
                first = first.isEmpty()
                        ? address.getHostString() + ":" + address.getPort() + " (" + e.getMessage() + ")"
                        : first;
            }
        }
        return first;
    }

    /// Returns once the order is acknowledged by all replicas.
    ///
    /// @return its offset
    /// @throws Refusal when it was not; whether it is in the topic is then unknown
    long send(JobOrder order, int partition) throws InterruptedException {
        var record = new ProducerRecord<>(channel.topic(), partition, channel.key(order), channel.value(order));
        try {
            return producer.send(record).get().offset();
        } catch (ExecutionException | KafkaException e) {
            throw KafkaTrouble.refusal(
                    cluster,
                    "order " + order.getClass().getSimpleName().toLowerCase(Locale.ROOT) + " of job " + order.job(),
                    e);
        }
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(1));
    }
}

package millrace.aggregator;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import millrace.proto.Progress;
import millrace.proto.Wire;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes progress, outside of transactions. What cannot be written is dropped: a later record says it again. Any
/// thread.
final class ProgressPublisher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ProgressPublisher.class);

    private final KafkaProducer<byte[], byte[]> producer;
    private final Wire wire;
    private final BrokerClock clock;
    private volatile boolean failing;

    ProgressPublisher(KafkaProducer<byte[], byte[]> producer, Wire wire, BrokerClock clock) {
        this.producer = producer;
        this.wire = wire;
        this.clock = clock;
    }

    /// @param partition the jobs' own, see [JobSpec#partition]
    void publish(int partition, List<Progress> all) {
        for (var progress : all) {
            var channel = wire.progress();
            try {
                var _ = producer.send(
                        new ProducerRecord<>(
                                channel.topic(), partition, channel.key(progress), channel.value(progress)),
                        (metadata, failure) -> {
                            if (failure == null) {
                                clock.wrote(metadata.timestamp());
                                failing = false;
                            } else {
                                failed(failure);
                            }
                        });
            } catch (KafkaException e) {
                failed(e);
            }
        }
    }

    /// The figures of its producer. Any thread.
    Map<MetricName, ? extends Metric> metrics() {
        return producer.metrics();
    }

    private void failed(Exception failure) {
        if (!failing) {
            failing = true;
            LOG.warn("progress cannot be written and is dropped until it can: {}", failure.toString());
        }
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(1));
    }
}

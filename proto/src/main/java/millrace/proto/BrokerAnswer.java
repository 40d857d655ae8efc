package millrace.proto;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/// Waits for what a broker answers.
public final class BrokerAnswer {
    private BrokerAnswer() {}

    /// As long as the client itself waits.
    ///
    /// @throws KafkaException the broker's, or the client's when it has given up
    public static <T> T of(Future<T> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw failure(e);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    /// @throws KafkaException the broker's, or when it does not answer in time
    public static <T> T of(Future<T> future, Duration patience) {
        try {
            return future.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw failure(e);
        } catch (TimeoutException e) {
            throw new org.apache.kafka.common.errors.TimeoutException(
                    "no answer within " + patience.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    /// The partitions of a topic.
    ///
    /// @throws UnknownTopicOrPartitionException when there are none: brokers hear late of a new topic
    /// @throws KafkaException the broker's, or when it does not answer in time
    public static List<TopicPartition> partitions(Consumer<?, ?> consumer, String topic, Duration patience) {
        var partitions = consumer.partitionsFor(topic, patience);
        if (partitions.isEmpty()) {
            throw new UnknownTopicOrPartitionException(topic + " is not there");
        }
        return partitions.stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
    }

    private static KafkaException failure(ExecutionException e) {
        return e.getCause() instanceof KafkaException known ? known : new KafkaException(e.getCause());
    }
}

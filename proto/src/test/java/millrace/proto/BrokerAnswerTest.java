package millrace.proto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.junit.jupiter.api.Test;

class BrokerAnswerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");

    @Test
    void topicWithoutPartitionsIsNotThereYet() {
        consumer.updatePartitions("fleet.endings", List.of());
        assertThatThrownBy(() -> BrokerAnswer.partitions(consumer, "fleet.endings", PATIENCE))
                .isInstanceOf(UnknownTopicOrPartitionException.class)
                .hasMessage("fleet.endings is not there");
    }

    @Test
    void partitionsAreThoseOfTheTopic() {
        consumer.updatePartitions(
                "fleet.endings",
                List.of(
                        new PartitionInfo("fleet.endings", 0, null, null, null),
                        new PartitionInfo("fleet.endings", 1, null, null, null)));
        assertThat(BrokerAnswer.partitions(consumer, "fleet.endings", PATIENCE))
                .containsExactly(new TopicPartition("fleet.endings", 0), new TopicPartition("fleet.endings", 1));
    }
}

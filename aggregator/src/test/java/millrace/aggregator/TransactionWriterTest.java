package millrace.aggregator;

import static millrace.aggregator.TestPartition.done;
import static millrace.aggregator.TestPartition.sum;
import static org.assertj.core.api.Assertions.assertThat;

import millrace.proto.Wire;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class TransactionWriterTest {
    /// Brokers that write a record when the producer waits for them, and not before.
    private static final class Slow extends MockProducer<byte[], byte[]> {
        private boolean wroteAll;

        private Slow() {
            super(false, null, new ByteArraySerializer(), new ByteArraySerializer());
        }

        @Override
        public synchronized void commitTransaction() {
            wroteAll = flushed();
            super.commitTransaction();
        }
    }

    /// Else the client may commit without those that are on their way.
    @Test
    @SuppressWarnings("removal") // only a consumer has another way to it
    void allRecordsAreWrittenWhenTheirTransactionIsCommitted() {
        try (var producer = new Slow();
                var writer = new TransactionWriter(producer, new Wire("fleet"), 0)) {
            writer.open();
            var job = sum("small", 10);
            var partition = new TestPartition(JoinLimits.DEFAULT);
            partition.submit(job).answer(done(job, 0, 10)).readAll();
            writer.write(partition.dueTransaction(), new ConsumerGroupMetadata("group"));
            assertThat(producer.wroteAll).isTrue();
            assertThat(producer.history()).extracting(ProducerRecord::topic).containsExactly("fleet.endings");
        }
    }
}

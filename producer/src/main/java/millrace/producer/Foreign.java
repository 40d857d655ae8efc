package millrace.producer;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import millrace.proto.ForeignRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Counts records that are none of ours, by reason. The first ones are logged, then ever fewer: a topic may be
/// full of them. One thread counts, any may read.
final class Foreign {
    private static final Logger LOG = LoggerFactory.getLogger(Foreign.class);

    private final Map<ForeignRecord.Reason, Long> counts = new ConcurrentHashMap<>();

    void count(ConsumerRecord<byte[], byte[]> record, ForeignRecord why) {
        long count = counts.merge(why.reason(), 1L, Long::sum);
        if (Long.bitCount(count) == 1) {
            LOG.warn(
                    "Foreign record {} at {}-{} offset {} skipped: {}",
                    count,
                    record.topic(),
                    record.partition(),
                    record.offset(),
                    why.getMessage());
        }
    }

    Map<ForeignRecord.Reason, Long> counts() {
        return Map.copyOf(counts);
    }
}

package millrace.worker;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import millrace.proto.BrokerAnswer;
import millrace.proto.Channel;
import millrace.proto.Cluster;
import millrace.proto.Ending;
import millrace.proto.ForeignRecord;
import millrace.proto.SpecDigest;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Follows the endings of jobs, from a few minutes back, and with its own thread.
final class EndingsTail implements Runnable {
    /// Told by the tail's thread.
    interface Listener {
        void ended(String job, SpecDigest digest);

        /// @param trouble why endings cannot be followed, empty when they can
        void followsEndings(String trouble);
    }

    private static final Logger log = LoggerFactory.getLogger(EndingsTail.class);

    /// Tasks of a job that ended before may still lie in `tasks`; they are computed for nothing, which does no
    /// harm.
    private static final Duration BACK = Duration.ofMinutes(5);

    private static final Duration POLL = Duration.ofSeconds(5);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(10);
    private static final long BACKOFF_MILLIS_MIN = 1_000;
    private static final long BACKOFF_MILLIS_MAX = 30_000;

    private final Cluster cluster;
    private final Channel<Ending> endings;
    private final Map<String, Object> settings;
    private final Listener listener;
    private volatile @Nullable KafkaConsumer<byte[], byte[]> current;
    private volatile boolean stopping;

    EndingsTail(Cluster cluster, Channel<Ending> endings, String clientId, Listener listener) {
        this.cluster = cluster;
        this.endings = endings;
        this.listener = listener;
        settings = Map.of(
                ConsumerConfig.CLIENT_ID_CONFIG,
                clientId,
                // The ending of a transaction that was aborted has not happened.
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed",
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "latest",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                // It reads the same partitions all the time, so a fetch may wait long: the next ending ends it.
                ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
                (int) POLL.toMillis(),
                ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class.getName(),
                ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class.getName());
    }

    void stop() {
        stopping = true;
        var consumer = current;
        if (consumer != null) {
            consumer.wakeup();
        }
    }

    @Override
    public void run() {
        var backoff = BACKOFF_MILLIS_MIN;
        while (!stopping) {
            try {
                var consumer = new KafkaConsumer<byte[], byte[]>(cluster.client(settings));
                current = consumer;
                seek(consumer);
                listener.followsEndings("");
                backoff = BACKOFF_MILLIS_MIN;
                follow(consumer);
            } catch (WakeupException e) {
                log.debug("the endings' tail was woken up");
            } catch (InterruptException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (KafkaException e) {
                listener.followsEndings("cannot follow the endings of jobs: " + e);
                if (!pause(backoff)) {
                    return;
                }
                backoff = Math.min(BACKOFF_MILLIS_MAX, 2 * backoff);
            } finally {
                close();
            }
        }
    }

    // Not in good order, which would wait for the fetch under way: there is no group to leave.
    private void close() {
        var consumer = current;
        current = null;
        if (consumer != null) {
            consumer.close(CloseOptions.timeout(Duration.ZERO));
        }
    }

    private void seek(KafkaConsumer<byte[], byte[]> consumer) {
        var partitions = BrokerAnswer.partitions(consumer, endings.topic(), ANSWER_WITHIN);
        consumer.assign(partitions);
        var ends = consumer.endOffsets(partitions, ANSWER_WITHIN); // first, so that no ending falls between the two
        var since = System.currentTimeMillis() - BACK.toMillis();
        var found = consumer.offsetsForTimes(
                partitions.stream().collect(Collectors.toMap(partition -> partition, _ -> since)), ANSWER_WITHIN);
        for (var partition : partitions) {
            var at = found.get(partition);
            consumer.seek(partition, at == null ? Objects.requireNonNull(ends.get(partition)) : at.offset());
        }
    }

    private void follow(KafkaConsumer<byte[], byte[]> consumer) {
        while (!stopping) {
            for (var polled : consumer.poll(POLL)) {
                if (polled.value() == null) {
                    continue; // a removed job's ending
                }
                try {
                    var spec = endings.read(polled.key(), polled.value()).spec();
                    listener.ended(spec.job(), spec.digest());
                } catch (ForeignRecord e) {
                    log.debug("not an ending: {} offset {}: {}", polled.topic(), polled.offset(), e.getMessage());
                }
            }
        }
    }

    private boolean pause(long millis) {
        try {
            Thread.sleep(millis);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}

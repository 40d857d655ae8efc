package millrace.proto.blobs;

import com.google.protobuf.UnsafeByteOperations;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import millrace.proto.BlobMissing;
import millrace.proto.BlobPiece;
import millrace.proto.BlobPlace;
import millrace.proto.BlobRecord;
import millrace.proto.CancelledException;
import millrace.proto.Channel;
import millrace.proto.Cluster;
import millrace.proto.Digests;
import millrace.proto.ForeignRecord;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/// Reads the topic of blobs. One thread at a time.
final class PieceReader implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final long STALLED_NANOS = 20_000_000_000L;

    /// Pieces of others that are read over rather than jumped over.
    private static final long READ_OVER = 8;

    private final Channel<BlobRecord> channel;
    private final KafkaConsumer<byte[], byte[]> consumer;
    // Of pieces of others that are kept: values that are read one after the other were put nearly so.
    private final long keptBytes;
    // What came before the consumer's position and was not asked for so far, by offset.
    private final TreeMap<Long, ConsumerRecord<byte[], byte[]>> fetched = new TreeMap<>();
    private long fetchedBytes;
    private @Nullable TopicPartition from;
    private final MessageDigest digest = Digests.sha256();
    private boolean verified;
    private @Nullable BlobPlace place;
    private int next;

    PieceReader(Cluster cluster, Channel<BlobRecord> channel, String clientId, Reading reading) {
        this.channel = channel;
        var fetchBytes = reading.fetchBytes();
        keptBytes = 2L * fetchBytes;
        consumer = new KafkaConsumer<>(
                cluster.client(Map.of(
                        "client.id",
                        clientId,
                        "enable.auto.commit",
                        "false",
                        "auto.offset.reset",
                        "none",
                        "allow.auto.create.topics",
                        "false",
                        // What is wanted is there. A fetch that waits at the end of a partition for more would hold
                        // up the next one, elsewhere, as long.
                        "fetch.max.wait.ms",
                        "5",
                        // A few pieces at once: what a reader takes in memory is about twice that.
                        "max.partition.fetch.bytes",
                        Integer.toString(fetchBytes),
                        "fetch.max.bytes",
                        Integer.toString(fetchBytes),
                        "request.timeout.ms",
                        "10000",
                        "default.api.timeout.ms",
                        "10000")),
                new ByteArrayDeserializer(),
                reading.inOrder() ? new ByteArrayDeserializer() : this::taken);
    }

    /// A consumer asks for what comes next while it hands out what it has, unless its partition is paused by then: the
    /// value is looked at just before. Who jumps would have to wait for an answer that is of no use.
    private byte[] taken(String topic, byte[] value) {
        consumer.pause(consumer.assignment());
        return value;
    }

    private ConsumerRecords<byte[], byte[]> poll() {
        consumer.resume(consumer.paused()); // which the last poll has left it
        return consumer.poll(POLL);
    }

    /// Begins with a blob; [#next] gives its pieces.
    ///
    /// @param whole whether to verify the digest of the whole
    void begin(BlobPlace wanted, boolean whole) {
        place = wanted;
        verified = whole;
        next = 0;
        digest.reset();
        var partition = new TopicPartition(channel.topic(), wanted.partition());
        if (!wanted.offsets().isEmpty() && !partition.equals(from)) {
            assign(partition);
            consumer.seek(partition, wanted.offsets().getFirst());
        }
    }

    private void assign(TopicPartition partition) {
        from = partition;
        consumer.assign(Set.of(partition));
        fetched.clear();
        fetchedBytes = 0;
    }

    /// The next piece, or null behind the last one: then the digest has been verified if it was to be.
    ///
    /// @throws TimeoutException when the brokers give nothing for long
    byte @Nullable [] next(BooleanSupplier cancelled) throws BlobMissing, CancelledException {
        var current = Objects.requireNonNull(place, "nothing has begun");
        if (next == current.offsets().size()) {
            if (verified
                    && !UnsafeByteOperations.unsafeWrap(digest.digest())
                            .equals(current.blob().digest())) {
                throw new BlobMissing(current.blob(), "its pieces together are something else");
            }
            return null;
        }
        var asked = System.nanoTime();
        while (true) {
            var record = fetched.remove(current.offsets().get(next));
            if (record != null) {
                fetchedBytes -= record.serializedValueSize();
                var piece = piece(current, next, record);
                if (verified) {
                    digest.update(piece);
                }
                next++;
                return piece;
            }
            if (cancelled.getAsBoolean()) {
                throw new CancelledException();
            }
            if (System.nanoTime() - asked > STALLED_NANOS) {
                throw new TimeoutException("piece " + next + " of blob "
                        + current.blob().hex() + " has not come within "
                        + Duration.ofNanos(STALLED_NANOS).toSeconds() + " s");
            }
            fetch(current);
        }
    }

    private void fetch(BlobPlace current) throws BlobMissing {
        var tp = new TopicPartition(channel.topic(), current.partition());
        long wanted = current.offsets().get(next);
        try {
            var at = consumer.position(tp);
            if (wanted < at || wanted > at + READ_OVER) {
                consumer.seek(tp, wanted);
            }
            for (var record : poll()) {
                if (record.value() != null && fetched.put(record.offset(), record) == null) {
                    fetchedBytes += record.serializedValueSize();
                }
            }
            if (!fetched.containsKey(wanted) && (consumer.position(tp) > wanted || end(tp) <= wanted)) {
                throw gone(current, next);
            }
        } catch (OffsetOutOfRangeException e) {
            throw gone(current, next);
        }
        while (fetchedBytes > keptBytes && fetched.firstKey() != wanted) {
            fetchedBytes -= fetched.pollFirstEntry().getValue().serializedValueSize();
        }
    }

    private static BlobMissing gone(BlobPlace place, int piece) {
        return new BlobMissing(
                place.blob(), "piece " + piece + " of " + place.offsets().size() + " is gone");
    }

    private long end(TopicPartition tp) {
        return consumer.endOffsets(Set.of(tp)).getOrDefault(tp, Long.MAX_VALUE);
    }

    private byte[] piece(BlobPlace place, int number, ConsumerRecord<byte[], byte[]> record) throws BlobMissing {
        var what = "piece " + number + " of " + place.offsets().size();
        try {
            if (channel.read(record.key(), record.value()) instanceof BlobPiece piece
                    && piece.blob().equals(place.blob())
                    && piece.put() == place.put()
                    && piece.piece() == number) {
                return piece.data().toByteArray();
            }
            throw new BlobMissing(place.blob(), what + " is another record");
        } catch (ForeignRecord e) {
            throw new BlobMissing(place.blob(), what + " is broken: " + e.getMessage());
        }
    }

    Map<String, BlobTopic.Listed> places(Predicate<String> wanted) {
        var tp = new TopicPartition(channel.topic(), BlobRecord.PLACES);
        assign(tp);
        var ends = consumer.endOffsets(Set.of(tp));
        long end = ends.getOrDefault(tp, 0L);
        consumer.seekToBeginning(Set.of(tp));
        var places = new HashMap<String, BlobTopic.Listed>();
        var moved = System.nanoTime();
        for (var at = consumer.position(tp); at < end; ) {
            for (var record : poll()) {
                read(record, wanted, places);
            }
            var position = consumer.position(tp);
            if (position > at) {
                at = position;
                moved = System.nanoTime();
            } else if (System.nanoTime() - moved > STALLED_NANOS) {
                throw new TimeoutException(tp + " gives nothing between " + at + " and " + end);
            }
        }
        return places;
    }

    private void read(
            ConsumerRecord<byte[], byte[]> record, Predicate<String> wanted, Map<String, BlobTopic.Listed> places) {
        var key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
        if (!wanted.test(key)) {
            return;
        }
        if (record.value() == null) {
            places.remove(key);
            return;
        }
        try {
            if (channel.read(record.key(), record.value()) instanceof BlobPlace place) {
                places.put(key, new BlobTopic.Listed(place, record.timestamp(), record.offset()));
            }
        } catch (ForeignRecord e) {
            // Not one of ours: it changes nothing.
        }
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(Duration.ofSeconds(1)));
    }
}

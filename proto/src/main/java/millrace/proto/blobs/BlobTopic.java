package millrace.proto.blobs;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import millrace.proto.Blob;
import millrace.proto.BlobMissing;
import millrace.proto.BlobPiece;
import millrace.proto.BlobPlace;
import millrace.proto.BlobRecord;
import millrace.proto.BrokerAnswer;
import millrace.proto.CancelledException;
import millrace.proto.Channel;
import millrace.proto.Cluster;
import millrace.proto.Digests;
import millrace.proto.Topics;
import millrace.proto.Wire;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/// The blobs of a fleet on its topic `blobs`: a fleet needs nothing but Kafka. Any thread.
///
/// A blob is cut into pieces of [BlobPiece#BYTES], all in one partition. Those that clients put are found by
/// digest: a record in partition 0 tells where the pieces are. Values that workers put are not listed there:
/// the result tells. Whoever reads a blob to its end has verified its digest.
public final class BlobTopic implements AutoCloseable {
    /// A blob that was put longer ago is put anew: a job lives half as long as its blobs are kept.
    static final Duration PUT_AGAIN_AFTER = Topics.BLOBS.retention().dividedBy(2);

    /// A blob that was last asked for longer ago is marked as wanted, so that nobody removes it before the job
    /// that needs it is known.
    static final Duration TOUCH_AFTER = Duration.ofMinutes(10);

    /// How long a blob that no open job needs is kept after it was put or asked for last.
    public static final Duration KEEP_UNUSED = Duration.ofHours(2);

    private static final long BUFFER_BYTES = 8L << 20;

    /// Where bytes come from.
    @FunctionalInterface
    public interface Content {
        InputStream open() throws IOException;
    }

    /// Told how many bytes of how many have been put.
    @FunctionalInterface
    public interface Meter {
        void moved(long bytes, long of);
    }

    private final Cluster cluster;
    private final Channel<BlobRecord> channel;
    private final PieceReaders readers;
    private final String clientId;
    private @Nullable KafkaProducer<byte[], byte[]> producer;
    private int partitions;

    public BlobTopic(Cluster cluster, Wire wire, String clientId) {
        this(cluster, wire, clientId, Reading.WHOLE);
    }

    public BlobTopic(Cluster cluster, Wire wire, String clientId, Reading reading) {
        this.cluster = cluster;
        this.clientId = clientId;
        channel = wire.blobs();
        readers = new PieceReaders(cluster, channel, clientId, reading);
    }

    /// Makes a blob findable by its digest: puts it unless it is there. Returns once it is durable.
    ///
    /// @throws IOException when the content cannot be read, or is not what the blob says: it has changed
    /// @throws KafkaException when the brokers do not take it
    public BlobPlace put(Blob blob, Content content, Meter meter) throws IOException {
        var now = System.currentTimeMillis();
        var found = listed(blob);
        if (found.isPresent() && now - found.get().place().putMillis() < PUT_AGAIN_AFTER.toMillis()) {
            var listed = found.get();
            if (now - listed.touchedMillis() > TOUCH_AFTER.toMillis()) {
                list(listed.place());
            }
            return listed.place();
        }
        var place = write(blob, content, meter);
        list(place);
        return place;
    }

    /// Puts a value that is found by its place alone, to be read by [#openValue] or [#readValue]. Returns once it is
    /// durable.
    ///
    /// @param value the blob
    /// @param near  values with the same lie one after the other, so that they are read without jumps
    /// @throws KafkaException when the brokers do not take it
    public BlobPlace writeValue(Blob blob, ByteString value, String near) {
        return beginValue(blob, value, near).place();
    }

    /// Begins to put a value; see [#writeValue]. Waits only while much else is on its way.
    ///
    /// @throws KafkaException when the brokers do not take it
    public Putting beginValue(Blob blob, ByteString value, String near) {
        var put = ThreadLocalRandom.current().nextLong();
        var partition = 1 + Topics.partition(near, piecePartitions());
        var sent = new ArrayList<Future<RecordMetadata>>();
        for (var piece = 0; piece < BlobPiece.count(blob); piece++) {
            var from = piece * BlobPiece.BYTES;
            var data = value.substring(from, Math.min(value.size(), from + BlobPiece.BYTES));
            sent.add(send(new BlobPiece(blob, put, piece, data), partition));
        }
        return () -> new BlobPlace(blob, put, partition, offsets(sent), System.currentTimeMillis());
    }

    /// A value that is being put.
    @FunctionalInterface
    public interface Putting {
        /// Returns once it is durable.
        ///
        /// @throws KafkaException when the brokers do not take it
        BlobPlace place();
    }

    private static List<Long> offsets(List<Future<RecordMetadata>> sent) {
        return sent.stream().map(BrokerAnswer::of).map(RecordMetadata::offset).toList();
    }

    /// Puts a blob that is found by its place alone. Returns once it is durable.
    ///
    /// @throws IOException when the content cannot be read, or is not what the blob says: it has changed
    /// @throws KafkaException when the brokers do not take it
    public BlobPlace write(Blob blob, Content content, Meter meter) throws IOException {
        var put = ThreadLocalRandom.current().nextLong();
        var partition = 1 + Topics.partition(blob.hex(), piecePartitions());
        var digest = Digests.sha256();
        var sent = new ArrayList<Future<RecordMetadata>>();
        try (var in = content.open()) {
            for (var piece = 0; piece < BlobPiece.count(blob); piece++) {
                var from = (long) piece * BlobPiece.BYTES;
                var wanted = (int) Math.min(BlobPiece.BYTES, blob.bytes() - from);
                var data = in.readNBytes(wanted);
                digest.update(data);
                if (data.length < wanted) {
                    break; // the digest will tell
                }
                sent.add(send(new BlobPiece(blob, put, piece, UnsafeByteOperations.unsafeWrap(data)), partition));
                meter.moved(from + wanted, blob.bytes());
            }
            var offsets = offsets(sent);
            if (in.read() < 0
                    && UnsafeByteOperations.unsafeWrap(digest.digest()).equals(blob.digest())) {
                return new BlobPlace(blob, put, partition, offsets, System.currentTimeMillis());
            }
        }
        for (var piece = 0; piece < sent.size(); piece++) {
            BrokerAnswer.of(bury(BlobPiece.key(blob, put, piece), partition));
        }
        throw new IOException("what was put is not blob " + blob.hex() + " (" + blob.bytes()
                + " bytes): it has changed since its digest was taken");
    }

    /// Where a blob is that somebody put; empty when nobody did, or it was removed.
    ///
    /// @throws KafkaException when the brokers do not tell
    public Optional<BlobPlace> find(Blob blob) {
        return listed(blob).map(Listed::place);
    }

    private Optional<Listed> listed(Blob blob) {
        return Optional.ofNullable(places(key -> key.equals(blob.hex())).get(blob.hex()))
                .filter(listed -> listed.place().blob().equals(blob));
    }

    /// Where all listed blobs are, by the hexadecimal digits of their digests.
    ///
    /// @throws KafkaException when the brokers do not tell
    public Map<String, Listed> places() {
        return places(_ -> true);
    }

    private Map<String, Listed> places(Predicate<String> wanted) {
        return readers.with(reader -> reader.places(wanted));
    }

    /// A blob that can be found by its digest.
    ///
    /// @param touchedMillis when it was put, or asked for by somebody who would have put it
    /// @param offset        of the record in partition 0
    public record Listed(BlobPlace place, long touchedMillis, long offset) {}

    /// Takes the bytes of a blob piece by piece.
    @FunctionalInterface
    public interface Sink {
        void accept(byte[] piece) throws IOException;
    }

    /// Reads a blob; at its end its digest has been verified.
    ///
    /// @param cancelled asked often, several times a second
    /// @throws BlobMissing when a piece is gone or broken, or the whole is not the blob; what the sink has got is
    ///                     then of no use
    /// @throws CancelledException when `cancelled` says so
    /// @throws IOException when the sink fails
    /// @throws KafkaException when the brokers do not answer
    public void read(BlobPlace place, Sink sink, BooleanSupplier cancelled)
            throws BlobMissing, CancelledException, IOException {
        read(place, true, sink, cancelled);
    }

    /// Reads a value that a worker has put. Its pieces are verified, as results are; its digest is not: it goes into
    /// that of an output, or its join checks it.
    ///
    /// @param cancelled asked often, several times a second
    /// @throws BlobMissing when a piece is gone or broken; what the sink has got is then of no use
    /// @throws CancelledException when `cancelled` says so
    /// @throws IOException when the sink fails
    /// @throws KafkaException when the brokers do not answer
    public void readValue(BlobPlace place, Sink sink, BooleanSupplier cancelled)
            throws BlobMissing, CancelledException, IOException {
        read(place, false, sink, cancelled);
    }

    private void read(BlobPlace place, boolean verified, Sink sink, BooleanSupplier cancelled)
            throws BlobMissing, CancelledException, IOException {
        PieceReader reader = readers.take();
        var sound = false;
        try {
            reader.begin(place, verified);
            for (var piece = reader.next(cancelled); piece != null; piece = reader.next(cancelled)) {
                sink.accept(piece);
            }
            sound = true;
        } finally {
            readers.giveBack(reader, sound);
        }
    }

    /// The bytes of a blob, read as they are needed; where the stream ends, its digest has been verified.
    /// Otherwise its `read` fails, with the digest in the message.
    public InputStream open(BlobPlace place) {
        return new BlobStream(readers, place, true);
    }

    /// The bytes of a value that a worker has put, as [#readValue] reads it.
    public InputStream openValue(BlobPlace place) {
        return new BlobStream(readers, place, false);
    }

    /// Makes a blob findable.
    public void list(BlobPlace place) {
        BrokerAnswer.of(send(place, BlobRecord.PLACES));
    }

    /// Makes a blob not findable; its pieces stay.
    ///
    /// @return the offset of the record that says so
    public long unlist(BlobPlace place) {
        return BrokerAnswer.of(bury(place.key(), BlobRecord.PLACES)).offset();
    }

    /// Removes the pieces of a blob.
    public void remove(BlobPlace place) {
        var sent = new ArrayList<Future<RecordMetadata>>();
        for (var key : place.pieceKeys()) {
            sent.add(bury(key, place.partition()));
        }
        sent.forEach(BrokerAnswer::of);
    }

    private Future<RecordMetadata> send(BlobRecord record, int partition) {
        return producer()
                .send(new ProducerRecord<>(channel.topic(), partition, channel.key(record), channel.value(record)));
    }

    private Future<RecordMetadata> bury(String key, int partition) {
        return producer()
                .send(new ProducerRecord<>(channel.topic(), partition, key.getBytes(StandardCharsets.UTF_8), null));
    }

    private synchronized int piecePartitions() {
        if (partitions == 0) {
            partitions = producer().partitionsFor(channel.topic()).size();
            if (partitions < 2) {
                throw new KafkaException("topic " + channel.topic() + " has " + partitions
                        + " partition, allowed 2 and up: add some with kafka-topics.sh --alter");
            }
        }
        return partitions - 1;
    }

    private synchronized KafkaProducer<byte[], byte[]> producer() {
        var current = producer;
        if (current == null) {
            current = new KafkaProducer<>(
                    cluster.client(Map.of(
                            "client.id",
                            clientId + "-put",
                            "acks",
                            "all",
                            "enable.idempotence",
                            "true",
                            "linger.ms",
                            "0",
                            "max.request.size",
                            "1048576",
                            "buffer.memory",
                            Long.toString(BUFFER_BYTES),
                            "max.block.ms",
                            "60000")),
                    new ByteArraySerializer(),
                    new ByteArraySerializer());
            producer = current;
        }
        return current;
    }

    @Override
    public synchronized void close() {
        readers.close();
        if (producer != null) {
            producer.close(Duration.ofSeconds(1));
        }
    }
}

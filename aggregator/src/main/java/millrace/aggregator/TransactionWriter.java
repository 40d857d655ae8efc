package millrace.aggregator;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import millrace.proto.BrokerAnswer;
import millrace.proto.Channel;
import millrace.proto.Topics;
import millrace.proto.Wire;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/// Writes what the owner of one partition decides, each time all of it or nothing. When a write fails, or nobody
/// knows whether it did, the writer is of no use any more: the partition is taken over anew, which settles it.
/// One thread.
@SuppressWarnings("FutureReturnValueIgnored") // a commit fails when a send before it did
final class TransactionWriter implements AutoCloseable {
    /// Where it writes.
    static final Set<Topics> TOPICS =
            EnumSet.of(Topics.OUTPUTS, Topics.DEAD_LETTERS, Topics.SNAPSHOTS, Topics.ENDINGS, Topics.PROGRESS);

    private static final byte[] NO_KEY = {};

    private final Producer<byte[], byte[]> producer;
    private final Wire wire;
    private final int partition;
    // The offset that was committed last; -1 before.
    private long resume = -1;

    /// @param producer the partition's transactional one; closed by this writer
    TransactionWriter(Producer<byte[], byte[]> producer, Wire wire, int partition) {
        this.producer = producer;
        this.wire = wire;
        this.partition = partition;
    }

    /// Fences the owner before and settles what it left.
    void open() {
        producer.initTransactions();
    }

    /// Settles records of the owner before that nothing settles: a broker that comes back from a crash while its
    /// partitions have no leader takes them for deleted, and calls a transaction complete without telling them.
    /// The next one of the same producer settles them where it has a record: one without a value, which readers
    /// pass over. Each topic has its own, so that one that is away takes no other with it.
    ///
    /// @param topics where they are
    /// @param commit whether they are to last; otherwise they are discarded
    void settle(Set<Topics> topics, boolean commit) {
        try {
            for (var topic : topics) {
                producer.beginTransaction();
                BrokerAnswer.of(producer.send(new ProducerRecord<>(topic.in(wire.fleet()), partition, NO_KEY, null)));
                if (commit) {
                    producer.commitTransaction();
                } else {
                    producer.abortTransaction();
                }
            }
        } catch (IllegalStateException e) {
            throw brokenDown(e);
        }
    }

    /// Takes the offset of `results` back to their beginning.
    ///
    /// @param member who writes
    void rewind(ConsumerGroupMetadata member) {
        write(new Transaction(List.of(), List.of(), List.of(), 0), member);
    }

    /// The offset that was committed last by this writer; -1 before.
    long resume() {
        return resume;
    }

    /// Writes and commits.
    ///
    /// @param member who writes: a member that lost the partition cannot
    void write(Transaction transaction, ConsumerGroupMetadata member) {
        try {
            producer.beginTransaction();
            var places = new HashMap<String, List<Future<RecordMetadata>>>();
            for (var end : transaction.ends()) {
                places.put(end.job(), sendPieces(end));
            }
            transaction.states().forEach(this::sendState);
            transaction.removals().forEach(this::sendRemoval);
            for (var end : transaction.ends()) {
                send(wire.endings(), end.ending(offsets(places.getOrDefault(end.job(), List.of()))));
            }
            // Waits for the brokers, so an offset that is there is not sent again. What fences an owner that lost the
            // partition is its successor's transactional id; the member's generation comes on top.
            if (transaction.resume() != resume) {
                sendOffset(transaction.resume(), member);
            }
            // Kafka's client looks for records that are not written yet before it looks whether it is to commit. One
            // that is sent between the two is left out, and comes with the next transaction of its topic. Lasts no
            // longer than `delivery.timeout.ms`.
            producer.flush();
            producer.commitTransaction();
            resume = transaction.resume();
        } catch (IllegalStateException e) {
            throw brokenDown(e);
        }
    }

    // The producer's own state after a failure that another thread of it saw first.
    private static KafkaException brokenDown(IllegalStateException e) {
        return new KafkaException("the partition's producer cannot go on", e);
    }

    private List<Future<RecordMetadata>> sendPieces(JobEnd end) {
        var sent = new ArrayList<Future<RecordMetadata>>();
        for (var piece : end.pieces()) {
            sent.add(send(wire.outputs(), piece));
        }
        for (var letter : end.letters()) {
            send(wire.deadLetters(), letter);
        }
        var kept = end.kept();
        if (kept == null) {
            sendTombstones(end.job(), 0, end.snapshotPieces());
        } else {
            sendState(kept);
        }
        return sent;
    }

    private void sendState(Transaction.SavedState state) {
        state.pieces().forEach(piece -> send(wire.snapshots(), piece));
        sendTombstones(state.job(), state.pieces().size(), state.piecesBefore());
    }

    private void sendTombstones(String job, int fromPiece, int toPiece) {
        for (var piece = fromPiece; piece < toPiece; piece++) {
            sendTombstone(Topics.SNAPSHOTS, job + "/" + piece);
        }
    }

    private void sendRemoval(Transaction.Removal removal) {
        send(wire.snapshots(), removal.mark());
        sendTombstones(removal.job(), 1, removal.pieces());
        sendTombstone(Topics.ENDINGS, removal.job());
        sendTombstone(Topics.PROGRESS, removal.job());
    }

    private void sendOffset(long offset, ConsumerGroupMetadata member) {
        producer.sendOffsetsToTransaction(
                Map.of(new TopicPartition(wire.results().topic(), partition), new OffsetAndMetadata(offset)), member);
    }

    private <T> Future<RecordMetadata> send(Channel<T> channel, T record) {
        return producer.send(
                new ProducerRecord<>(channel.topic(), partition, channel.key(record), channel.value(record)));
    }

    private void sendTombstone(Topics topic, String key) {
        producer.send(
                new ProducerRecord<>(topic.in(wire.fleet()), partition, key.getBytes(StandardCharsets.UTF_8), null));
    }

    private static List<Long> offsets(List<Future<RecordMetadata>> sent) {
        return sent.stream().map(one -> BrokerAnswer.of(one).offset()).toList();
    }

    /// Does not wait for what is on its way: the next owner settles it.
    @Override
    public void close() {
        producer.close(Duration.ZERO);
    }
}

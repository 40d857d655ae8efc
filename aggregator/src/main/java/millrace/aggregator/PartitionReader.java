package millrace.aggregator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import millrace.proto.Channel;
import millrace.proto.Ending;
import millrace.proto.ForeignRecord;
import millrace.proto.Snapshot;
import millrace.proto.Topics;
import millrace.proto.Wire;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/// Reads what one partition has into a new joiner, after its owner before is fenced: from then on nobody else
/// writes there. One thread.
final class PartitionReader {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final long STALLED_NANOS = 15_000_000_000L;

    /// Where to go on reading.
    ///
    /// @param results the offset of the first result to be taken
    /// @param orders  the offset of the first order to be taken
    record Positions(long results, long orders) {}

    private interface Reader<T> {
        void read(T record, long atMillis);
    }

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Wire wire;
    private final int partition;
    private final Counters counters;
    private final Runnable checkOwned;

    /// @param consumer one that reads committed records; the caller closes it
    /// @param checkOwned called often; throws when the partition is not the reader's any more
    PartitionReader(
            KafkaConsumer<byte[], byte[]> consumer, Wire wire, int partition, Counters counters, Runnable checkOwned) {
        this.consumer = consumer;
        this.wire = wire;
        this.partition = partition;
        this.counters = counters;
        this.checkOwned = checkOwned;
    }

    /// Fills and starts a new joiner.
    ///
    /// The order of reading matters to an owner that is held up in it for so long that another takes over and
    /// writes: the offset comes before the snapshots, so that none of them is missed which covers results below
    /// it, and the endings of meanwhile come after them, whose snapshots may be gone.
    ///
    /// @param offsets tells the offset that the group has committed, if any
    Positions fill(Joiner joiner, Function<TopicPartition, OptionalLong> offsets) {
        var results = new TopicPartition(wire.results().topic(), partition);
        var told = offsets.apply(results);
        Reader<Ending> ending = (one, _) -> joiner.ending(one);
        var endings = readAll(Topics.ENDINGS, wire.endings(), ending);
        readAll(Topics.SNAPSHOTS, wire.snapshots(), (piece, _) -> joiner.snapshot(piece));
        readFrom(endings, Topics.ENDINGS, wire.endings(), ending);
        var orders = readAll(Topics.JOBS, wire.jobs(), joiner::order);
        var first = offset(consumer.beginningOffsets(Set.of(results)), results);
        var end = offset(consumer.endOffsets(Set.of(results)), results);
        var committed = told.orElse(first);
        // An offset that is not in the topic is of a topic that was there before.
        var resume = committed < first || committed > end ? first : committed;
        joiner.start(resume, end);
        return new Positions(resume, orders);
    }

    /// Answers a joiner that wants a parent.
    void parent(Joiner joiner, String id) {
        var endings = new ArrayList<Ending>();
        var pieces = new ArrayList<Snapshot>();
        readAll(Topics.ENDINGS, wire.endings(), (ending, _) -> {
            if (ending.job().equals(id)) {
                endings.add(ending);
            }
        });
        readAll(Topics.SNAPSHOTS, wire.snapshots(), (piece, _) -> {
            if (piece.job().equals(id)) {
                pieces.add(piece);
            }
        });
        joiner.parent(id, endings.isEmpty() ? null : endings.getLast(), pieces);
    }

    private <T> long readAll(Topics topic, Channel<T> channel, Reader<T> reader) {
        return readFrom(0, topic, channel, reader);
    }

    // Returns the offset behind the last record.
    private <T> long readFrom(long from, Topics topic, Channel<T> channel, Reader<T> reader) {
        var tp = new TopicPartition(channel.topic(), partition);
        consumer.assign(Set.of(tp));
        var end = offset(consumer.endOffsets(Set.of(tp)), tp);
        if (from == 0) {
            consumer.seekToBeginning(Set.of(tp));
        } else {
            consumer.seek(tp, from);
        }
        var moved = System.nanoTime();
        var at = consumer.position(tp);
        while (at < end) {
            checkOwned.run();
            for (var record : consumer.poll(POLL)) {
                if (record.value() == null && topic.cleanup() == Topics.Cleanup.COMPACT) {
                    continue; // a tombstone: the job has ended, which its ending or its mark of removal says
                }
                try {
                    reader.read(channel.read(record.key(), record.value()), record.timestamp());
                } catch (ForeignRecord e) {
                    counters.add(topic, e.reason());
                }
            }
            var position = consumer.position(tp);
            if (position > at) {
                at = position;
                moved = System.nanoTime();
            } else if (System.nanoTime() - moved > STALLED_NANOS) {
                throw new TimeoutException(tp + " gives nothing between " + at + " and " + end);
            }
        }
        return at;
    }

    private static long offset(Map<TopicPartition, Long> offsets, TopicPartition tp) {
        var offset = offsets.get(tp);
        if (offset == null) {
            throw new UnknownTopicOrPartitionException(tp + " is not there");
        }
        return offset;
    }
}

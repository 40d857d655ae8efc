package millrace.tests.chaos;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import millrace.v1.Ending;
import millrace.v1.JobOrder;
import millrace.v1.OutputPiece;
import millrace.v1.Progress;
import millrace.v1.Result;
import millrace.v1.Sealed;
import millrace.v1.Task;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/// All that stands in a fleet's topics, read by nothing of the product but the classes of its messages.
///
/// @param aborted records that were written in transactions that came to nothing
record Ledger(
        List<Entry<JobOrder>> orders,
        List<Entry<Task>> tasks,
        List<Entry<Result>> results,
        List<Entry<Progress>> progress,
        List<Entry<OutputPiece>> outputs,
        List<Entry<Ending>> endings,
        long deadLetters,
        long aborted) {
    /// A record, and where it stands.
    record Entry<T>(int partition, long offset, long atMillis, T body) {}

    private interface Parsing<T> {
        T of(ByteString body) throws InvalidProtocolBufferException;
    }

    static Ledger read(String bootstrapServers, String fleet) {
        var committed = new Reading(bootstrapServers, fleet, "read_committed");
        var all = new Reading(bootstrapServers, fleet, "read_uncommitted");
        var aborted = 0L;
        for (var topic : List.of("outputs", "endings", "snapshots", "dead-letters")) {
            aborted += all.count(topic) - committed.count(topic);
        }
        return new Ledger(
                committed.entries("jobs", JobOrder::parseFrom),
                committed.entries("tasks", Task::parseFrom),
                committed.entries("results", Result::parseFrom),
                committed.entries("progress", Progress::parseFrom),
                committed.entries("outputs", OutputPiece::parseFrom),
                committed.entries("endings", Ending::parseFrom),
                committed.count("dead-letters"),
                aborted);
    }

    private record Reading(String bootstrapServers, String fleet, String isolation) {
        long count(String topic) {
            var number = new long[1];
            scan(topic, (_, _) -> number[0]++);
            return number[0];
        }

        <T> List<Entry<T>> entries(String topic, Parsing<T> parsing) {
            var entries = new ArrayList<Entry<T>>();
            scan(topic, (record, body) -> {
                if (body == null) {
                    return; // a tombstone
                }
                try {
                    entries.add(new Entry<>(record.partition(), record.offset(), record.timestamp(), parsing.of(body)));
                } catch (InvalidProtocolBufferException e) {
                    throw new AssertionError(record + " cannot be read", e);
                }
            });
            return entries;
        }

        private void scan(String topic, BiConsumer<ConsumerRecord<byte[], byte[]>, @Nullable ByteString> visitor) {
            try (var consumer = new KafkaConsumer<>(
                    Map.<String, Object>of("bootstrap.servers", bootstrapServers, "isolation.level", isolation),
                    new ByteArrayDeserializer(),
                    new ByteArrayDeserializer())) {
                var partitions = consumer.partitionsFor(fleet + "." + topic).stream()
                        .map(info -> new TopicPartition(info.topic(), info.partition()))
                        .toList();
                consumer.assign(partitions);
                consumer.seekToBeginning(partitions);
                var ends = consumer.endOffsets(partitions);
                while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                    for (var record : consumer.poll(Duration.ofMillis(200))) {
                        visitor.accept(record, body(record));
                    }
                }
            }
        }

        private static @Nullable ByteString body(ConsumerRecord<byte[], byte[]> record) {
            try {
                var value = record.value();
                return value == null ? null : Sealed.parseFrom(value).getBody();
            } catch (InvalidProtocolBufferException e) {
                throw new AssertionError(record + " cannot be read", e);
            }
        }
    }
}

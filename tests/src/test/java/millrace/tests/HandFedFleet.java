package millrace.tests;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import millrace.proto.Channel;
import millrace.proto.Cluster;
import millrace.proto.Computation;
import millrace.proto.DeadLetter;
import millrace.proto.Ending;
import millrace.proto.FleetSetup;
import millrace.proto.ForeignRecord;
import millrace.proto.Integers;
import millrace.proto.JobOrder;
import millrace.proto.JobSpec;
import millrace.proto.Join;
import millrace.proto.OutputPiece;
import millrace.proto.Policy;
import millrace.proto.Progress;
import millrace.proto.Result;
import millrace.proto.Wire;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/// Clients, producer and workers of a fleet, played by hand: writes orders and results, and reads what an
/// aggregator makes of them.
final class HandFedFleet implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Cluster cluster;
    private final Wire wire;
    private final int partitions;
    private final KafkaProducer<byte[], byte[]> producer;

    HandFedFleet(Cluster cluster, int partitions) {
        this.cluster = cluster;
        this.partitions = partitions;
        wire = new Wire(cluster.fleet());
        try (var admin = Admin.create(cluster.client(Map.of()))) {
            new FleetSetup(admin, cluster, PATIENCE).prepare(new FleetSetup.Wanted(partitions, 1, (short) 1));
        }
        producer = new KafkaProducer<>(
                cluster.client(Map.of("linger.ms", "0")), new ByteArraySerializer(), new ByteArraySerializer());
    }

    Cluster cluster() {
        return cluster;
    }

    Wire wire() {
        return wire;
    }

    /// A job of items whose values are summed up or put one behind the other.
    JobSpec spec(String job, long items, Join join, Policy policy) {
        var computation = new Computation("by-hand", 1, new TreeMap<>(), items);
        return JobSpec.of(job, partitions, computation, 0, items, join, policy, new TreeMap<>(), "");
    }

    JobSpec sum(String job, long items) {
        return spec(job, items, new Join.IntegerSum(1), Policy.DEFAULT);
    }

    void submit(JobSpec spec) {
        send(wire.jobs(), spec.partition(), new JobOrder.Submit(spec));
    }

    void order(JobSpec spec, JobOrder order) {
        send(wire.jobs(), spec.partition(), order);
    }

    /// A worker's value of the items `[first, end)`, each of which counts its own number.
    Result counted(JobSpec spec, long first, long end) {
        return done(spec, first, end, Integers.encode(java.math.BigInteger.valueOf(sumOf(first, end))));
    }

    static long sumOf(long first, long end) {
        return (first + end - 1) * (end - first) / 2;
    }

    Result done(JobSpec spec, long first, long end, byte[] value) {
        return result(spec, first, end, 1, new Result.Done(ByteString.copyFrom(value)));
    }

    Result failed(JobSpec spec, long first, long end, int attempt) {
        return result(
                spec,
                first,
                end,
                attempt,
                new Result.Failed(Result.FailureKind.EXCEPTION, "attempt " + attempt, "at Kernel.compute"));
    }

    private static Result result(JobSpec spec, long first, long end, int attempt, Result.Answer answer) {
        return new Result(
                spec.job(),
                spec.digest(),
                first,
                end,
                attempt,
                attempt,
                false,
                false,
                "worker-1",
                1,
                new Result.Cost(1_000_000, 1_000_000, 0, 0),
                answer);
    }

    void answer(JobSpec spec, Result result) {
        send(wire.results(), spec.partition(), result);
    }

    /// Any bytes on any topic.
    void raw(String topic, int partition, byte @Nullable [] key, byte @Nullable [] value) {
        get(new ProducerRecord<>(topic, partition, key, value));
    }

    private <T> void send(Channel<T> channel, int partition, T record) {
        get(new ProducerRecord<>(channel.topic(), partition, channel.key(record), channel.value(record)));
    }

    /// Sends without waiting for the broker's answer.
    void answerLater(JobSpec spec, Result result) {
        var channel = wire.results();
        var _ = producer.send(
                new ProducerRecord<>(channel.topic(), spec.partition(), channel.key(result), channel.value(result)));
    }

    void flush() {
        producer.flush();
    }

    private void get(ProducerRecord<byte[], byte[]> record) {
        try {
            producer.send(record).get();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError("cannot write to " + record.topic(), e);
        }
    }

    /// The job's ending, as soon as it is there.
    Ending awaitEnding(JobSpec spec) {
        var all = read(wire.endings(), spec.partition(), ending -> ending.job().equals(spec.job()));
        return all.getLast();
    }

    /// Everything on `endings` of a partition up to a record of that job.
    List<Ending> endingsUpTo(JobSpec last) {
        return read(wire.endings(), last.partition(), ending -> ending.job().equals(last.job()));
    }

    List<DeadLetter> deadLetters(JobSpec spec, int number) {
        var seen = new int[1];
        return read(wire.deadLetters(), spec.partition(), _ -> ++seen[0] == number);
    }

    Progress awaitProgress(JobSpec spec, Predicate<Progress> wanted) {
        return read(
                        wire.progress(),
                        spec.partition(),
                        progress -> progress.job().equals(spec.job()) && wanted.test(progress))
                .getLast();
    }

    /// The job's output, read where its ending says.
    byte[] output(Ending ending) {
        var place = ending.output();
        if (place == null) {
            throw new AssertionError(ending.job() + " has no output");
        }
        if (!place.inline().isEmpty()) {
            if (!place.offsets().isEmpty()) {
                throw new AssertionError(ending.job() + " has its output in its ending and in pieces");
            }
            return place.inline().toByteArray();
        }
        var bytes = new ByteArrayOutputStream();
        try (var consumer = consumer()) {
            var tp = new TopicPartition(wire.outputs().topic(), place.partition());
            consumer.assign(Set.of(tp));
            for (var offset : place.offsets()) {
                consumer.seek(tp, offset);
                var piece = next(consumer, wire.outputs());
                bytes.writeBytes(piece.data().toByteArray());
            }
        }
        return bytes.toByteArray();
    }

    private OutputPiece next(KafkaConsumer<byte[], byte[]> consumer, Channel<OutputPiece> channel) {
        var until = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < until) {
            for (var record : consumer.poll(Duration.ofMillis(100))) {
                return parse(channel, record.key(), record.value());
            }
        }
        throw new AssertionError("no output piece within " + PATIENCE);
    }

    private <T> List<T> read(Channel<T> channel, int partition, Predicate<T> last) {
        var all = new ArrayList<T>();
        try (var consumer = consumer()) {
            var tp = new TopicPartition(channel.topic(), partition);
            consumer.assign(Set.of(tp));
            consumer.seekToBeginning(Set.of(tp));
            var until = System.nanoTime() + PATIENCE.toNanos();
            while (System.nanoTime() < until) {
                for (var record : consumer.poll(Duration.ofMillis(100))) {
                    if (record.value() != null) {
                        var one = parse(channel, record.key(), record.value());
                        all.add(one);
                        if (last.test(one)) {
                            return all;
                        }
                    }
                }
            }
        }
        throw new AssertionError("not on " + channel.topic() + " within " + PATIENCE + "; there is " + all);
    }

    private static <T> T parse(Channel<T> channel, byte[] key, byte[] value) {
        try {
            return channel.read(key, value);
        } catch (ForeignRecord e) {
            throw new AssertionError(channel.topic() + " has a foreign record", e);
        }
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        return new KafkaConsumer<>(
                cluster.client(Map.of("isolation.level", "read_committed", "auto.offset.reset", "earliest")),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    @Override
    public void close() {
        producer.close();
    }
}

package millrace.tests;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import millrace.proto.Channel;
import millrace.proto.Cluster;
import millrace.proto.Computation;
import millrace.proto.ForeignRecord;
import millrace.proto.Heartbeat;
import millrace.proto.JobOrder;
import millrace.proto.JobSpec;
import millrace.proto.Join;
import millrace.proto.Policy;
import millrace.proto.Progress;
import millrace.proto.Ranges;
import millrace.proto.Result;
import millrace.proto.Tally;
import millrace.proto.Task;
import millrace.proto.Topics;
import millrace.proto.Wire;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/// Workers and aggregator as the producer sees them: takes tasks by the share group, publishes results, tells
/// progress, sends heartbeats. One thread for tasks and progress, one for heartbeats. An item costs a microsecond
/// on paper and nothing in truth.
final class StandInMill implements AutoCloseable {
    static final String KERNEL = "stand-in";
    private static final int JOB_PARTITIONS = 4;

    private final Cluster cluster;
    private final Wire wire;
    private final int cores;
    private final KafkaProducer<byte[], byte[]> producer;
    private final Map<String, Ranges> done = new ConcurrentHashMap<>();
    private final Map<String, Long> items = new ConcurrentHashMap<>();
    private final Map<String, Long> tasks = new ConcurrentHashMap<>();
    private final Map<String, Long> computed = new ConcurrentHashMap<>();
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicLong sequence = new AtomicLong();
    private volatile boolean closing;
    private volatile Duration pause = Duration.ZERO;
    private volatile Predicate<Task> losing = task -> false;

    StandInMill(String servers, String fleet, int cores) {
        cluster = Cluster.at(servers, fleet);
        wire = new Wire(fleet);
        this.cores = cores;
        producer = new KafkaProducer<>(
                cluster.client(Map.of("acks", "all", "linger.ms", 0)),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        threads.add(Thread.ofPlatform().name("mill").start(this::grind));
        threads.add(Thread.ofPlatform().name("mill-heart").start(this::beat));
    }

    /// Each task takes at least so long from now on.
    void slow(Duration duration) {
        pause = duration;
    }

    /// Writes a record that is none of the fleet's to the first partition of a topic.
    void write(Topics topic, byte @Nullable [] key, byte @Nullable [] value) {
        var _ = producer.send(new ProducerRecord<>(topic.in(wire.fleet()), 0, key, value));
    }

    /// Tasks that are accepted without a result from now on.
    void lose(Predicate<Task> tasks) {
        losing = tasks;
    }

    JobSpec submit(String job, long items, Policy policy) {
        var computation = new Computation(KERNEL, 1, new TreeMap<>(), items);
        var spec = JobSpec.of(
                job, JOB_PARTITIONS, computation, 0, items, new Join.IntegerSum(1), policy, new TreeMap<>(), "");
        order(new JobOrder.Submit(spec));
        return spec;
    }

    void order(JobOrder order) {
        send(wire.jobs(), order, Topics.partition(order.job(), JOB_PARTITIONS));
    }

    long done(String job) {
        return items.getOrDefault(job, 0L);
    }

    /// Items in all results of the job.
    long computed(String job) {
        return computed.getOrDefault(job, 0L);
    }

    private <T> void send(Channel<T> channel, T record, int partition) {
        var _ = producer.send(
                new ProducerRecord<>(channel.topic(), partition, channel.key(record), channel.value(record)));
    }

    private void beat() {
        try {
            while (!closing) {
                send(wire.workers(), heartbeat(), 0);
                Thread.sleep(Duration.ofMillis(500));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Heartbeat heartbeat() {
        return new Heartbeat(
                "mill",
                "host",
                1,
                "test",
                sequence.incrementAndGet(),
                0,
                0,
                Heartbeat.State.RUNNING,
                "",
                List.of(new Heartbeat.Offer(KERNEL, 1)),
                cores,
                2,
                2 * cores,
                List.of(),
                0,
                0,
                0,
                0,
                0,
                0);
    }

    private void grind() {
        try (var consumer = new KafkaShareConsumer<>(
                cluster.client(Map.of(
                        "group.id",
                        Topics.workersGroup(wire.fleet()),
                        "share.acknowledgement.mode",
                        "explicit",
                        "share.acquire.mode",
                        "record_limit",
                        "max.poll.records",
                        10)),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.subscribe(Set.of(wire.tasks().topic()));
            while (!closing) {
                for (var record : consumer.poll(Duration.ofMillis(50))) {
                    try {
                        take(wire.tasks().read(record.key(), record.value()), record.deliveryCount());
                    } catch (ForeignRecord e) {
                        throw new IllegalStateException(e);
                    }
                    consumer.acknowledge(record, AcknowledgeType.ACCEPT);
                }
                consumer.commitSync();
            }
        } catch (InterruptException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void take(Task task, java.util.Optional<Short> delivery) {
        LockSupport.parkNanos(pause.toNanos());
        if (losing.test(task)) {
            return;
        }
        var result = Result.of(
                task,
                "mill",
                delivery.map(Short::intValue).orElse(1),
                Result.Cost.NONE,
                new Result.Done(ByteString.EMPTY));
        var metadata = producer.send(new ProducerRecord<>(
                wire.results().topic(),
                task.partition(),
                wire.results().key(result),
                wire.results().value(result)));
        computed.merge(task.job(), task.items(), Long::sum);
        try {
            count(task, metadata.get().offset() + 1);
        } catch (java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private void count(Task task, long position) {
        var ranges = done.computeIfAbsent(task.job(), job -> new Ranges());
        if (!ranges.intersects(task.first(), task.end())) {
            ranges.add(task.first(), task.end());
            items.merge(task.job(), task.items(), Long::sum);
            tasks.merge(task.job(), 1L, Long::sum);
        }
        long counted = items.getOrDefault(task.job(), 0L);
        var nanos = 1_000 * counted;
        var tally = new Tally(
                counted,
                tasks.getOrDefault(task.job(), 0L),
                0,
                0,
                0,
                0,
                0,
                0,
                nanos,
                nanos,
                0,
                0,
                0,
                0,
                0,
                0,
                List.of(),
                0,
                Result.Extra.NONE,
                Tally.Detail.NONE);
        send(
                wire.progress(),
                new Progress(task.job(), 1, "mill", position, ranges, new Ranges(), List.of(), tally, 0, null, 0),
                task.partition());
    }

    @Override
    public void close() {
        closing = true;
        try {
            for (var thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        producer.close();
    }
}

package millrace.producer;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import millrace.proto.BrokerAnswer;
import millrace.proto.Cluster;
import millrace.proto.Topics;
import millrace.proto.Wire;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.SharePartitionOffsetInfo;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The topic of tasks and what the share group has done with it. Answers of the broker come by other threads; they
/// wait in a queue until [#deliver] hands them to the feeder.
final class TaskTopic implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TaskTopic.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /// How often the share group is asked how far it is, for meters.
    private static final long ASKED_EVERY = 5_000 * Nanos.MILLI;

    /// The same while a task is late: its record may be finished and its result lost. Tasks of one long item are late
    /// all the time.
    private static final long ASKED_WHILE_LATE = 1_000 * Nanos.MILLI;

    /// Tiny tasks fill a partition's window in a fraction of a second.
    private static final long ASKED_SOON = 20 * Nanos.MILLI;

    /// What the broker answered.
    private interface Answer {
        void tell(Feeder feeder, long now);
    }

    private final Cluster cluster;
    private final Wire wire;
    private final String results;
    private final List<TopicPartition> partitions;
    private final KafkaProducer<byte[], byte[]> producer;
    private final Admin admin;
    private final ConcurrentLinkedQueue<Answer> answers = new ConcurrentLinkedQueue<>();

    /// The ends of the partitions as far as our acknowledged sends tell.
    private final Map<TopicPartition, Long> ends = new HashMap<>();

    /// Tasks that the share group has not finished, by partition; for meters, read by any thread.
    private final Map<Integer, Long> lags = new ConcurrentHashMap<>();

    private final Questions questions = new Questions(Clock.systemUTC());

    private volatile int members = -1;

    private boolean asking;
    private long askedAt = -1;
    private long membersAskedAt = -1;

    TaskTopic(Cluster cluster, Wire wire, int taskPartitions) {
        this.cluster = cluster;
        this.wire = wire;
        results = wire.results().topic();
        partitions = IntStream.range(0, taskPartitions)
                .mapToObj(partition -> new TopicPartition(wire.tasks().topic(), partition))
                .toList();
        producer = new KafkaProducer<>(
                cluster.client(Map.of(
                        "acks", "all",
                        "enable.idempotence", "true",
                        // The first task of a burst goes out at once, and what comes meanwhile together.
                        "linger.ms", 0,
                        // A request takes one batch of a partition: of tiny tasks many should fit.
                        "batch.size", 131_072,
                        "max.in.flight.requests.per.connection", 1,
                        "max.block.ms", 2_000,
                        "request.timeout.ms", 10_000,
                        "delivery.timeout.ms", 20_000)),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        admin = Admin.create(cluster.client(Map.of("default.api.timeout.ms", 5_000, "request.timeout.ms", 5_000)));
    }

    /// Fetches what the first send would wait for.
    ///
    /// @throws TimeoutException when no broker tells it in time
    void warm() {
        producer.partitionsFor(wire.tasks().topic());
    }

    /// Does what the feeder asks for.
    void act(Action action) {
        switch (action) {
            case Action.Emit emit -> send(emit);
            case Action.AskResultsEnd ask -> ask(ask);
        }
    }

    private void send(Action.Emit emit) {
        var task = emit.task();
        var record = new ProducerRecord<>(
                wire.tasks().topic(),
                emit.partition(),
                wire.tasks().key(task),
                wire.tasks().value(task));
        try {
            var _ = producer.send(record, (sent, error) -> {
                if (error == null) {
                    answers.add((feeder, now) -> {
                        ends.merge(partitions.get(emit.partition()), sent.offset() + 1, Math::max);
                        feeder.sent(emit.id(), sent.offset(), now);
                    });
                } else {
                    unsent(emit, error);
                }
            });
        } catch (KafkaException e) {
            unsent(emit, e);
        }
    }

    private void unsent(Action.Emit emit, Exception error) {
        LOG.warn("Task {} could not be sent and will be again: {}", emit.task(), error.toString());
        answers.add((feeder, now) -> feeder.unsent(emit.id(), now));
    }

    private void ask(Action.AskResultsEnd ask) {
        var partition = new TopicPartition(results, ask.partition());
        var _ = questions
                .ask(() -> admin.listOffsets(Map.of(partition, OffsetSpec.latest()))
                        .partitionResult(partition))
                .whenComplete((end, error) -> {
                    if (error == null) {
                        answers.add((feeder, now) -> feeder.resultsEnd(ask.ask(), end.offset()));
                    } else {
                        LOG.debug(
                                "The end of {} is not known and will be asked for again: {}",
                                partition,
                                error.toString());
                    }
                });
    }

    /// Asks the share group how far it is when it is time to. Does not block.
    ///
    /// @param filling whether the feeder may soon wait for the answer
    /// @param late    whether a task is out for longer than it should
    void look(long now, boolean filling, boolean late) {
        var every = filling ? ASKED_SOON : late ? ASKED_WHILE_LATE : ASKED_EVERY;
        if (asking || (askedAt >= 0 && now - askedAt < every)) {
            return;
        }
        asking = true;
        askedAt = now;
        if (membersAskedAt < 0 || now - membersAskedAt >= ASKED_EVERY) {
            membersAskedAt = now;
            askMembers();
        }
        var sent = Map.copyOf(ends);
        var _ = questions.ask(this::shareOffsets).whenComplete((offsets, error) -> {
            if (error == null) {
                answers.add((feeder, then) -> finished(feeder, offsets, sent));
            } else {
                answers.add((feeder, then) -> asking = false);
                lags.clear();
                LOG.debug("The share group's offsets are not known and will be asked for again: {}", error.toString());
            }
        });
    }

    private void askMembers() {
        var group = Topics.workersGroup(cluster.fleet());
        var _ = questions
                .ask(() -> admin.describeShareGroups(List.of(group)).all())
                .whenComplete((described, error) -> {
                    var mine = error == null ? described.get(group) : null;
                    members = mine == null ? -1 : mine.members().size();
                });
    }

    /// Whether it asks the brokers, or pauses because they do not answer.
    CircuitBreaker.State questions() {
        return questions.state();
    }

    /// Lanes in the share group; -1 when not known.
    int members() {
        return members;
    }

    /// Tasks of a partition that the share group has not finished; negative when not known.
    long lag(int partition) {
        return lags.getOrDefault(partition, -1L);
    }

    /// The figures of what sends the tasks.
    Map<MetricName, ? extends Metric> metrics() {
        return producer.metrics();
    }

    private void finished(
            Feeder feeder, Map<TopicPartition, SharePartitionOffsetInfo> offsets, Map<TopicPartition, Long> sent) {
        asking = false;
        offsets.forEach((partition, info) -> {
            if (info != null) {
                lags.put(partition.partition(), info.lag().orElse(-1L));
                feeder.finishedBelow(partition.partition(), finishedBelow(info, sent.getOrDefault(partition, 0L)));
            }
        });
    }

    private KafkaFuture<Map<TopicPartition, SharePartitionOffsetInfo>> shareOffsets() {
        var group = Topics.workersGroup(cluster.fleet());
        return admin.listShareGroupOffsets(Map.of(group, new ListShareGroupOffsetsSpec().topicPartitions(partitions)))
                .partitionsToOffsetInfo(group);
    }

    // What the group has stored may be one acknowledgement behind, for as long as no other follows. But when it
    // says that nothing is left, all records are finished that were there when it was asked.
    private static long finishedBelow(SharePartitionOffsetInfo info, long sent) {
        var nothingLeft = info.lag().isPresent() && info.lag().get() == 0;
        return nothingLeft ? Math.max(info.startOffset(), sent) : info.startOffset();
    }

    /// Hands the answers that have come to the feeder.
    void deliver(Feeder feeder, long now) {
        for (var answer = answers.poll(); answer != null; answer = answers.poll()) {
            answer.tell(feeder, now);
        }
    }

    boolean hasAnswers() {
        return !answers.isEmpty();
    }

    /// Takes a record of a predecessor.
    interface Finder {
        void found(ConsumerRecord<byte[], byte[]> record);
    }

    /// Reads the records that the share group has not finished, to the ends that the partitions have now. Blocks.
    ///
    /// @throws TimeoutException when the broker does not answer in time
    void rebuild(Feeder feeder, Finder finder) {
        var offsets = BrokerAnswer.of(shareOffsets(), PATIENCE);
        try (var consumer = new KafkaConsumer<>(
                cluster.client(Map.of("enable.auto.commit", "false", "auto.offset.reset", "earliest")),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(partitions);
            var begins = consumer.beginningOffsets(partitions, PATIENCE);
            var ends = consumer.endOffsets(partitions, PATIENCE);
            for (var partition : partitions) {
                long end = ends.getOrDefault(partition, 0L);
                var info = offsets.get(partition);
                long begin = begins.getOrDefault(partition, 0L);
                if (info != null) {
                    begin = Math.max(begin, finishedBelow(info, 0));
                }
                this.ends.merge(partition, end, Math::max);
                feeder.tasksEnd(partition.partition(), end);
                feeder.finishedBelow(partition.partition(), begin);
                consumer.seek(partition, begin);
            }
            var deadline = System.nanoTime() + PATIENCE.toNanos();
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                if (System.nanoTime() - deadline > 0) {
                    throw new TimeoutException("the tasks could not be read within " + PATIENCE.toSeconds() + " s");
                }
                consumer.poll(Duration.ofMillis(100)).forEach(finder::found);
            }
        }
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(2));
        admin.close(Duration.ofSeconds(2));
    }
}

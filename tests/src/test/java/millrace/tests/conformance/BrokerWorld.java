package millrace.tests.conformance;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import millrace.tests.conformance.Given.Item;
import millrace.tests.model.Ack;
import millrace.tests.model.Isolation;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.SharePartitionOffsetInfo;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceDataCollection;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.ProduceResponse;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/// A script's world on a real broker, with topics and groups of its own.
///
/// Share groups and classic groups are spoken to request by request ([Wire]); transactions go through Kafka's own
/// producer, whose exceptions are part of what Millrace relies on.
final class BrokerWorld extends World implements AutoCloseable {
    /// Topics and groups of one script.
    record Names(String shared, Uuid sharedId, String transactional, String workers, String roster, String group) {}

    /// How long the broker may take to give back what a closed or cut connection held: many times what it takes.
    private static final Duration RELEASE_WITHIN = Duration.ofMillis(250);

    /// After so many rounds in which the group's coordinator answered somebody else, and not those who wait, no
    /// more answers are expected. It takes one thing after the other, so that a busy machine makes the rounds
    /// longer too.
    private static final int QUIET_ROUNDS = 6;

    private static final Duration QUIET_ROUND = Duration.ofMillis(20);
    private static final int LOAD_MILLIS = 300;
    private static final int STABLE_ROUNDS = 6;
    private static final Duration ROUND = Duration.ofMillis(50);

    private final Rig rig;
    private final Script script;
    private final Names names;
    private final Semaphore turns;
    private final Wave wave;
    private final @Nullable WireShareMember[] shareMembers = new WireShareMember[SLOTS];
    private final @Nullable WireShareMember[] rosterMembers = new WireShareMember[SLOTS];
    private final @Nullable WireGroupMember[] groupMembers = new WireGroupMember[SLOTS];
    private final List<KafkaProducer<byte[], byte[]>> opened = new ArrayList<>();
    private final Map<Integer, KafkaProducer<byte[], byte[]>> producers = new TreeMap<>();
    private final Set<Integer> loaded = new HashSet<>();
    private Wire wire;
    private WireShareMember loader;
    private WireGroupMember bystander;
    private boolean groupExists;

    /// @param turns   of which the caller has taken one: only so many scripts may be busy at once, so that each is
    ///                done with its steps in a fraction of a lock; the others sleep
    /// @param wave    the scripts that run beside this one
    BrokerWorld(Rig rig, Script script, Names names, Semaphore turns, Wave wave) {
        super(script.partitions());
        this.rig = rig;
        this.script = script;
        this.names = names;
        this.turns = turns;
        this.wave = wave;
        this.wire = new Wire(rig.bootstrap());
        this.loader = newShareMember(names.workers());
        this.bystander = new WireGroupMember(rig.bootstrap(), names.group());
    }

    @Override
    long produce(int partition, int records) {
        SimpleRecord[] batch = new SimpleRecord[records];
        for (int i = 0; i < records; i++) {
            batch[i] = new SimpleRecord(System.currentTimeMillis(), null, new byte[1]);
        }
        ProduceRequestData request = new ProduceRequestData()
                .setAcks((short) -1)
                .setTimeoutMs(10_000)
                .setTopicData(new TopicProduceDataCollection(List.of(new TopicProduceData()
                                .setTopicId(names.sharedId())
                                .setName(names.shared())
                                .setPartitionData(List.of(new PartitionProduceData()
                                        .setIndex(partition)
                                        .setRecords(MemoryRecords.withRecords(Compression.NONE, batch)))))
                        .iterator()));
        var answer = wire.call(ProduceRequest.builder(request), ProduceResponse.class)
                .data()
                .responses()
                .iterator()
                .next()
                .partitionResponses()
                .getFirst();
        Errors.forCode(answer.errorCode()).maybeThrow();
        return answer.baseOffset();
    }

    @Override
    List<Item> fetch(int member, List<Integer> fetched, int recordsMax) {
        for (int partition : fetched) {
            load(partition);
        }
        return shareMember(member).fetch(fetched, recordsMax);
    }

    /// The first fetch of a share partition returns before its state has been read, unless there is time to wait.
    private void load(int partition) {
        if (!groupExists) {
            groupExists = true;
            while (loader.heartbeat().size() < script.partitions()) {
                sleep(ROUND);
            }
        }
        if (loaded.add(partition)) {
            loader.load(partition, LOAD_MILLIS);
        }
    }

    @Override
    SortedMap<Integer, Errors> acknowledge(int member, Map<Integer, SortedMap<Long, Ack>> acks) {
        return shareMember(member).acknowledge(acks);
    }

    @Override
    void closeShare(int member) {
        shareMember(member).close();
        shareMembers[member] = null;
        sleep(RELEASE_WITHIN);
    }

    @Override
    void killShare(int member) {
        shareMember(member).cut();
        shareMembers[member] = null;
        sleep(RELEASE_WITHIN);
    }

    private WireShareMember shareMember(int slot) {
        WireShareMember member = shareMembers[slot];
        if (member == null) {
            member = newShareMember(names.workers());
            shareMembers[slot] = member;
        }
        return member;
    }

    private WireShareMember newShareMember(String group) {
        return new WireShareMember(rig.bootstrap(), group, names.shared(), names.sharedId());
    }

    @Override
    long delete(int partition, long offset) {
        TopicPartition from = new TopicPartition(names.shared(), partition);
        return Rig.await(rig.admin()
                        .deleteRecords(Map.of(from, RecordsToDelete.beforeOffset(offset)))
                        .lowWatermarks()
                        .values()
                        .iterator()
                        .next())
                .lowWatermark();
    }

    @Override
    String shareOffsets(int partition) {
        SharePartitionOffsetInfo info = shareOffsetInfo(partition);
        if (info == null) {
            return NOT_LISTED;
        }
        list(partition, info.startOffset());
        return info.startOffset() + " lag " + info.lag().orElse(-1L);
    }

    private @Nullable SharePartitionOffsetInfo shareOffsetInfo(int partition) {
        return Rig.await(rig.admin()
                        .listShareGroupOffsets(Map.of(
                                names.workers(),
                                new ListShareGroupOffsetsSpec()
                                        .topicPartitions(List.of(new TopicPartition(names.shared(), partition)))))
                        .partitionsToOffsetInfo(names.workers()))
                .get(new TopicPartition(names.shared(), partition));
    }

    @Override
    void enlist(int member) {
        rosterMembers[member] = newShareMember(names.roster());
    }

    @Override
    void resign(int member) {
        WireShareMember resigning = rosterMembers[member];
        if (resigning != null) {
            resigning.leave();
        }
        rosterMembers[member] = null;
    }

    @Override
    List<List<Integer>> assignments() {
        List<List<Integer>> last = List.of();
        int stable = 0;
        while (stable < STABLE_ROUNDS) {
            List<List<Integer>> now = new ArrayList<>();
            for (WireShareMember member : rosterMembers) {
                if (member != null) {
                    now.add(member.heartbeat());
                }
            }
            stable = now.equals(last) && now.stream().noneMatch(List::isEmpty) ? stable + 1 : 0;
            last = now;
            sleep(ROUND);
        }
        return last;
    }

    @Override
    void startJoin(int slot, @Nullable String member, int revision) {
        groupMember(slot).startJoin(member, revision);
    }

    @Override
    void startSync(int slot, String member, int generation, Map<String, String> assignments) {
        groupMember(slot).startSync(member, generation, assignments);
    }

    @Override
    SortedMap<Integer, GroupAnswer> answers(SortedSet<Integer> waiting) {
        SortedMap<Integer, GroupAnswer> answers = new TreeMap<>();
        int quiet = 0;
        while (answers.size() < waiting.size() && quiet < QUIET_ROUNDS) {
            quiet++;
            bystander.beat("nobody", 0);
            sleep(QUIET_ROUND);
            for (int slot : waiting) {
                GroupAnswer answer =
                        answers.containsKey(slot) ? null : groupMember(slot).answer();
                if (answer != null) {
                    answers.put(slot, answer);
                    quiet = 0;
                }
            }
        }
        return answers;
    }

    @Override
    Errors beat(int slot, String member, int generation) {
        return groupMember(slot).beat(member, generation);
    }

    @Override
    Errors leave(int slot, String member) {
        return groupMember(slot).leave(member);
    }

    @Override
    Errors commit(int slot, String member, int generation, int partition, long offset) {
        return groupMember(slot).commit(member, generation, names.transactional(), partition, offset);
    }

    private WireGroupMember groupMember(int slot) {
        WireGroupMember member = groupMembers[slot];
        if (member == null) {
            member = new WireGroupMember(rig.bootstrap(), names.group());
            groupMembers[slot] = member;
        }
        return member;
    }

    @Override
    SortedMap<Integer, Long> committed() {
        SortedMap<Integer, Long> committed = new TreeMap<>();
        Rig.await(rig.admin().listConsumerGroupOffsets(names.group()).partitionsToOffsetAndMetadata())
                .forEach((partition, offset) -> committed.put(partition.partition(), offset.offset()));
        return committed;
    }

    private String transactionalId(int producer) {
        return names.transactional() + "-" + (producer < 2 ? "first" : "second");
    }

    @Override
    void open(int producer) {
        KafkaProducer<byte[], byte[]> opening = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        rig.bootstrap(),
                        "transactional.id",
                        transactionalId(producer),
                        "transaction.timeout.ms",
                        Math.toIntExact(Script.UNIT.toMillis()),
                        "linger.ms",
                        "0"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        opened.add(opening);
        opening.initTransactions();
        producers.put(producer, opening);
    }

    @Override
    void begin(int producer) {
        producer(producer).beginTransaction();
    }

    @Override
    long send(int producer, int partition, String value) throws Exception {
        try {
            return producer(producer)
                    .send(new ProducerRecord<>(
                            names.transactional(), partition, null, value.getBytes(StandardCharsets.UTF_8)))
                    .get()
                    .offset();
        } catch (ExecutionException e) {
            // The producer's own thread completes the future first and notes the failure then.
            sleep(QUIET_ROUND);
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    /// The constructor of the group's metadata is on its way out; a consumer's own could not name an older
    /// generation.
    @Override
    @SuppressWarnings("removal")
    void sendOffset(int producer, String member, int generation, int partition, long offset) {
        producer(producer)
                .sendOffsetsToTransaction(
                        Map.of(new TopicPartition(names.transactional(), partition), new OffsetAndMetadata(offset)),
                        new ConsumerGroupMetadata(names.group(), generation, member, Optional.empty()));
    }

    @Override
    void commitTransaction(int producer) {
        producer(producer).commitTransaction();
        awaitMarkers(producer);
    }

    @Override
    void abortTransaction(int producer) {
        producer(producer).abortTransaction();
        awaitMarkers(producer);
    }

    /// A producer is told of its success when the decision is written down; the markers follow within
    /// milliseconds, and only then do readers see the outcome. The model has no such moment in between.
    private void awaitMarkers(int producer) {
        String id = transactionalId(producer);
        TransactionState state;
        do {
            state = Rig.await(rig.admin().describeTransactions(List.of(id)).description(id))
                    .state();
        } while (state == TransactionState.PREPARE_COMMIT || state == TransactionState.PREPARE_ABORT);
    }

    private KafkaProducer<byte[], byte[]> producer(int slot) {
        KafkaProducer<byte[], byte[]> producer = producers.get(slot);
        if (producer == null) {
            throw new IllegalStateException("no producer in slot " + slot);
        }
        return producer;
    }

    @Override
    String read(int partition, Isolation isolation) {
        Rig.Reading reading = rig.read(new TopicPartition(names.transactional(), partition), isolation);
        return reading.records().stream()
                        .map(record -> record.offset() + "=" + new String(record.value(), StandardCharsets.UTF_8))
                        .toList()
                + " end " + reading.endOffset();
    }

    @Override
    void pass(boolean fully) {
        if (fully) {
            turns.release();
            sleep(Script.stretched(Script.UNIT, 1.3));
            turns.acquireUninterruptibly();
        } else {
            sleep(Script.stretched(Script.UNIT, 0.6));
        }
    }

    @Override
    void gather() {
        for (int slot = 0; slot < SLOTS; slot++) {
            resign(slot);
        }
        turns.release();
        wave.gather();
    }

    @Override
    void resume() {
        turns.acquireUninterruptibly();
    }

    @Override
    long stop() {
        return wave.stop();
    }

    @Override
    void start() {
        wave.start();
        // Connections are closed on this side only now: one that ends while the broker is up gives back what its
        // member holds.
        for (int slot = 0; slot < SLOTS; slot++) {
            WireShareMember share = shareMembers[slot];
            if (share != null) {
                share.reconnect();
            }
            closeGroupMember(slot);
        }
        loader.cut();
        loader = newShareMember(names.workers());
        bystander.close();
        bystander = new WireGroupMember(rig.bootstrap(), names.group());
        wire.close();
        wire = new Wire(rig.bootstrap());
        loaded.clear();
        awaitShareCoordinator();
    }

    /// Topics answer before the share coordinator has read what it holds, and a share partition that asks it so
    /// early has its state a second later: too late for a script. A listing is answered when the state is there.
    private void awaitShareCoordinator() {
        if (groupExists) {
            shareOffsetInfo(0);
        }
    }

    private void closeGroupMember(int slot) {
        WireGroupMember member = groupMembers[slot];
        if (member != null) {
            member.close();
        }
        groupMembers[slot] = null;
    }

    @Override
    public void close() {
        for (int slot = 0; slot < SLOTS; slot++) {
            WireShareMember share = shareMembers[slot];
            if (share != null) {
                share.cut();
            }
            WireShareMember enlisted = rosterMembers[slot];
            if (enlisted != null) {
                enlisted.cut();
            }
            closeGroupMember(slot);
        }
        loader.cut();
        bystander.close();
        wire.close();
        opened.forEach(producer -> producer.close(Duration.ZERO));
    }

    /// Real time has to pass where a real broker's locks shall end.
    private static void sleep(Duration duration) {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted in mid-script", e);
        }
    }
}

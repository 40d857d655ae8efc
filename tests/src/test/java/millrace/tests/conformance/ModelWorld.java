package millrace.tests.conformance;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import millrace.tests.conformance.Given.Item;
import millrace.tests.model.Ack;
import millrace.tests.model.ClassicGroup;
import millrace.tests.model.ClassicGroup.Joined;
import millrace.tests.model.ClassicGroup.Subscription;
import millrace.tests.model.ClassicGroup.Synced;
import millrace.tests.model.GroupMembership;
import millrace.tests.model.Isolation;
import millrace.tests.model.ModelKafka;
import millrace.tests.model.Payload;
import millrace.tests.model.ShareGroup;
import millrace.tests.model.Topic;
import millrace.tests.model.TransactionalProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// A script's world on the model. Its clock is set from outside, to the times at which the broker's world did each
/// step.
final class ModelWorld extends World {
    private static final String GROUP = "group";

    private final double stretch;
    private final Verdict.Broker broker;
    private final ModelKafka kafka;
    private final Topic shared;
    private final Topic transactional;
    private final ShareGroup shareGroup;
    private final ShareGroup roster;
    private final ClassicGroup group;
    private final @Nullable String[] shareMembers = new String[SLOTS];
    private final @Nullable String[] rosterMembers = new String[SLOTS];
    private final Map<Integer, CompletableFuture<Joined>> joining = new TreeMap<>();
    private final Map<Integer, String> joiningAs = new TreeMap<>();
    private final Map<Integer, CompletableFuture<Synced>> syncing = new TreeMap<>();
    private final @Nullable TransactionalProducer[] producers = new TransactionalProducer[PRODUCERS];
    private long nowMillis;

    /// @param stretch        how much longer locks, sessions and transactions last here: whoever sees no
    ///                       difference between a little less and a little more than 1 has no race with them
    /// @param broker         what the broker chose where it is free to choose
    ModelWorld(Script script, Function<LongSupplier, ModelKafka> newKafka, double stretch, Verdict.Broker broker) {
        super(script.partitions());
        this.stretch = stretch;
        this.broker = broker;
        kafka = newKafka.apply(() -> nowMillis);
        shared = kafka.createTopic("shared", script.partitions());
        transactional = kafka.createTopic("transactional", script.partitions());
        shareGroup = kafka.createShareGroup("workers", "shared", script.shareSettings(stretch));
        roster = kafka.createShareGroup("roster", "shared", script.shareSettings(stretch));
        group = kafka.group(GROUP);
        group.electBy(candidates -> candidates.stream()
                .filter(candidate -> slotOrJoining(candidate) == broker.leader())
                .findFirst()
                .orElseGet(() -> candidates.iterator().next()));
    }

    /// Moves the clock, never back.
    void at(long millis) {
        nowMillis = Math.max(nowMillis, millis);
    }

    private int slotOrJoining(String member) {
        return joiningAs.entrySet().stream()
                .filter(entry -> entry.getValue().equals(member))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseGet(() -> slotOf(member));
    }

    @Override
    long produce(int partition, int records) {
        List<Payload> batch = IntStream.range(0, records)
                .mapToObj(i -> new Payload(null, new byte[1]))
                .toList();
        return kafka.sendBatch(new TopicPartition("shared", partition), batch);
    }

    @Override
    List<Item> fetch(int member, List<Integer> fetched, int recordsMax) {
        return shareGroup.acquire(shareMember(member), fetched, recordsMax).stream()
                .map(delivery -> new Item(delivery.partition(), delivery.offset(), delivery.count()))
                .toList();
    }

    @Override
    SortedMap<Integer, Errors> acknowledge(int member, Map<Integer, SortedMap<Long, Ack>> acks) {
        return shareGroup.acknowledge(shareMember(member), acks);
    }

    @Override
    void closeShare(int member) {
        shareGroup.endSession(shareMember(member));
        shareMembers[member] = null;
    }

    @Override
    void killShare(int member) {
        shareGroup.disconnect(shareMember(member));
        shareMembers[member] = null;
    }

    private String shareMember(int slot) {
        String member = shareMembers[slot];
        if (member == null) {
            member = shareGroup.join();
            shareMembers[slot] = member;
        }
        return member;
    }

    @Override
    long delete(int partition, long offset) {
        shared.partition(partition).deleteBefore(offset);
        return shared.partition(partition).startOffset();
    }

    @Override
    String shareOffsets(int partition) {
        ShareGroup.Listed listed = shareGroup.listed(partition).orElse(null);
        if (listed == null) {
            return NOT_LISTED;
        }
        long chosen = broker.listedStart(partition);
        boolean free = listed.startOffset() <= chosen
                && chosen <= shareGroup.startOffset(partition).orElse(-1);
        return (free ? chosen : listed.startOffset()) + " lag " + listed.lag();
    }

    @Override
    void enlist(int member) {
        rosterMembers[member] = roster.join();
    }

    @Override
    void resign(int member) {
        String id = rosterMembers[member];
        if (id != null) {
            roster.leave(id);
        }
        rosterMembers[member] = null;
    }

    @Override
    List<List<Integer>> assignments() {
        List<List<Integer>> assignments = new ArrayList<>();
        for (String member : rosterMembers) {
            if (member != null) {
                assignments.add(List.copyOf(roster.assigned(member)));
            }
        }
        return assignments;
    }

    @Override
    void startJoin(int slot, @Nullable String member, int revision) {
        String id = member == null ? group.newMemberId() : member;
        joiningAs.put(slot, id);
        Subscription subscription = new Subscription(
                Set.of(),
                revision,
                Script.stretched(Script.UNIT, stretch).toMillis(),
                Script.stretched(Script.rebalanceTimeout(), stretch).toMillis());
        joining.put(slot, group.join(id, subscription, member != null));
    }

    @Override
    void startSync(int slot, String member, int generation, Map<String, String> assignments) {
        Map<String, Set<TopicPartition>> given = new TreeMap<>();
        assignments.forEach((other, assignment) -> given.put(other, Set.of(new TopicPartition(assignment, 0))));
        syncing.put(slot, group.sync(member, generation, given));
    }

    @Override
    SortedMap<Integer, GroupAnswer> answers(SortedSet<Integer> waiting) {
        kafka.catchUp();
        SortedMap<Integer, GroupAnswer> answers = new TreeMap<>();
        for (int slot : waiting) {
            CompletableFuture<Joined> joined = joining.get(slot);
            CompletableFuture<Synced> synced = syncing.get(slot);
            if (joined != null && joined.isDone()) {
                joining.remove(slot);
                String member = joiningAs.remove(slot);
                answers.put(slot, answer(member == null ? "" : member, joined.join()));
            } else if (synced != null && synced.isDone()) {
                syncing.remove(slot);
                answers.put(slot, answer(synced.join()));
            }
        }
        return answers;
    }

    private static GroupAnswer answer(String member, Joined joined) {
        return new GroupAnswer.Joined(
                joined.error(),
                member,
                joined.generation(),
                joined.leader(),
                List.copyOf(joined.members().keySet()));
    }

    private static GroupAnswer answer(Synced synced) {
        return new GroupAnswer.Synced(
                synced.error(),
                synced.assignment().stream().map(TopicPartition::topic).collect(Collectors.joining()));
    }

    @Override
    Errors beat(int slot, String member, int generation) {
        return group.heartbeat(member, generation);
    }

    @Override
    Errors leave(int slot, String member) {
        return group.leave(member);
    }

    @Override
    Errors commit(int slot, String member, int generation, int partition, long offset) {
        return group.commit(member, generation, Map.of(new TopicPartition("transactional", partition), offset));
    }

    @Override
    SortedMap<Integer, Long> committed() {
        SortedMap<Integer, Long> committed = new TreeMap<>();
        for (int partition = 0; partition < transactional.partitions(); partition++) {
            int number = partition;
            group.committed(new TopicPartition("transactional", partition))
                    .ifPresent(offset -> committed.put(number, offset));
        }
        return committed;
    }

    @Override
    void open(int producer) {
        TransactionalProducer opened = kafka.newTransactionalProducer(
                producer < 2 ? "first" : "second", Script.stretched(Script.UNIT, stretch));
        opened.initTransactions();
        producers[producer] = opened;
    }

    @Override
    void begin(int producer) {
        producer(producer).beginTransaction();
    }

    @Override
    long send(int producer, int partition, String value) {
        return producer(producer)
                .send(new TopicPartition("transactional", partition), null, value.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    void sendOffset(int producer, String member, int generation, int partition, long offset) {
        producer(producer)
                .sendOffsetsToTransaction(
                        Map.of(new TopicPartition("transactional", partition), offset),
                        group,
                        new GroupMembership(member, generation));
    }

    @Override
    void commitTransaction(int producer) {
        producer(producer).commitTransaction();
    }

    @Override
    void abortTransaction(int producer) {
        producer(producer).abortTransaction();
    }

    private TransactionalProducer producer(int slot) {
        TransactionalProducer producer = producers[slot];
        if (producer == null) {
            throw new IllegalStateException("no producer in slot " + slot);
        }
        return producer;
    }

    @Override
    String read(int partition, Isolation isolation) {
        kafka.catchUp();
        var log = transactional.partition(partition);
        return log.read(0, isolation, Integer.MAX_VALUE).stream()
                        .map(entry -> entry.offset() + "=" + text(entry.value()))
                        .toList()
                + " end " + log.endOffset(isolation);
    }

    private static String text(byte @Nullable [] value) {
        return value == null ? "" : new String(value, StandardCharsets.UTF_8);
    }

    @Override
    void pass(boolean fully) {
        kafka.catchUp();
    }

    @Override
    void gather() {
        kafka.catchUp();
    }

    @Override
    void resume() {
        kafka.catchUp();
    }

    @Override
    long stop() {
        for (int slot = 0; slot < SLOTS; slot++) {
            resign(slot);
        }
        kafka.stop();
        joining.clear();
        joiningAs.clear();
        syncing.clear();
        return nowMillis;
    }

    @Override
    void start() {
        kafka.start();
    }
}

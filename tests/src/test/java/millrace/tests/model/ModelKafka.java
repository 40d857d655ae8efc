package millrace.tests.model;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/// A Kafka cluster in memory, as far as Millrace uses one: topics, share groups, groups of the classic protocol,
/// transactions.
///
/// Every call takes effect at once and completely; what a network would do to it (delay, loss, a lost answer) is
/// up to the caller, who makes the call later, or never, or forgets what it returned. Time is the caller's clock:
/// what has become due since the last call (locks, sessions, transactions) is settled at the beginning of the
/// next one. One thread, no randomness of its own: the same calls at the same times give the same answers.
public final class ModelKafka {
    private final LongSupplier clockMillis;
    private final Facts facts;
    private final Map<String, Topic> topics = new LinkedHashMap<>();
    private final Map<String, ShareGroup> shareGroups = new LinkedHashMap<>();
    private final Map<String, ClassicGroup> groups = new LinkedHashMap<>();
    private final Transactions transactions;

    /// @param clockMillis the time in milliseconds, which never goes back; where it begins does not matter
    public ModelKafka(LongSupplier clockMillis) {
        this(clockMillis, Facts.all());
    }

    private ModelKafka(LongSupplier clockMillis, Facts facts) {
        this.clockMillis = clockMillis;
        this.facts = facts;
        this.transactions = new Transactions(this);
    }

    /// A Kafka that is wrong in one respect, for the proof that comparing it with a broker would notice.
    public static ModelKafka without(Fact fact, LongSupplier clockMillis) {
        return new ModelKafka(clockMillis, Facts.without(fact));
    }

    /// Creates a topic, which is ready at once.
    public Topic createTopic(String name, int partitions) {
        Topic topic = new Topic(name, partitions, facts);
        if (topics.putIfAbsent(name, topic) != null) {
            throw new IllegalArgumentException("topic exists: " + name);
        }
        return topic;
    }

    /// @throws UnknownTopicOrPartitionException when there is none of that name
    public Topic topic(String name) {
        Topic topic = topics.get(name);
        if (topic == null) {
            throw new UnknownTopicOrPartitionException(name);
        }
        return topic;
    }

    /// @throws UnknownTopicOrPartitionException when there is no such partition
    public Log log(TopicPartition partition) {
        Topic topic = topic(partition.topic());
        if (partition.partition() < 0 || partition.partition() >= topic.partitions()) {
            throw new UnknownTopicOrPartitionException(partition.toString());
        }
        return topic.partition(partition.partition());
    }

    /// Appends a record outside any transaction, as an idempotent producer does whose send succeeded.
    ///
    /// @return its offset
    public long send(TopicPartition partition, byte @Nullable [] key, byte @Nullable [] value) {
        return sendBatch(partition, List.of(new Payload(key, value)));
    }

    /// Appends records that a producer put into one request. Share groups take hold of them together.
    ///
    /// @param batch at least one
    /// @return the first one's offset
    public long sendBatch(TopicPartition partition, List<Payload> batch) {
        catchUp();
        return log(partition).append(batch, Entry.NO_TRANSACTION, nowMillis());
    }

    /// Creates a share group over one topic. Its settings hold from the first member on.
    public ShareGroup createShareGroup(String name, String topic, ShareSettings settings) {
        ShareGroup group = new ShareGroup(this, topic(topic).logs(), settings);
        if (shareGroups.putIfAbsent(name, group) != null) {
            throw new IllegalArgumentException("share group exists: " + name);
        }
        return group;
    }

    /// A group of the classic protocol, created when it is first asked for, as the broker does.
    public ClassicGroup group(String name) {
        return groups.computeIfAbsent(name, key -> new ClassicGroup(this));
    }

    /// A producer that still has to [TransactionalProducer#initTransactions].
    ///
    /// @param timeout `transaction.timeout.ms`, after which the broker aborts
    public TransactionalProducer newTransactionalProducer(String transactionalId, Duration timeout) {
        return new TransactionalProducer(this, transactions, transactionalId, timeout.toMillis());
    }

    /// The broker stops: connections and everything that was only in memory are lost, nothing written is. Nothing
    /// else may be called before [#start].
    public void stop() {
        catchUp();
        shareGroups.values().forEach(ShareGroup::stop);
        groups.values().forEach(ClassicGroup::stop);
    }

    /// The broker comes back. Sessions of group members begin anew; a transaction has gone on ageing.
    public void start() {
        groups.values().forEach(group -> group.start(nowMillis()));
        catchUp();
    }

    /// Settles what has become due. Every call does that by itself; a caller who only looks may want to.
    public void catchUp() {
        long now = nowMillis();
        shareGroups.values().forEach(group -> group.expire(now));
        groups.values().forEach(group -> group.expire(now));
        transactions.expire(now);
    }

    long nowMillis() {
        return clockMillis.getAsLong();
    }

    Facts facts() {
        return facts;
    }
}

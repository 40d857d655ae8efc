package millrace.tests.model;

import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// A transactional producer as an application sees it, with the exceptions of Kafka's own.
///
/// After a failed send or failed offsets only [#abortTransaction] helps, and after a fatal failure nothing does.
/// A producer that was shut out learns it in two steps: its send fails with [InvalidProducerEpochException], and
/// the abort that this calls for with [ProducerFencedException]. Committing or aborting right away fails with the
/// latter; but a transaction in which nothing was sent ends well without asking the broker, for a fenced producer
/// too.
public final class TransactionalProducer {
    private enum State {
        NEW,
        READY,
        IN_TRANSACTION,
        TO_BE_ABORTED,
        DEAD
    }

    private final ModelKafka kafka;
    private final Transactions transactions;
    private final String id;
    private final long timeoutMillis;
    private Transactions.@Nullable Identity identity;
    private State state = State.NEW;
    private boolean brokerKnows;
    private @Nullable KafkaException failure;

    TransactionalProducer(ModelKafka kafka, Transactions transactions, String id, long timeoutMillis) {
        this.kafka = kafka;
        this.transactions = transactions;
        this.id = id;
        this.timeoutMillis = timeoutMillis;
    }

    /// Takes over the transactional id; once, before anything else.
    public void initTransactions() {
        require(State.NEW);
        identity = transactions.init(id, timeoutMillis);
        state = State.READY;
    }

    /// Begins a transaction. The broker hears of it with the first send.
    public void beginTransaction() {
        throwFailure();
        require(State.READY);
        state = State.IN_TRANSACTION;
        brokerKnows = false;
    }

    /// Sends one record and waits until it is acknowledged.
    ///
    /// @return its offset
    /// @throws InvalidProducerEpochException when the producer was shut out, or its transaction was aborted
    ///     meanwhile
    public long send(TopicPartition partition, byte @Nullable [] key, byte @Nullable [] value) {
        throwFailure();
        require(State.IN_TRANSACTION);
        Log log = kafka.log(partition);
        brokerKnows = true;
        if (transactions.add(id, identity(), log) != Errors.NONE) {
            throw fail(State.TO_BE_ABORTED, new InvalidProducerEpochException("an old epoch"));
        }
        return log.append(List.of(new Payload(key, value)), identity().producerId(), kafka.nowMillis());
    }

    /// Adds a group's offsets to the transaction.
    ///
    /// @throws CommitFailedException   when the membership is not one of the group's current generation
    /// @throws ProducerFencedException when the producer was shut out, or its transaction was aborted meanwhile
    public void sendOffsetsToTransaction(
            Map<TopicPartition, Long> offsets, ClassicGroup group, GroupMembership membership) {
        throwFailure();
        require(State.IN_TRANSACTION);
        brokerKnows = true;
        switch (transactions.addOffsets(id, identity(), group, membership, offsets)) {
            case NONE -> {}
            case INVALID_PRODUCER_EPOCH -> throw fail(State.DEAD, new ProducerFencedException("an old epoch"));
            default -> throw fail(State.TO_BE_ABORTED, new CommitFailedException("not of the current generation"));
        }
    }

    /// Commits: records and offsets become visible together.
    ///
    /// @throws ProducerFencedException  when another producer has taken over
    /// @throws InvalidTxnStateException when the broker has aborted the transaction, after its time-out for
    ///     example
    public void commitTransaction() {
        throwFailure();
        require(State.IN_TRANSACTION);
        end(true);
    }

    /// Aborts. The way back after a failed send or failed offsets.
    ///
    /// @throws ProducerFencedException when another producer has taken over
    public void abortTransaction() {
        if (state != State.TO_BE_ABORTED) {
            throwFailure();
            require(State.IN_TRANSACTION);
        }
        end(false);
    }

    private void end(boolean commit) {
        if (brokerKnows) {
            identity = switch (transactions.end(id, identity(), commit)) {
                case NONE -> transactions.current(id);
                case INVALID_TXN_STATE -> throw fail(State.DEAD, new InvalidTxnStateException("aborted by the broker"));
                default -> throw fail(State.DEAD, new ProducerFencedException("a newer producer has taken over"));
            };
        }
        failure = null;
        state = State.READY;
    }

    private KafkaException fail(State newState, KafkaException newFailure) {
        state = newState;
        failure = newFailure;
        return newFailure;
    }

    /// What every call but the saving abort answers after a failure.
    private void throwFailure() {
        KafkaException known = failure;
        if (known != null) {
            throw switch (known) {
                case ProducerFencedException fenced -> fenced;
                case InvalidProducerEpochException old -> old;
                case KafkaException other -> new KafkaException("the producer is in an error state", other);
            };
        }
    }

    private Transactions.Identity identity() {
        if (identity == null) {
            throw new IllegalStateException("initTransactions was not called");
        }
        return identity;
    }

    private void require(State expected) {
        if (state != expected) {
            throw new IllegalStateException("the producer of %s is %s".formatted(id, state));
        }
    }
}

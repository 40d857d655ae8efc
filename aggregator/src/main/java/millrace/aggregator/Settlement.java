package millrace.aggregator;

import java.util.OptionalLong;
import java.util.Set;
import java.util.function.LongConsumer;
import millrace.proto.Topics;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sees to it that what the owners of a partition commit is settled in all its topics, which a broker's crash may
/// prevent, see [TransactionWriter#settle]. It lasts as long as an owner, through all its takeovers. One thread.
final class Settlement {
    private static final Logger LOG = LoggerFactory.getLogger(Settlement.class);

    // What is committed is settled within milliseconds, unless a broker dies meanwhile.
    private static final long SETTLED_MILLIS = 5000;
    private static final long LOOK_MILLIS = 50;
    private static final long LOOK_AGAIN_MILLIS = 1000;
    private static final long LOOK_LATER_MILLIS = 30_000;
    // A look waits for markers that are on their way; so long in all may they be, while brokers drop one that is dead.
    private static final long LATE_MILLIS = 200;
    private static final long LATE_MILLIS_MAX = 15_000;

    private final int partition;
    private final Clients clients;
    private final LongConsumer pause;
    // When to look whether what was committed is settled, since when looks find that it is not, and the offset that was
    // committed last when it was.
    private long lookMillis = Long.MAX_VALUE;
    private long unsettledMillis = Long.MAX_VALUE;
    private long settled = Long.MAX_VALUE;

    /// @param pause waits for so many milliseconds; throws when the partition is not the owner's any more
    Settlement(int partition, Clients clients, LongConsumer pause) {
        this.partition = partition;
        this.clients = clients;
        this.pause = pause;
    }

    /// Settles what the owner before has left; it must be fenced.
    ///
    /// @param member who writes
    /// @return whether nothing was left; otherwise an offset may be settled that does not hold without it
    /// @throws KafkaException when it cannot be settled
    boolean settle(TransactionWriter writer, ConsumerGroupMetadata member) {
        var unsettled = unsettled();
        if (unsettled.isEmpty()) {
            return true;
        }
        // Nobody has read an ending that is not settled. One that is may have been read, and then what was written with
        // it has to last; without it outputs are of no use and states as good as any.
        var commit = !unsettled.contains(Topics.ENDINGS);
        LOG.warn(
                "partition {}: a transaction of an owner before was never settled in {}, and is {}",
                partition,
                unsettled,
                commit ? "committed" : "discarded");
        writer.rewind(member); // in case it dies before it has read them all
        writer.settle(unsettled, commit);
        var left = awaitSettled(SETTLED_MILLIS);
        if (!left.isEmpty()) {
            throw new KafkaException("a transaction in partition " + partition + " of " + left
                    + " is not settled and not of its owners; kafka-transactions.sh finds and aborts it");
        }
        return false;
    }

    /// The offset to trust: the group's, or an earlier one that this owner has seen settled with all that belongs to it.
    /// Results are counted once however often they are read.
    OptionalLong trusted(OptionalLong committed) {
        return committed.isPresent() ? OptionalLong.of(Math.min(committed.getAsLong(), settled)) : committed;
    }

    /// All that was committed so far is settled.
    ///
    /// @param from the offset of the first result that it leaves to be taken
    void holds(long from) {
        settled = from;
        lookMillis = Long.MAX_VALUE;
        unsettledMillis = Long.MAX_VALUE;
    }

    /// A transaction was committed.
    void committed() {
        lookMillis = lookMillis == Long.MAX_VALUE ? PartitionOwner.monotonicMillis() + SETTLED_MILLIS : lookMillis;
    }

    /// Looks some seconds after a commit whether it is settled: if not, nobody sees its endings. To be called often, but
    /// not right after a commit, whose markers are on their way.
    ///
    /// @throws KafkaException when it stays unsettled
    void look(TransactionWriter writer) {
        if (PartitionOwner.monotonicMillis() < lookMillis) {
            return;
        }
        try {
            var left = awaitSettled(LATE_MILLIS);
            var now = PartitionOwner.monotonicMillis();
            if (left.isEmpty()) {
                holds(writer.resume());
                return;
            }
            unsettledMillis = Math.min(unsettledMillis, now);
            if (now - unsettledMillis > LATE_MILLIS_MAX) {
                throw new KafkaException("what was committed is not settled in " + left);
            }
            lookMillis = now + LOOK_AGAIN_MILLIS;
        } catch (RetriableException e) {
            LOG.debug("nobody says whether partition {} is settled", partition, e);
            lookMillis = PartitionOwner.monotonicMillis() + LOOK_LATER_MILLIS;
        }
    }

    // Returns where something is not settled even after that time.
    private Set<Topics> awaitSettled(long millis) {
        var until = PartitionOwner.monotonicMillis() + millis;
        var left = unsettled();
        while (!left.isEmpty() && PartitionOwner.monotonicMillis() < until) {
            pause.accept(LOOK_MILLIS);
            left = unsettled();
        }
        return left;
    }

    private Set<Topics> unsettled() {
        return clients.unsettled(partition, TransactionWriter.TOPICS);
    }
}

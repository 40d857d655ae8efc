package millrace.tests.model;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// The transaction coordinator: which producer owns a transactional id, and what its open transaction touches.
///
/// An epoch says who the owner is. It grows with every `initTransactions` and, as of transaction version 2, with
/// every end of a transaction, which tells the producer its new epoch. Whoever comes with an older one is shut
/// out, with one exception: a producer whose transaction the broker itself aborted may still abort it, and goes
/// on.
final class Transactions {
    private enum Last {
        NONE,
        COMMITTED,
        ABORTED
    }

    /// What a producer may do next, as far as it knows.
    record Identity(long producerId, int epoch) {}

    private static final class Transactional {
        private final long producerId;
        private int epoch;
        private long timeoutMillis;
        private boolean open;
        private long openedMillis;
        private Last last = Last.NONE;
        private final Set<Log> logs = new LinkedHashSet<>();
        private final Map<ClassicGroup, Map<TopicPartition, Long>> offsets = new LinkedHashMap<>();

        Transactional(long producerId) {
            this.producerId = producerId;
        }
    }

    private final ModelKafka kafka;
    private final Map<String, Transactional> byId = new LinkedHashMap<>();

    Transactions(ModelKafka kafka) {
        this.kafka = kafka;
    }

    /// Makes the caller the owner of an id: what a predecessor left open is aborted, and the predecessor is shut
    /// out.
    Identity init(String id, long timeoutMillis) {
        kafka.catchUp();
        Transactional transactional = byId.get(id);
        if (transactional == null) {
            transactional = new Transactional(byId.size());
            byId.put(id, transactional);
        } else {
            if (transactional.open && kafka.facts().hold(Fact.INIT_ABORTS_THE_ORPHAN)) {
                finish(transactional, false, kafka.nowMillis());
            }
            if (kafka.facts().hold(Fact.INIT_FENCES)) {
                transactional.epoch++;
            }
        }
        transactional.last = Last.NONE;
        transactional.timeoutMillis = timeoutMillis;
        return new Identity(transactional.producerId, transactional.epoch);
    }

    /// Lets a producer write to a log within its transaction, which it opens if none is.
    ///
    /// @return NONE, or INVALID_PRODUCER_EPOCH from somebody who was shut out
    Errors add(String id, Identity producer, Log log) {
        kafka.catchUp();
        Transactional transactional = owned(id, producer);
        if (transactional == null) {
            return Errors.INVALID_PRODUCER_EPOCH;
        }
        open(transactional);
        transactional.logs.add(log);
        return Errors.NONE;
    }

    /// Adds offsets to a producer's transaction, which it opens if none is.
    ///
    /// @return NONE, the group's reason against it, or INVALID_PRODUCER_EPOCH from somebody who was shut out
    Errors addOffsets(
            String id,
            Identity producer,
            ClassicGroup group,
            GroupMembership membership,
            Map<TopicPartition, Long> offsets) {
        kafka.catchUp();
        Transactional transactional = owned(id, producer);
        if (transactional == null) {
            return Errors.INVALID_PRODUCER_EPOCH;
        }
        open(transactional);
        Errors error = group.checkTransactional(membership.member(), membership.generation());
        if (error == Errors.NONE) {
            transactional
                    .offsets
                    .computeIfAbsent(group, key -> new LinkedHashMap<>())
                    .putAll(offsets);
            if (!kafka.facts().hold(Fact.OFFSETS_COMMIT_WITH_THE_TRANSACTION)) {
                group.commitTransactional(offsets);
            }
        }
        return error;
    }

    /// Ends a producer's transaction.
    ///
    /// @return NONE; INVALID_TXN_STATE for committing what the broker has aborted by itself; PRODUCER_FENCED
    Errors end(String id, Identity producer, boolean commit) {
        kafka.catchUp();
        Transactional transactional = byId.get(id);
        if (transactional == null || transactional.producerId != producer.producerId()) {
            return Errors.PRODUCER_FENCED;
        }
        if (transactional.epoch == producer.epoch()) {
            finish(transactional, commit, kafka.nowMillis());
            return Errors.NONE;
        }
        boolean endedForIt = transactional.epoch == producer.epoch() + 1 && transactional.last != Last.NONE;
        if (!endedForIt) {
            return Errors.PRODUCER_FENCED;
        }
        return transactional.last == (commit ? Last.COMMITTED : Last.ABORTED) ? Errors.NONE : Errors.INVALID_TXN_STATE;
    }

    /// The owner's identity after its last call.
    Identity current(String id) {
        Transactional transactional = byId.get(id);
        if (transactional == null) {
            throw new IllegalStateException("no producer has opened " + id);
        }
        return new Identity(transactional.producerId, transactional.epoch);
    }

    void expire(long nowMillis) {
        if (!kafka.facts().hold(Fact.TRANSACTIONS_TIME_OUT)) {
            return;
        }
        for (Transactional transactional : byId.values()) {
            long due = transactional.openedMillis + transactional.timeoutMillis;
            if (transactional.open && due <= nowMillis) {
                finish(transactional, false, due);
            }
        }
    }

    private @Nullable Transactional owned(String id, Identity producer) {
        Transactional transactional = byId.get(id);
        return transactional != null
                        && transactional.producerId == producer.producerId()
                        && transactional.epoch == producer.epoch()
                ? transactional
                : null;
    }

    private void open(Transactional transactional) {
        if (!transactional.open) {
            transactional.open = true;
            transactional.openedMillis = kafka.nowMillis();
        }
    }

    private void finish(Transactional transactional, boolean commit, long nowMillis) {
        for (Log log : transactional.logs) {
            log.endTransaction(transactional.producerId, commit, nowMillis);
        }
        if (commit) {
            transactional.offsets.forEach(ClassicGroup::commitTransactional);
        }
        transactional.logs.clear();
        transactional.offsets.clear();
        transactional.open = false;
        transactional.epoch++;
        transactional.last = commit ? Last.COMMITTED : Last.ABORTED;
    }
}

package millrace.tests.conformance;

import java.util.List;
import millrace.tests.model.Ack;
import millrace.tests.model.Isolation;

/// One operation of a script, the same for the model and the broker. A step that makes no sense where the script
/// has got to is skipped by both, by what both have shown so far.
///
/// Members and producers are named by small numbers, their slots: 0 to 3. A slot whose member closed, died or
/// left is taken by a new one when it is next used.
sealed interface Step {
    /// Appends a batch of records to a partition of the share group's topic.
    record Produce(int partition, int records) implements Step {}

    /// A share member takes at most so many records from a partition.
    record Fetch(int member, int partition, int recordsMax) implements Step {}

    /// A share member fetches from all partitions at once until nothing comes any more. Which partitions a broker
    /// serves in one answer is its own affair.
    record Drain(int member) implements Step {}

    /// A share member acknowledges some of the records it was ever given, whether or not it still holds them.
    record Acknowledge(int member, List<Pick> picks) implements Step {}

    /// One of a member's records, counted back from the last, and what to say about it.
    record Pick(int back, Ack ack) {}

    /// A share member acknowledges everything that it was given and has not acknowledged yet.
    record Settle(int member, Ack ack) implements Step {}

    /// A share member ends its session.
    record CloseShare(int member) implements Step {}

    /// A share member's connection is cut.
    record KillShare(int member) implements Step {}

    /// Deletes this part of a partition of the share group's topic, in whole batches, as retention does.
    record Delete(int partition, int percent) implements Step {}

    /// Asks for the share group's start offsets and lag.
    record ShareOffsets() implements Step {}

    /// A member joins a share group that fetches nothing: for the numbers of its assignment.
    record Enlist(int member) implements Step {}

    /// A member leaves that group.
    record Resign(int member) implements Step {}

    /// A group member joins, or joins again, with the same or another subscription.
    record Join(int member, boolean changed) implements Step {}

    /// Every group member that has joined and not synced does so; the leader brings an assignment.
    record SyncAll() implements Step {}

    /// One of them does.
    record Sync(int member) implements Step {}

    /// A group member heartbeats, under its own generation or an older one.
    record Beat(int member, int generationsBack) implements Step {}

    /// A group member leaves.
    record Leave(int member) implements Step {}

    /// A group member commits an offset, under its own generation or an older one.
    record Commit(int member, int generationsBack, int partition, long offset) implements Step {}

    /// Asks for the group's committed offsets.
    record Committed() implements Step {}

    /// A producer is made in a slot and takes over its transactional id. Slots 0 and 1 have the same.
    record Open(int producer) implements Step {}

    /// A producer begins a transaction.
    record Begin(int producer) implements Step {}

    /// A producer sends a record within its transaction.
    record Send(int producer, int partition) implements Step {}

    /// A producer sends an offset within its transaction, in the name of a group member and an own or older
    /// generation.
    record SendOffset(int producer, int member, int generationsBack, int partition, long offset) implements Step {}

    /// A producer commits.
    record CommitTransaction(int producer) implements Step {}

    /// A producer aborts.
    record AbortTransaction(int producer) implements Step {}

    /// Reads a partition of the transactional topic from the beginning.
    record Read(int partition, Isolation isolation) implements Step {}

    /// Time passes: 1.3 units, after which locks, sessions and transactions of one unit are over and a rebalance
    /// of 2.2 units is not; or 0.6 units, after which none is.
    record Pass(boolean fully) implements Step {}

    /// Waits until every script of the wave is about to stop the broker.
    record Gather() implements Step {}

    /// The broker stops, once for all scripts of the wave.
    record Stop() implements Step {}

    /// The broker comes back.
    record Start() implements Step {}

    /// Waits for its turn to go on.
    record Resume() implements Step {}
}

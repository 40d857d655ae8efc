package millrace.tests.model;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import millrace.tests.model.ClassicGroup.Joined;
import millrace.tests.model.ClassicGroup.Subscription;
import millrace.tests.model.ClassicGroup.Synced;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// A consumer of a classic group with the cooperative sticky assignor, as an application sees it; reading the
/// records is left to the caller, who reads the [Log]s of what is assigned.
///
/// The client's background thread is [#heartbeat], to be called every two seconds while the process lives,
/// whether or not it polls; a frozen or dead process calls nothing. Membership moves on in [#poll]: nothing is
/// given or taken outside of it. A partition that moves is first taken from its owner in one generation and given
/// to the next owner in another; only from an owner whose session ended is it given away without its knowing, and
/// it learns of that as [Listener#lost].
public final class GroupConsumer {
    /// What happens to the caller's partitions, called within [#poll] and [#close]. Never with an empty set.
    public interface Listener {
        /// From now on these are the caller's.
        void assigned(Set<TopicPartition> partitions);

        /// From now on these are not the caller's; offsets may be committed within the call.
        void revoked(Set<TopicPartition> partitions);

        /// Somebody else has these already, or may have.
        void lost(Set<TopicPartition> partitions);
    }

    private static final int NO_GENERATION = -1;

    private final ClassicGroup group;
    private final Set<TopicPartition> subscribed;
    private final long sessionMillis;
    private final long rebalanceMillis;
    private final Set<TopicPartition> owned = new TreeSet<>(CooperativeSticky.ORDER);
    private String member;
    private int generation = NO_GENERATION;
    private int syncedGeneration = NO_GENERATION;
    private int ownedSince = NO_GENERATION;
    private boolean joinedBefore;
    private boolean mustJoin = true;
    private boolean shutOut;
    private @Nullable CompletableFuture<Joined> joining;
    private @Nullable CompletableFuture<Synced> syncing;

    GroupConsumer(ClassicGroup group, Set<TopicPartition> subscribed, long sessionMillis, long rebalanceMillis) {
        this.group = group;
        this.subscribed = Set.copyOf(subscribed);
        this.sessionMillis = sessionMillis;
        this.rebalanceMillis = rebalanceMillis;
        this.member = group.newMemberId();
    }

    /// What the caller holds at this moment, as far as it knows.
    public Set<TopicPartition> owned() {
        return Set.copyOf(owned);
    }

    /// Name and generation under which it acts, as the client tells them: the last generation that it has an
    /// assignment of. One that it has only joined may yet be forgotten by the brokers, and its number used again.
    public GroupMembership membership() {
        return new GroupMembership(member, syncedGeneration);
    }

    /// Goes as far in joining as it can without waiting, and tells the listener what became of the partitions.
    public void poll(Listener listener) {
        if (shutOut) {
            shutOut = false;
            loseAll(listener);
        }
        if (joining == null && syncing == null && mustJoin) {
            mustJoin = false;
            joining = group.join(
                    member,
                    new Subscription(Set.copyOf(owned), ownedSince, sessionMillis, rebalanceMillis),
                    joinedBefore);
            joinedBefore = true;
        }
        CompletableFuture<Joined> joined = joining;
        if (joined != null && joined.isDone()) {
            joining = null;
            onJoined(joined.join());
        }
        CompletableFuture<Synced> synced = syncing;
        if (synced != null && synced.isDone()) {
            syncing = null;
            onSynced(synced.join(), listener);
        }
    }

    /// One heartbeat. Its consequences show at the next poll.
    public void heartbeat() {
        if (generation == NO_GENERATION || joining != null || syncing != null) {
            return;
        }
        react(group.heartbeat(member, generation));
    }

    /// Commits offsets as the group's member.
    ///
    /// @throws CommitFailedException        when it was shut out: its partitions are somebody else's
    /// @throws RebalanceInProgressException when it must poll first
    public void commit(Map<TopicPartition, Long> offsets) {
        Errors error = group.commit(member, generation, offsets);
        react(error);
        switch (error) {
            case NONE -> {}
            case REBALANCE_IN_PROGRESS -> throw new RebalanceInProgressException("poll, then commit again");
            default -> throw new CommitFailedException("no longer a member of this generation: " + error);
        }
    }

    /// Gives everything back and leaves.
    public void close(Listener listener) {
        if (!owned.isEmpty()) {
            listener.revoked(owned());
            owned.clear();
        }
        var _ = group.leave(member);
    }

    private void react(Errors error) {
        switch (error) {
            case REBALANCE_IN_PROGRESS -> mustJoin = true;
            case ILLEGAL_GENERATION -> beShutOut();
            case UNKNOWN_MEMBER_ID -> {
                beShutOut();
                member = group.newMemberId();
                joinedBefore = false;
            }
            default -> {}
        }
    }

    private void beShutOut() {
        shutOut = true;
        mustJoin = true;
        generation = NO_GENERATION;
        syncedGeneration = NO_GENERATION;
    }

    private void loseAll(Listener listener) {
        if (!owned.isEmpty()) {
            Set<TopicPartition> lost = owned();
            owned.clear();
            ownedSince = NO_GENERATION;
            listener.lost(lost);
        }
    }

    private void onJoined(Joined joined) {
        if (joined.error() != Errors.NONE) {
            retry(joined.error());
            return;
        }
        generation = joined.generation();
        syncing = group.sync(
                member,
                generation,
                joined.members().isEmpty() ? Map.of() : CooperativeSticky.assign(subscribed, joined.members()));
    }

    private void onSynced(Synced synced, Listener listener) {
        if (synced.error() != Errors.NONE) {
            retry(synced.error());
            return;
        }
        Set<TopicPartition> revoked = new TreeSet<>(CooperativeSticky.ORDER);
        revoked.addAll(owned);
        revoked.removeAll(synced.assignment());
        Set<TopicPartition> added = new TreeSet<>(CooperativeSticky.ORDER);
        added.addAll(synced.assignment());
        added.removeAll(owned);
        if (!revoked.isEmpty()) {
            owned.removeAll(revoked);
            mustJoin = true;
            listener.revoked(Set.copyOf(revoked));
        }
        ownedSince = generation;
        syncedGeneration = generation;
        if (!added.isEmpty()) {
            owned.addAll(added);
            listener.assigned(Set.copyOf(added));
        }
    }

    private void retry(Errors error) {
        mustJoin = true;
        react(error);
    }
}

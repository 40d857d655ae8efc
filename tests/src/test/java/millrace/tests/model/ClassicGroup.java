package millrace.tests.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// A group of the classic protocol: who is a member, of which generation, and which offsets were committed.
///
/// This is the broker's side, request by request; [GroupConsumer] is the client on top. A rebalance has two
/// halves: all members join again, which makes a new generation and names a leader, then the leader hands in the
/// assignment, which everybody gets as the answer to a sync.
public final class ClassicGroup {
    enum State {
        EMPTY,
        JOINING,
        AWAITING_ASSIGNMENT,
        STABLE
    }

    /// What a member told the group when it joined. The group compares it, and hands it to the leader.
    ///
    /// @param owned           partitions the member still holds
    /// @param ownedSince      the generation that gave them to it; -1 when it holds none
    /// @param sessionMillis   how long it may be silent
    /// @param rebalanceMillis how long others wait for it to join again
    public record Subscription(Set<TopicPartition> owned, int ownedSince, long sessionMillis, long rebalanceMillis) {}

    /// The answer to a join.
    ///
    /// @param error      NONE, or why there is none; the rest says nothing then
    /// @param generation the new generation, from 1
    /// @param leader     the member that makes the assignment
    /// @param members    for the leader: every member with what it told; empty for all others
    public record Joined(Errors error, int generation, String leader, Map<String, Subscription> members) {
        static Joined failed(Errors error) {
            return new Joined(error, -1, "", Map.of());
        }
    }

    /// The answer to a sync.
    ///
    /// @param error      NONE, or why there is none
    /// @param assignment the partitions the member has from now on
    public record Synced(Errors error, Set<TopicPartition> assignment) {
        static Synced failed(Errors error) {
            return new Synced(error, Set.of());
        }
    }

    /// The group as it was last written down.
    private record Written(int generation, String leader, Map<String, Member> members) {}

    private static final class Member {
        private Subscription subscription;
        private long heardMillis;
        private Set<TopicPartition> assignment = Set.of();
        private @Nullable CompletableFuture<Joined> joining;
        private @Nullable CompletableFuture<Synced> syncing;
        private boolean synced;

        Member(Subscription subscription) {
            this.subscription = subscription;
        }

        Member copy(long heard) {
            Member copy = new Member(subscription);
            copy.heardMillis = heard;
            copy.assignment = assignment;
            copy.synced = true;
            return copy;
        }

        /// A member that waits for an answer is not silent.
        long deadlineMillis() {
            return joining != null || syncing != null ? Long.MAX_VALUE : heardMillis + subscription.sessionMillis();
        }
    }

    private final ModelKafka kafka;
    private final Map<String, Member> members = new LinkedHashMap<>();
    private final Map<TopicPartition, Long> offsets = new LinkedHashMap<>();
    private Function<Set<String>, String> election =
            candidates -> candidates.iterator().next();
    private State state = State.EMPTY;
    private Written written = new Written(0, "", Map.of());
    private int generation;
    private int membersEver;
    private String leader = "";
    private long rebalanceDeadlineMillis = Long.MAX_VALUE;

    ClassicGroup(ModelKafka kafka) {
        this.kafka = kafka;
    }

    /// Lets the caller choose the leader where the broker may take any member: when the old one is gone. By
    /// default the member that joined first.
    public void electBy(Function<Set<String>, String> newElection) {
        election = newElection;
    }

    /// A consumer of this group; see [GroupConsumer].
    public GroupConsumer newConsumer(Set<TopicPartition> partitions, long sessionMillis, long rebalanceMillis) {
        return new GroupConsumer(this, partitions, sessionMillis, rebalanceMillis);
    }

    /// The id under which a new member joins. Getting one commits to nothing.
    public String newMemberId() {
        return "member-" + ++membersEver;
    }

    /// The committed offset; empty when there is none.
    public Optional<Long> committed(TopicPartition partition) {
        kafka.catchUp();
        return Optional.ofNullable(offsets.get(partition));
    }

    /// Generations so far; 0 before the first member.
    public int generation() {
        kafka.catchUp();
        return generation;
    }

    /// Asks to join, or to join again. The answer comes when the rebalance's first half is over, at once in some
    /// cases.
    ///
    /// @param member   from [#newMemberId] or an earlier join
    /// @param rejoin   whether this member has joined before; the broker does not let an unknown one back in under
    ///                 its old id
    public CompletableFuture<Joined> join(String member, Subscription subscription, boolean rejoin) {
        kafka.catchUp();
        Member known = members.get(member);
        if (known == null && rejoin) {
            return CompletableFuture.completedFuture(Joined.failed(Errors.UNKNOWN_MEMBER_ID));
        }
        boolean changed = known == null || !known.subscription.equals(subscription);
        boolean current = state == State.AWAITING_ASSIGNMENT || (state == State.STABLE && !member.equals(leader));
        if (!changed && current && kafka.facts().hold(Fact.UNCHANGED_FOLLOWER_KEEPS_THE_GENERATION)) {
            return CompletableFuture.completedFuture(answer(member));
        }
        Member joined = members.computeIfAbsent(member, key -> new Member(subscription));
        joined.subscription = subscription;
        CompletableFuture<Joined> future = new CompletableFuture<>();
        joined.joining = future;
        joined.heardMillis = kafka.nowMillis();
        if (leader.isEmpty()) {
            leader = member;
        }
        if (state != State.JOINING) {
            prepare(kafka.nowMillis());
        }
        completeIfAllJoined(kafka.nowMillis());
        return future;
    }

    /// Asks for the assignment; the leader brings it along. The answer comes when the leader has asked.
    ///
    /// @param assignments for the leader: what each member gets, nothing for those not named; ignored from others
    public CompletableFuture<Synced> sync(
            String member, int ofGeneration, Map<String, Set<TopicPartition>> assignments) {
        kafka.catchUp();
        Errors error = check(member, ofGeneration);
        if (error == Errors.NONE && state == State.JOINING) {
            error = Errors.REBALANCE_IN_PROGRESS;
        }
        Member known = members.get(member);
        if (error != Errors.NONE || known == null) {
            return CompletableFuture.completedFuture(Synced.failed(error));
        }
        known.synced = true;
        if (state == State.STABLE) {
            return CompletableFuture.completedFuture(new Synced(Errors.NONE, known.assignment));
        }
        CompletableFuture<Synced> future = new CompletableFuture<>();
        known.syncing = future;
        if (member.equals(leader)) {
            state = State.STABLE;
            members.forEach((id, other) -> {
                other.assignment = Set.copyOf(assignments.getOrDefault(id, Set.of()));
                answerSync(other, new Synced(Errors.NONE, other.assignment));
            });
            writeDown();
        }
        return future;
    }

    /// Says that a member is alive.
    ///
    /// @return NONE; REBALANCE_IN_PROGRESS when it shall join again; UNKNOWN_MEMBER_ID or ILLEGAL_GENERATION when
    ///     it was shut out
    public Errors heartbeat(String member, int ofGeneration) {
        kafka.catchUp();
        Errors error = check(member, ofGeneration);
        Member known = members.get(member);
        if (error == Errors.NONE && known != null) {
            known.heardMillis = kafka.nowMillis();
            return state == State.JOINING ? Errors.REBALANCE_IN_PROGRESS : Errors.NONE;
        }
        return error;
    }

    /// Leaves the group at once.
    ///
    /// @return NONE or UNKNOWN_MEMBER_ID
    public Errors leave(String member) {
        kafka.catchUp();
        if (!members.containsKey(member)) {
            return Errors.UNKNOWN_MEMBER_ID;
        }
        remove(member, kafka.nowMillis());
        return Errors.NONE;
    }

    /// Commits offsets on behalf of a member. It counts as a sign of life.
    public Errors commit(String member, int ofGeneration, Map<TopicPartition, Long> committed) {
        kafka.catchUp();
        Errors error =
                kafka.facts().hold(Fact.COMMITS_ARE_FENCED_BY_GENERATION) ? check(member, ofGeneration) : Errors.NONE;
        Member known = members.get(member);
        if (error == Errors.NONE && known != null) {
            if (state == State.AWAITING_ASSIGNMENT && kafka.facts().hold(Fact.PLAIN_COMMITS_WAIT_FOR_THE_ASSIGNMENT)) {
                return Errors.REBALANCE_IN_PROGRESS;
            }
            known.heardMillis = kafka.nowMillis();
        }
        if (error == Errors.NONE) {
            offsets.putAll(committed);
        }
        return error;
    }

    /// Whether a transaction may carry offsets of this member.
    Errors checkTransactional(String member, int ofGeneration) {
        return kafka.facts().hold(Fact.TRANSACTIONAL_OFFSETS_ARE_FENCED_BY_GENERATION)
                ? check(member, ofGeneration)
                : Errors.NONE;
    }

    /// Takes over the offsets of a transaction that committed. Who sent them is not asked again.
    void commitTransactional(Map<TopicPartition, Long> committed) {
        offsets.putAll(committed);
    }

    void expire(long nowMillis) {
        while (true) {
            long due = rebalanceDeadlineMillis;
            String silent = null;
            if (kafka.facts().hold(Fact.SESSIONS_EXPIRE)) {
                for (Map.Entry<String, Member> member : members.entrySet()) {
                    if (member.getValue().deadlineMillis() < due) {
                        due = member.getValue().deadlineMillis();
                        silent = member.getKey();
                    }
                }
            }
            if (due > nowMillis) {
                return;
            }
            if (silent != null) {
                remove(silent, due);
            } else if (state == State.JOINING) {
                completeJoining(due);
            } else {
                dropUnsynced(due);
            }
        }
    }

    /// A generation was written down when its leader had handed in the assignment. One that had not got there is
    /// unknown again, and its number will be used a second time.
    void stop() {
        for (Member member : members.values()) {
            answerJoin(member, Joined.failed(Errors.COORDINATOR_NOT_AVAILABLE));
            answerSync(member, Synced.failed(Errors.COORDINATOR_NOT_AVAILABLE));
        }
        generation = written.generation();
        leader = written.leader();
        members.clear();
        state = State.EMPTY;
        rebalanceDeadlineMillis = Long.MAX_VALUE;
    }

    void start(long nowMillis) {
        written.members().forEach((id, member) -> members.put(id, member.copy(nowMillis)));
        state = members.isEmpty() ? State.EMPTY : State.STABLE;
    }

    private void writeDown() {
        Map<String, Member> copies = new LinkedHashMap<>();
        members.forEach((id, member) -> copies.put(id, member.copy(member.heardMillis)));
        written = new Written(generation, leader, copies);
    }

    private Errors check(String member, int ofGeneration) {
        if (!members.containsKey(member)) {
            return Errors.UNKNOWN_MEMBER_ID;
        }
        return ofGeneration == generation ? Errors.NONE : Errors.ILLEGAL_GENERATION;
    }

    private void prepare(long nowMillis) {
        long longest = 0;
        for (Member member : members.values()) {
            answerSync(member, Synced.failed(Errors.REBALANCE_IN_PROGRESS));
            longest = Math.max(longest, member.subscription.rebalanceMillis());
        }
        state = State.JOINING;
        rebalanceDeadlineMillis = nowMillis + longest;
    }

    private void completeIfAllJoined(long nowMillis) {
        boolean all = members.values().stream().allMatch(member -> member.joining != null);
        if (all || !kafka.facts().hold(Fact.REBALANCE_WAITS_FOR_MEMBERS)) {
            completeJoining(nowMillis);
        }
    }

    private void completeJoining(long nowMillis) {
        members.values().removeIf(member -> member.joining == null);
        generation += kafka.facts().hold(Fact.REBALANCE_MAKES_A_GENERATION) ? 1 : 0;
        if (members.isEmpty()) {
            state = State.EMPTY;
            leader = "";
            rebalanceDeadlineMillis = Long.MAX_VALUE;
            writeDown();
            return;
        }
        if (!members.containsKey(leader)) {
            leader = election.apply(new LinkedHashSet<>(members.keySet())); // in the order of joining
        }
        state = State.AWAITING_ASSIGNMENT;
        long longest = 0;
        for (Map.Entry<String, Member> entry : List.copyOf(members.entrySet())) {
            Member member = entry.getValue();
            member.heardMillis = nowMillis;
            member.synced = false;
            longest = Math.max(longest, member.subscription.rebalanceMillis());
            answerJoin(member, answer(entry.getKey()));
        }
        rebalanceDeadlineMillis = nowMillis + longest;
    }

    /// Members that joined and never asked for their assignment are given up after the rebalance time-out.
    private void dropUnsynced(long nowMillis) {
        rebalanceDeadlineMillis = Long.MAX_VALUE;
        List<String> missing = new ArrayList<>();
        members.forEach((id, member) -> {
            if (!member.synced) {
                missing.add(id);
            }
        });
        if (!missing.isEmpty()) {
            missing.forEach(members::remove);
            prepare(nowMillis);
            completeIfAllJoined(nowMillis);
        }
    }

    private void remove(String id, long nowMillis) {
        Member member = members.remove(id);
        if (member == null) {
            return;
        }
        answerJoin(member, Joined.failed(Errors.UNKNOWN_MEMBER_ID));
        answerSync(member, Synced.failed(Errors.UNKNOWN_MEMBER_ID));
        if (state != State.JOINING) {
            prepare(nowMillis);
        }
        completeIfAllJoined(nowMillis);
    }

    private Joined answer(String member) {
        Map<String, Subscription> told = new LinkedHashMap<>();
        if (member.equals(leader)) {
            members.forEach((id, other) -> told.put(id, other.subscription));
        }
        return new Joined(Errors.NONE, generation, leader, told);
    }

    private void answerJoin(Member member, Joined joined) {
        CompletableFuture<Joined> waiting = member.joining;
        member.joining = null;
        if (waiting != null) {
            waiting.complete(joined);
        }
    }

    private void answerSync(Member member, Synced synced) {
        CompletableFuture<Synced> waiting = member.syncing;
        member.syncing = null;
        if (waiting != null) {
            member.heardMillis = kafka.nowMillis();
            waiting.complete(synced);
        }
    }
}

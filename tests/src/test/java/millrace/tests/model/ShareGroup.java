package millrace.tests.model;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// A share group over one topic: its members, what they fetch from, and one [SharePartition] for each partition.
///
/// Members speak as requests do on the wire; [ShareConsumer] is the client that applications see. The broker does
/// not ask whether a member is assigned what it fetches, or is a member at all.
public final class ShareGroup {
    /// What an administrator sees of a partition.
    ///
    /// @param startOffset everything before it is finished; one write behind the truth
    /// @param lag         records that are not finished, acquired ones included
    public record Listed(long startOffset, long lag) {}

    /// A member's share session: it counts requests, so that the partition that comes first changes with each.
    private static final class Session {
        private final Set<Integer> partitions = new LinkedHashSet<>();
        private int epoch;
    }

    private final ModelKafka kafka;
    private final List<SharePartition> partitions = new ArrayList<>();
    private final Map<String, Session> sessions = new LinkedHashMap<>();
    private final Map<String, Set<Integer>> assignment = new LinkedHashMap<>();
    private int membersEver;

    ShareGroup(ModelKafka kafka, List<Log> logs, ShareSettings settings) {
        this.kafka = kafka;
        for (Log log : logs) {
            partitions.add(new SharePartition(kafka.facts(), partitions.size(), log, settings));
        }
    }

    /// Joins a new consumer; partitions are dealt out anew.
    ///
    /// @param recordsMax `max.poll.records` under `record_limit`: at most so many records come from one poll
    public ShareConsumer newConsumer(int recordsMax) {
        return new ShareConsumer(this, join(), recordsMax);
    }

    /// What `listShareGroupOffsets` answers; empty while nothing of the partition was ever acknowledged or given
    /// back.
    public Optional<Listed> listed(int partition) {
        kafka.catchUp();
        SharePartition share = partitions.get(partition);
        OptionalLong start = share.listedStartOffset();
        return start.isEmpty() ? Optional.empty() : Optional.of(new Listed(start.getAsLong(), share.lag()));
    }

    /// The offset before which the broker itself takes everything for finished. Nobody outside can ask for it; it
    /// is what decides whether an acknowledgement is checked. Empty before the partition is first fetched.
    public OptionalLong startOffset(int partition) {
        kafka.catchUp();
        return partitions.get(partition).startOffset();
    }

    /// Adds a member under a new id.
    public String join() {
        kafka.catchUp();
        String member = "member-" + ++membersEver;
        assignment.put(member, Set.of());
        deal();
        return member;
    }

    /// Takes a member out of the group. What it holds stays with it.
    public void leave(String member) {
        kafka.catchUp();
        assignment.remove(member);
        deal();
    }

    public Set<Integer> assigned(String member) {
        return assignment.getOrDefault(member, Set.of());
    }

    /// A fetch of the given partitions, and of no others from now on.
    ///
    /// @return for each partition ascending offsets; at most `recordsMax` in all
    public List<Delivery> acquire(String member, Collection<Integer> fetched, int recordsMax) {
        kafka.catchUp();
        Session session = sessions.computeIfAbsent(member, key -> new Session());
        session.partitions.retainAll(fetched);
        session.partitions.addAll(fetched);
        List<Integer> order = new ArrayList<>(session.partitions);
        if (!order.isEmpty()) {
            Collections.rotate(order, -(session.epoch % order.size()));
        }
        session.epoch++;
        List<Delivery> acquired = new ArrayList<>();
        for (int partition : order) {
            if (acquired.size() < recordsMax) {
                acquired.addAll(
                        partitions.get(partition).acquire(member, recordsMax - acquired.size(), kafka.nowMillis()));
            }
        }
        return acquired;
    }

    /// Acknowledges records of several partitions.
    ///
    /// @return for each partition NONE or the error that all of its acknowledgements got
    public SortedMap<Integer, Errors> acknowledge(String member, Map<Integer, SortedMap<Long, Ack>> acks) {
        kafka.catchUp();
        @Nullable Session session = sessions.get(member);
        SortedMap<Integer, Errors> outcomes = new TreeMap<>();
        acks.forEach((partition, ofPartition) -> outcomes.put(
                partition,
                session == null && kafka.facts().hold(Fact.ACKS_NEED_A_SESSION)
                        ? Errors.SHARE_SESSION_NOT_FOUND
                        : partitions.get(partition).acknowledge(member, ofPartition, kafka.nowMillis())));
        if (session != null) {
            session.epoch++;
        }
        return outcomes;
    }

    /// Ends a member's session with a word: what it holds comes back at once.
    public void endSession(String member) {
        kafka.catchUp();
        release(member, kafka.facts().hold(Fact.CLOSING_RELEASES_AT_ONCE));
    }

    /// Ends a member's session as the end of its connection does, after a kill for example: with the same effect.
    public void disconnect(String member) {
        kafka.catchUp();
        release(member, kafka.facts().hold(Fact.DEATH_RELEASES_AT_ONCE));
    }

    void expire(long nowMillis) {
        partitions.forEach(partition -> partition.expire(nowMillis));
    }

    void stop() {
        sessions.clear();
        partitions.forEach(SharePartition::stop);
    }

    private void release(String member, boolean atOnce) {
        Session session = sessions.remove(member);
        if (session == null || !atOnce) {
            return;
        }
        for (int partition = 0; partition < partitions.size(); partition++) {
            if (session.partitions.contains(partition)
                    || !kafka.facts().hold(Fact.ONLY_FETCHED_PARTITIONS_ARE_RELEASED)) {
                partitions.get(partition).release(member);
            }
        }
    }

    private void deal() {
        assignment.putAll(SimpleAssignor.assign(partitions.size(), assignment));
    }
}

package millrace.tests.model;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.common.protocol.Errors;

/// A share consumer in explicit mode with `record_limit`, as an application sees it.
///
/// It works in rounds: every record must have been acknowledged before the next poll. A frozen process simply
/// calls nothing; a killed one is [#kill]ed, a leaving one [#close]d.
public final class ShareConsumer {
    private final ShareGroup group;
    private final String member;
    private final int recordsMax;
    private final List<Delivery> unacknowledged = new ArrayList<>();
    private final List<Delivery> renewed = new ArrayList<>();
    private final Map<Integer, SortedMap<Long, Ack>> pending = new TreeMap<>();

    ShareConsumer(ShareGroup group, String member, int recordsMax) {
        this.group = group;
        this.member = member;
        this.recordsMax = recordsMax;
    }

    /// The partitions it is assigned at this moment.
    public Set<Integer> assigned() {
        return Set.copyOf(group.assigned(member));
    }

    /// Records that it was given and has not acknowledged.
    public List<Delivery> unacknowledged() {
        return List.copyOf(unacknowledged);
    }

    /// Sends what is pending, then takes what is there; it does not wait.
    ///
    /// Records that were renewed come back first and alone: until they are acknowledged for good no new ones are
    /// fetched.
    ///
    /// @return at most `max.poll.records` records, ascending within a partition
    /// @throws IllegalStateException when a record of the last poll is not acknowledged
    public List<Delivery> poll() {
        if (!unacknowledged.isEmpty()) {
            throw new IllegalStateException("not acknowledged: " + unacknowledged);
        }
        var _ = commit();
        unacknowledged.addAll(renewed.isEmpty() ? group.acquire(member, assigned(), recordsMax) : renewed);
        renewed.clear();
        return unacknowledged();
    }

    /// Notes an acknowledgement, which travels with the next poll, commit or close.
    ///
    /// @throws IllegalStateException when this record is not waiting for one
    public void acknowledge(Delivery delivery, Ack ack) {
        Iterator<Delivery> waiting = unacknowledged.iterator();
        while (waiting.hasNext()) {
            Delivery candidate = waiting.next();
            if (candidate.partition() == delivery.partition() && candidate.offset() == delivery.offset()) {
                waiting.remove();
                pending.computeIfAbsent(delivery.partition(), key -> new TreeMap<>())
                        .put(delivery.offset(), ack);
                if (ack == Ack.RENEW) {
                    renewed.add(delivery);
                }
                return;
            }
        }
        throw new IllegalStateException("the record is not waiting for an acknowledgement: " + delivery);
    }

    /// Sends the pending acknowledgements.
    ///
    /// @return for each partition NONE or the error; success proves nothing about who did the work
    public SortedMap<Integer, Errors> commit() {
        if (pending.isEmpty()) {
            return new TreeMap<>();
        }
        SortedMap<Integer, Errors> outcomes = group.acknowledge(member, pending);
        outcomes.forEach((partition, error) -> {
            if (error != Errors.NONE) {
                renewed.removeIf(delivery -> delivery.partition() == partition);
            }
        });
        pending.clear();
        return outcomes;
    }

    /// Sends what is pending, gives the rest back and leaves the group.
    public void close() {
        var _ = commit();
        group.endSession(member);
        group.leave(member);
    }

    /// Dies: nothing is sent any more, and the broker sees the connection end at once. The group deals its
    /// partitions out anew only when its session ends, which [#forget] stands for.
    public void kill() {
        group.disconnect(member);
    }

    /// Takes the dead member out of the group, as the broker does 45 s after its last heartbeat.
    public void forget() {
        group.leave(member);
    }

    /// Loses the connection and comes back: what it held is released, its acknowledgements fail, and the next poll
    /// starts anew.
    public void reconnect() {
        group.disconnect(member);
    }
}

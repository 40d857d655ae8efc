package millrace.aggregator;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import millrace.proto.ForeignRecord;
import millrace.proto.Topics;

/// Counts what came in and went out, since the process started. A replay counts again. Any thread.
public final class Counters {
    /// What is counted, apart from foreign records.
    public enum Event {
        /// Results whose value was counted.
        COUNTED,
        /// Values not counted because some of their items were.
        DUPLICATE,
        /// Results of ended jobs.
        LATE,
        /// Failures of tasks.
        FAILED,
        /// Failures told before.
        FAILED_AGAIN,
        HANDED_BACK,
        /// Results below what a snapshot covers.
        COVERED,
        /// Tasks given up.
        DEAD_LETTER,
        /// Jobs opened.
        OPENED,
        /// Orders that repeat a job's first.
        REPEATED_ORDER,
        /// Orders with the id of another job.
        CLASHING_ORDER,
        /// Orders about jobs that nobody submitted, and those too old to be of an open job.
        VOID_ORDER,
        SUCCEEDED,
        PARTIAL,
        JOB_FAILED,
        CANCELLED,
        EXPIRED,
        REMOVED,
        SNAPSHOT,
        TRANSACTION,
        TAKEOVER
    }

    private final Map<Event, LongAdder> events = new EnumMap<>(Event.class);
    private final Map<Topics, Map<ForeignRecord.Reason, LongAdder>> foreign = new EnumMap<>(Topics.class);

    public Counters() {
        for (var event : Event.values()) {
            events.put(event, new LongAdder());
        }
        for (var topic : Topics.values()) {
            var reasons = new EnumMap<ForeignRecord.Reason, LongAdder>(ForeignRecord.Reason.class);
            for (var reason : ForeignRecord.Reason.values()) {
                reasons.put(reason, new LongAdder());
            }
            foreign.put(topic, reasons);
        }
    }

    void add(Event event) {
        adder(events, event).increment();
    }

    void add(Topics topic, ForeignRecord.Reason reason) {
        adder(adder(foreign, topic), reason).increment();
    }

    public long count(Event event) {
        return adder(events, event).sum();
    }

    /// Records of a topic that were none of ours, or broken.
    public long foreign(Topics topic, ForeignRecord.Reason reason) {
        return adder(adder(foreign, topic), reason).sum();
    }

    private static <K, V> V adder(Map<K, V> adders, K key) {
        var adder = adders.get(key);
        if (adder == null) {
            throw new IllegalStateException("nothing counts " + key);
        }
        return adder;
    }
}

package millrace.worker;

import java.util.List;
import java.util.function.Supplier;
import millrace.proto.Heartbeat;
import millrace.proto.Heartbeat.Holding;

/// Says when the next heartbeat is due and what it says. One heartbeat is on its way at a time, so that none
/// overtakes another.
final class Pulse {
    static final long EVERY_NANOS = 1_000_000_000L;

    // Of the rate: what happened longer ago than this hardly counts.
    private static final double RATE_SECONDS = 10;

    private final Identity self;
    private final WorkerConfig config;
    private final List<Heartbeat.Offer> offers;
    private final Supplier<Vitals> vitals;

    private long sequence;
    private boolean underWay;
    private boolean wanted = true;
    private long dueAt;

    private long tasks;
    private long cpuNanos;
    private long itemsSince;
    private long ratedAt;
    private double itemsPerSecond;

    Pulse(Identity self, WorkerConfig config, List<Heartbeat.Offer> offers, Supplier<Vitals> vitals, long now) {
        this.self = self;
        this.config = config;
        this.offers = offers;
        this.vitals = vitals;
        dueAt = now;
        ratedAt = now;
    }

    /// Asks for one at once.
    void want() {
        wanted = true;
    }

    boolean due(long now) {
        return !underWay && (wanted || now - dueAt >= 0);
    }

    /// When the next one is due; not before the one under way is settled.
    long dueAt() {
        return dueAt;
    }

    boolean underWay() {
        return underWay;
    }

    Heartbeat beat(long now, Heartbeat.State state, String trouble, int lanes, List<Holding> holdings) {
        sequence++;
        underWay = true;
        wanted = false;
        dueAt = now + EVERY_NANOS;
        rate(now);
        var vital = vitals.get();
        return new Heartbeat(
                self.worker(),
                self.host(),
                self.pid(),
                self.release(),
                sequence,
                self.startedMillis(),
                vital.atMillis(),
                state,
                trouble,
                offers,
                config.cores(),
                lanes,
                Math.min(config.handsMax(config.laneRecords()), lanes * config.laneRecords()),
                holdings,
                vital.heapUsedBytes(),
                vital.heapMaxBytes(),
                vital.residentBytes(),
                tasks,
                cpuNanos,
                itemsPerSecond);
    }

    private void rate(long now) {
        var seconds = (now - ratedAt) / 1e9;
        if (seconds > 0) {
            var weight = -Math.expm1(-seconds / RATE_SECONDS);
            itemsPerSecond += weight * (itemsSince / seconds - itemsPerSecond);
            itemsSince = 0;
            ratedAt = now;
        }
    }

    void written() {
        underWay = false;
    }

    /// The next one is due a second later, however much it is wanted.
    void failed(long now) {
        underWay = false;
        wanted = false;
        dueAt = now + EVERY_NANOS;
    }

    void answered() {
        tasks++;
    }

    void computed(long items, long nanos) {
        itemsSince += items;
        cpuNanos += nanos;
    }
}

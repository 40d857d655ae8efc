package millrace.worker;

import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import millrace.proto.Result.Footprint;

/// Looks at what the process uses, for results: often enough for a report, seldom enough to cost nothing. Any thread.
final class Footprints implements Supplier<Footprint> {
    static final Duration EVERY = Duration.ofMillis(100);

    private final int cores;
    private final Supplier<Vitals> vitals;
    private final LongSupplier clock;
    private volatile Look last;

    private record Look(long at, Footprint footprint) {}

    /// @param clock monotonic nanoseconds
    Footprints(int cores, Supplier<Vitals> vitals, LongSupplier clock) {
        this.cores = cores;
        this.vitals = vitals;
        this.clock = clock;
        last = look(clock.getAsLong());
    }

    @Override
    public Footprint get() {
        var now = clock.getAsLong();
        var look = last;
        // Two threads may look at once: both see much the same.
        if (now - look.at >= EVERY.toNanos()) {
            look = look(now);
            last = look;
        }
        return look.footprint;
    }

    private Look look(long now) {
        var seen = vitals.get();
        return new Look(now, new Footprint(cores, seen.heapUsedBytes(), seen.residentBytes()));
    }
}

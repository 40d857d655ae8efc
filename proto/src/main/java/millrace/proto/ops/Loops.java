package millrace.proto.ops;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/// The loops that a process lives by, and whether they turn: what `/livez` is about. A process whose loop hangs is
/// to be started again, whatever the brokers are doing; one that waits for its brokers turns.
///
/// Any thread may call it.
public final class Loops {
    private final Set<Loop> loops = ConcurrentHashMap.newKeySet();
    private final LongSupplier clock;

    /// @param clock monotonic, nanoseconds
    public Loops(LongSupplier clock) {
        this.clock = clock;
    }

    /// A loop, which counts as at rest until its first turn.
    ///
    /// @param name   for people
    /// @param within how long one turn may take
    public Loop loop(String name, Duration within) {
        var loop = new Loop(name, within);
        loops.add(loop);
        return loop;
    }

    /// One sentence for each loop that hangs, by name; empty when all turn or are at rest.
    public List<String> hanging() {
        var now = clock.getAsLong();
        return loops.stream()
                .filter(loop -> loop.hangs(now))
                .map(loop -> "loop " + loop.name + " has not turned for more than " + loop.withinNanos / 1_000_000_000
                        + " s")
                .sorted()
                .toList();
    }

    /// The names of all loops, in order.
    public List<String> names() {
        return loops.stream().map(loop -> loop.name).sorted().toList();
    }

    /// One of them. Its own thread tells of its turns.
    public final class Loop implements AutoCloseable {
        private final String name;
        private final long withinNanos;
        private volatile boolean turning;
        private volatile long turnedAt;

        private Loop(String name, Duration within) {
            this.name = name;
            this.withinNanos = within.toNanos();
        }

        /// A turn begins.
        public void turn() {
            turnedAt = clock.getAsLong();
            turning = true;
        }

        /// It waits for something to do, for however long.
        public void rest() {
            turning = false;
        }

        private boolean hangs(long now) {
            return turning && now - turnedAt > withinNanos;
        }

        /// It has ended in good order.
        @Override
        public void close() {
            loops.remove(this);
        }
    }
}

package millrace.worker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import millrace.proto.CancelledException;
import millrace.proto.WarmMaker;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What kernels keep warm in this process: each value is made once, by the first task that asks while the others
/// wait, and stays while a task uses it and some time longer. Any thread.
final class Shelf {
    private static final Logger log = LoggerFactory.getLogger(Shelf.class);

    /// How long a value stays that no task uses.
    static final Duration IDLE = Duration.ofSeconds(60);

    /// Of the values that no task uses so many stay at most.
    static final int IDLE_MAX = 16;

    private static final long LOOK_MILLIS = 50;

    private static final class Entry {
        int users;
        long usedAt;
        // Null while it is made.
        @Nullable
        Object value;
    }

    private final LongSupplier nanoTime;
    private final BooleanSupplier memoryIsShort;
    private final Map<String, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

    /// @param nanoTime      a clock that never jumps
    /// @param memoryIsShort whether what no task uses should go at once
    Shelf(LongSupplier nanoTime, BooleanSupplier memoryIsShort) {
        this.nanoTime = nanoTime;
        this.memoryIsShort = memoryIsShort;
    }

    /// The value, which stays until it is released as often as it was got.
    ///
    /// @throws CancelledException when `cancelled` says so before another thread has made it
    /// @throws Exception what the maker throws
    @SuppressWarnings("unchecked") // a key names one content, and so one type
    <T> T get(String key, WarmMaker<T> maker, BooleanSupplier cancelled) throws Exception {
        Entry entry;
        synchronized (this) {
            for (entry = entries.get(key); entry != null; entry = entries.get(key)) {
                if (entry.value != null) {
                    entry.users++;
                    return (T) entry.value;
                }
                checkWanted(cancelled);
                try {
                    wait(LOOK_MILLIS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new CancelledException();
                }
            }
            entry = new Entry();
            entry.users = 1;
            entries.put(key, entry);
        }
        T value = null;
        try {
            value = maker.make();
            if (value == null) {
                throw new IllegalStateException("the maker of warm state " + key + " returned null");
            }
            return value;
        } finally {
            made(key, entry, value);
        }
    }

    private static void checkWanted(BooleanSupplier cancelled) throws CancelledException {
        if (cancelled.getAsBoolean()) {
            throw new CancelledException();
        }
    }

    private synchronized void made(String key, Entry entry, @Nullable Object value) {
        entry.value = value;
        if (value == null) {
            entries.remove(key);
        }
        notifyAll();
    }

    void release(String key) {
        synchronized (this) {
            var entry = entries.get(key);
            if (entry != null && entry.users > 0) {
                entry.users--;
                entry.usedAt = nanoTime.getAsLong();
            }
        }
        sweep();
    }

    /// Drops what no task has used for some time, or at once when memory is short.
    void sweep() {
        if (size() == 0) {
            return; // whether memory is short takes a while to find out
        }
        var all = memoryIsShort.getAsBoolean();
        var now = nanoTime.getAsLong();
        var gone = new ArrayList<Object>();
        synchronized (this) {
            var idle =
                    entries.values().stream().filter(entry -> entry.users == 0).count();
            for (var each = entries.values().iterator(); each.hasNext(); ) {
                var entry = each.next();
                if (entry.users == 0
                        && entry.value != null
                        && (all || idle > IDLE_MAX || now - entry.usedAt >= IDLE.toNanos())) {
                    each.remove();
                    gone.add(entry.value);
                    idle--;
                }
            }
        }
        close(gone);
    }

    synchronized int size() {
        return entries.size();
    }

    private static void close(List<Object> values) {
        for (var value : values) {
            if (value instanceof AutoCloseable closeable) {
                try {
                    closeable.close();
                } catch (Exception e) { // whatever a kernel's class does
                    log.warn("{} was not closed in order: {}", value.getClass().getName(), e.toString());
                }
            }
        }
    }
}

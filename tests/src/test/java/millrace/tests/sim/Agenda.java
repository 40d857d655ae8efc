package millrace.tests.sim;

import java.util.PriorityQueue;

/// The clock of a world, and what is to happen when. What is due at the same moment happens in the order in which
/// it was put down.
final class Agenda {
    static final long MILLI = 1_000_000;
    static final long SECOND = 1_000 * MILLI;

    private record Entry(long at, long number, Runnable what) implements Comparable<Entry> {
        @Override
        public int compareTo(Entry other) {
            return at != other.at ? Long.compare(at, other.at) : Long.compare(number, other.number);
        }
    }

    private final PriorityQueue<Entry> entries = new PriorityQueue<>();
    private long now;
    private long numbers;
    private long events;

    /// Nanoseconds since the world began.
    long now() {
        return now;
    }

    /// What has happened so far.
    long events() {
        return events;
    }

    void in(long nanos, Runnable what) {
        entries.add(new Entry(now + Math.max(0, nanos), numbers++, what));
    }

    /// Lets the next thing happen; false when there is none.
    boolean step() {
        var next = entries.poll();
        if (next == null) {
            return false;
        }
        now = next.at;
        events++;
        next.what.run();
        return true;
    }
}

package millrace.tests.model;

import org.jspecify.annotations.Nullable;

/// A batch of a log of which a share partition has taken hold: neighbouring offsets, each with a state of its own.
final class Flight {
    enum State {
        AVAILABLE,
        ACQUIRED,
        ACKNOWLEDGED,
        ARCHIVED;

        boolean finished() {
            return this == ACKNOWLEDGED || this == ARCHIVED;
        }
    }

    /// One offset's state.
    static final class Cell {
        State state;
        int deliveries;

        @Nullable
        String member;

        long lockedUntilMillis;

        Cell(State state, int deliveries) {
            this.state = state;
            this.deliveries = deliveries;
        }

        void acquire(String newMember, long untilMillis) {
            state = State.ACQUIRED;
            deliveries++;
            member = newMember;
            lockedUntilMillis = untilMillis;
        }

        void become(State newState) {
            state = newState;
            member = null;
        }

        boolean heldBy(String someone) {
            return state == State.ACQUIRED && someone.equals(member);
        }
    }

    private final long first;
    private final Cell[] cells;

    Flight(long first, int records, State state, int deliveries) {
        this.first = first;
        this.cells = new Cell[records];
        for (int i = 0; i < records; i++) {
            cells[i] = new Cell(state, deliveries);
        }
    }

    long first() {
        return first;
    }

    long last() {
        return first + cells.length - 1;
    }

    int size() {
        return cells.length;
    }

    Cell at(long offset) {
        return cells[Math.toIntExact(offset - first)];
    }
}

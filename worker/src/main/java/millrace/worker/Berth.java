package millrace.worker;

/// What the desk knows of one lane.
final class Berth {
    enum State {
        /// Not connected; opened again in time.
        CLOSED,
        OPENING,
        /// Connected, holds no record, was not asked to poll.
        IDLE,
        POLLING,
        /// Its consumer holds records that are not done with, so it cannot poll.
        HOLDING
    }

    private static final long BACKOFF_NANOS_MIN = 1_000_000_000L;
    private static final long BACKOFF_NANOS_MAX = 30_000_000_000L;

    final int lane;
    State state = State.CLOSED;

    /// Whether the share group has answered it since it was opened; also while it is made anew.
    boolean joined;

    /// Records that its consumer takes with a poll at most.
    int records;

    /// Whether its consumer fetches by itself. Kafka's client does after a poll that brought nothing, polled or not, until
    /// it has records. These it keeps for the next poll, and the brokers take them for delivered.
    boolean fetching;

    /// Whether it polls only because its consumer fetches by itself: what it brings was not asked for.
    boolean unasked;

    long openAt;

    /// When it last was asked to poll, in turns of the desk: the one that waited longest is next.
    long turn;

    private int outstanding;
    private int failures;

    Berth(int lane, long now) {
        this.lane = lane;
        this.openAt = now;
    }

    void arrived(int records) {
        if (state != State.POLLING) {
            throw new IllegalStateException("lane " + lane + " brings records, but is " + state);
        }
        outstanding = records;
        fetching = records == 0;
        state = records == 0 ? State.IDLE : State.HOLDING;
    }

    void settled() {
        outstanding--;
        if (outstanding == 0) {
            state = State.IDLE;
        }
    }

    void opening(int records) {
        state = State.OPENING;
        fetching = false;
        this.records = records;
    }

    void joined() {
        joined = true;
        failures = 0;
    }

    void closed(long now) {
        left();
        openAt = now + Math.min(BACKOFF_NANOS_MAX, BACKOFF_NANOS_MIN << Math.min(failures, 10));
        failures++;
    }

    void left() {
        state = State.CLOSED;
        joined = false;
        fetching = false;
        outstanding = 0;
    }
}

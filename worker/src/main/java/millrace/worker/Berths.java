package millrace.worker;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// What the desk knows of its lanes: which may be asked to poll, and when a lost one is opened again.
final class Berths {
    private static final long ROOM_NANOS = Desk.LOOK_FOR_ROOM_EVERY.toNanos();

    private final int laneRecords;
    private final List<Berth> all;
    private long turns;
    private String trouble = "";

    Berths(WorkerConfig config, long now) {
        laneRecords = config.laneRecords();
        all = IntStream.range(0, config.lanes())
                .mapToObj(lane -> new Berth(lane, now))
                .toList();
    }

    Berth get(int lane) {
        return all.get(lane);
    }

    /// The lanes whose time to be opened has come; they count as being opened from now on.
    List<Berth> open(long now) {
        var due = all.stream()
                .filter(berth -> berth.state == Berth.State.CLOSED && now - berth.openAt >= 0)
                .toList();
        due.forEach(berth -> berth.state = Berth.State.OPENING);
        return due;
    }

    void joined(int lane) {
        all.get(lane).joined();
        trouble = "";
    }

    /// @param detail one sentence
    void lost(long now, int lane, Desk.Loss why, String detail) {
        var berth = all.get(lane);
        berth.closed(now);
        trouble = detail;
        if (why == Desk.Loss.NO_ROOM && joined() > 0) {
            berth.openAt = now + ROOM_NANOS; // the others do its work
        }
    }

    /// Whether a lane has nothing to wait for.
    boolean anyIdle() {
        for (var berth : all) {
            if (berth.state == Berth.State.IDLE) {
                return true;
            }
        }
        return false;
    }

    /// The idle lane that has waited longest for its turn to poll; it counts as polling from now on.
    Berth turn() {
        var next = all.stream()
                .filter(berth -> berth.state == Berth.State.IDLE)
                .min(Comparator.comparingLong(berth -> berth.turn))
                .orElseThrow();
        turns++;
        next.turn = turns;
        next.state = Berth.State.POLLING;
        return next;
    }

    /// Lanes that poll.
    int polling() {
        var polling = 0;
        for (var berth : all) {
            polling += berth.state == Berth.State.POLLING ? 1 : 0;
        }
        return polling;
    }

    /// Records that the polls under way may bring.
    int recordsAskedFor() {
        return laneRecords * polling();
    }

    /// Lanes that the share group has let in.
    int joined() {
        var joined = 0;
        for (var berth : all) {
            joined += berth.joined ? 1 : 0;
        }
        return joined;
    }

    /// Why no lane takes tasks, empty while one does.
    String trouble() {
        return joined() > 0 ? "" : trouble;
    }

    /// When the next lane is to be opened, or `atMost`.
    long openAt(long atMost) {
        var next = atMost;
        for (var berth : all) {
            if (berth.state == Berth.State.CLOSED && berth.openAt - next < 0) {
                next = berth.openAt;
            }
        }
        return next;
    }
}

package millrace.worker;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// What the desk knows of its lanes: which may be asked to poll, and when a lost one is opened again.
final class Berths {
    private static final long ROOM_NANOS = Desk.LOOK_FOR_ROOM_EVERY.toNanos();

    private final List<Berth> all;
    private long turns;
    private String trouble = "";

    Berths(WorkerConfig config, long now) {
        all = IntStream.range(0, config.lanes())
                .mapToObj(lane -> new Berth(lane, now))
                .toList();
    }

    Berth get(int lane) {
        return all.get(lane);
    }

    /// The lanes whose time to be opened has come; they count as being opened from now on.
    ///
    /// @param records that each is to take at once
    List<Berth> open(long now, int records) {
        var due = all.stream()
                .filter(berth -> berth.state == Berth.State.CLOSED && now - berth.openAt >= 0)
                .toList();
        due.forEach(berth -> berth.opening(records));
        return due;
    }

    /// An idle lane that does not take so many records at once; it counts as being opened from now on. None
    /// while another is being opened and no third one goes on meanwhile. And none that would take more unless
    /// all have joined: a lane that is made anew gives its place in the group up for a moment.
    @Nullable
    Berth openAnew(int records) {
        for (var berth : all) {
            if (berth.state == Berth.State.IDLE
                    && berth.records != records
                    && (records < berth.records || joined() == all.size())
                    && (count(Berth.State.OPENING) == 0 || othersGoOn(berth))) {
                berth.opening(records);
                return berth;
            }
        }
        return null;
    }

    private boolean othersGoOn(Berth but) {
        for (var berth : all) {
            if (berth != but && berth.state != Berth.State.CLOSED && berth.state != Berth.State.OPENING) {
                return true;
            }
        }
        return false;
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

    /// Whether a lane has nothing to wait for, and takes no more than so many records at once.
    boolean anyIdle(int records) {
        for (var berth : all) {
            if (isIdle(berth, records)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isIdle(Berth berth, int records) {
        return berth.state == Berth.State.IDLE && berth.records <= records;
    }

    /// Of these the lane that has waited longest for its turn to poll; it counts as polling from now on.
    Berth turn(int records) {
        var next = all.stream()
                .filter(berth -> isIdle(berth, records))
                .min(Comparator.comparingLong(berth -> berth.turn))
                .orElseThrow();
        poll(next, false);
        return next;
    }

    private void poll(Berth berth, boolean unasked) {
        turns++;
        berth.turn = turns;
        berth.unasked = unasked;
        berth.state = Berth.State.POLLING;
    }

    /// The idle lanes whose consumers fetch by themselves; they count as polling from now on, unasked.
    List<Berth> pollUnasked() {
        var fetching = fetching();
        fetching.forEach(berth -> poll(berth, true));
        return fetching;
    }

    /// One of the same lanes, where none is being opened; it counts as being opened from now on, and then fetches no
    /// more. It has to join the group anew.
    Optional<Berth> openFetching() {
        if (count(Berth.State.OPENING) > 0) {
            return Optional.empty();
        }
        var next = fetching().stream().findFirst();
        next.ifPresent(berth -> {
            berth.opening(berth.records);
            berth.joined = false;
        });
        return next;
    }

    private List<Berth> fetching() {
        return all.stream()
                .filter(berth -> berth.state == Berth.State.IDLE && berth.fetching)
                .toList();
    }

    /// The lanes that are idle; they count as closed from now on.
    List<Berth> leave() {
        var idle = all.stream().filter(berth -> berth.state == Berth.State.IDLE).toList();
        idle.forEach(Berth::left);
        return idle;
    }

    /// Lanes that poll.
    int polling() {
        return count(Berth.State.POLLING);
    }

    private int count(Berth.State state) {
        var count = 0;
        for (var berth : all) {
            count += berth.state == state ? 1 : 0;
        }
        return count;
    }

    /// Records that the polls under way may bring, but for those that are unasked.
    int recordsAskedFor() {
        var records = 0;
        for (var berth : all) {
            records += berth.state == Berth.State.POLLING && !berth.unasked ? berth.records : 0;
        }
        return records;
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

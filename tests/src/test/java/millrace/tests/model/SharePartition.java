package millrace.tests.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import millrace.tests.model.Flight.Cell;
import millrace.tests.model.Flight.State;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// What a share group knows about one partition: which records are out with whom, and how far everything is
/// finished.
///
/// A record is AVAILABLE, ACQUIRED by a member under a lock, or finished (ACKNOWLEDGED or ARCHIVED). The window
/// runs from the start offset, before which all is finished, to the end offset, behind which nothing was ever
/// acquired. A broker that restarts knows what was written down: outcomes and delivery counts, never an
/// acquisition.
final class SharePartition {
    /// One offset as it was last written down.
    private record Written(State state, int deliveries) {}

    private final Facts facts;
    private final int partition;
    private final Log log;
    private final ShareSettings settings;
    private final NavigableMap<Long, Flight> flights = new TreeMap<>();
    private final NavigableMap<Long, Written> written = new TreeMap<>();
    private boolean loaded;
    private long start;
    private long end;
    private OptionalLong writtenStart = OptionalLong.empty();
    private long writtenFinished;

    SharePartition(Facts facts, int partition, Log log, ShareSettings settings) {
        this.facts = facts;
        this.partition = partition;
        this.log = log;
        this.settings = settings;
    }

    /// The offset before which everything is finished, as the broker knows it at this moment; nothing before the
    /// first fetch.
    OptionalLong startOffset() {
        return loaded ? OptionalLong.of(start) : OptionalLong.empty();
    }

    /// What an administrator is told: nothing before the first outcome was written down.
    OptionalLong listedStartOffset() {
        return writtenStart;
    }

    /// Records that are not finished, acquired ones included; call it only when there is a listed start offset.
    long lag() {
        return log.endOffset() - writtenStart.orElseThrow() - writtenFinished;
    }

    List<Delivery> acquire(String member, int recordsMax, long nowMillis) {
        load();
        List<Delivery> acquired = new ArrayList<>();
        long next = nextOffset();
        if (next < log.startOffset()) {
            // The fetch hits deleted records: it only tells the group where the log begins now.
            skipDeleted();
            return acquired;
        }
        boolean roomForNew = inWindow() < settings.recordLocksMax();
        if (next >= log.endOffset() || (next == end + 1 && !roomForNew)) {
            return acquired;
        }
        int wanted = Math.min(recordsMax, settings.recordLocksMax() - inWindow());
        long last = log.endOffset() - 1;
        if (wanted <= 0) {
            // The window is full, but something inside it came back.
            wanted = Math.min(recordsMax, Math.toIntExact(end - next + 1));
            last = Math.min(last, end);
        }
        acquireUpTo(new Acquisition(member, wanted, nowMillis + settings.lock().toMillis(), acquired), next, last);
        return acquired;
    }

    /// Acknowledges records, which share one fate.
    ///
    /// @return NONE, or the error that all of them got
    Errors acknowledge(String member, SortedMap<Long, Ack> acks, long nowMillis) {
        if (!loaded) {
            return Errors.UNKNOWN_TOPIC_OR_PARTITION;
        }
        Map<Long, Cell> outcomes = new HashMap<>();
        Errors error = Errors.NONE;
        for (SortedMap<Long, Ack> run : Runs.of(acks)) {
            error = check(member, run, outcomes, nowMillis);
            if (error != Errors.NONE) {
                break;
            }
        }
        if (error != Errors.NONE && facts.hold(Fact.ACKS_OF_A_PARTITION_ARE_ATOMIC)) {
            return error;
        }
        acks.forEach((offset, ack) -> {
            Cell cell = outcomes.get(offset);
            if (cell != null) {
                finish(offset, cell, ack);
            }
        });
        writeDown(outcomes);
        return error;
    }

    private void finish(long offset, Cell cell, Ack ack) {
        switch (ack) {
            case ACCEPT -> cell.become(State.ACKNOWLEDGED);
            case REJECT -> cell.become(facts.hold(Fact.REJECT_FINISHES) ? State.ARCHIVED : State.AVAILABLE);
            case RELEASE -> giveBack(offset, cell);
            case RENEW -> throw new IllegalStateException("a renewal changes no state");
        }
    }

    /// Gives back everything that a member holds.
    void release(String member) {
        giveBackIf((offset, cell) -> cell.heldBy(member));
    }

    /// Gives back everything whose lock has ended.
    void expire(long nowMillis) {
        if (facts.hold(Fact.LOCKS_EXPIRE)) {
            giveBackIf((offset, cell) -> cell.state == State.ACQUIRED && cell.lockedUntilMillis <= nowMillis);
        }
    }

    /// Forgets what was only in memory. It is read back when the partition is next fetched.
    void stop() {
        if (!facts.hold(Fact.RESTART_FORGETS_THE_RUNNING_ATTEMPT)) {
            giveBackIf((offset, cell) -> cell.state == State.ACQUIRED);
        }
        loaded = false;
        flights.clear();
    }

    private void load() {
        if (loaded) {
            return;
        }
        loaded = true;
        start = writtenStart.orElseGet(this::firstStart);
        end = start;
        for (Map.Entry<Long, Written> entry : written.tailMap(start).entrySet()) {
            addWritten(entry.getKey(), entry.getValue());
        }
        if (!flights.isEmpty()) {
            end = flights.lastEntry().getValue().last();
            moveStart();
        }
    }

    /// Neighbours that were written with the same state and count come back as one batch.
    private void addWritten(long offset, Written cell) {
        Map.Entry<Long, Flight> before = flights.lastEntry();
        if (before != null && before.getValue().last() == offset - 1) {
            Flight flight = before.getValue();
            Cell neighbour = flight.at(offset - 1);
            if (neighbour.state == cell.state() && neighbour.deliveries == cell.deliveries()) {
                flights.put(
                        flight.first(), new Flight(flight.first(), flight.size() + 1, cell.state(), cell.deliveries()));
                return;
            }
        }
        flights.put(offset, new Flight(offset, 1, cell.state(), cell.deliveries()));
    }

    private long firstStart() {
        boolean earliest = settings.offsetReset() == ShareSettings.OffsetReset.EARLIEST;
        return earliest == facts.hold(Fact.FIRST_START_FOLLOWS_OFFSET_RESET) ? log.startOffset() : log.endOffset();
    }

    /// The lowest offset that can be acquired: something that came back, a gap that a restart left, or the first
    /// after the end.
    private long nextOffset() {
        if (flights.isEmpty() || start > flights.lastEntry().getValue().last()) {
            return end;
        }
        if (!facts.hold(Fact.LOWEST_AVAILABLE_FIRST) && end + 1 < log.endOffset()) {
            return end + 1;
        }
        long expected = start;
        for (Flight flight : flights.values()) {
            if (flight.first() > expected) {
                return expected;
            }
            for (long offset = flight.first(); offset <= flight.last(); offset++) {
                if (flight.at(offset).state == State.AVAILABLE) {
                    return offset;
                }
            }
            expected = Math.max(expected, flight.last() + 1);
        }
        return end + 1;
    }

    private int inWindow() {
        if (flights.isEmpty()) {
            return 0;
        }
        long size = end - start + 1;
        return Math.toIntExact(facts.hold(Fact.WINDOW_COUNTS_FINISHED_RECORDS) ? size : size - finishedInWindow());
    }

    private long finishedInWindow() {
        long finished = 0;
        for (Flight flight : flights.values()) {
            for (long offset = Math.max(flight.first(), start); offset <= flight.last(); offset++) {
                finished += flight.at(offset).state.finished() ? 1 : 0;
            }
        }
        return finished;
    }

    private void skipDeleted() {
        if (!facts.hold(Fact.DELETION_MOVES_THE_START)) {
            return;
        }
        long first = log.startOffset();
        if (!flights.isEmpty()) {
            for (Flight flight : flights.headMap(first).values()) {
                for (long offset = flight.first(); offset <= Math.min(flight.last(), first - 1); offset++) {
                    if (flight.at(offset).state == State.AVAILABLE) {
                        flight.at(offset).become(State.ARCHIVED);
                    }
                }
            }
            end = Math.max(end, first);
        } else {
            end = first;
        }
        start = first;
    }

    /// One request's share: who takes how many, until when.
    private final class Acquisition {
        private final String member;
        private final int wanted;
        private final long untilMillis;
        private final List<Delivery> acquired;

        Acquisition(String member, int wanted, long untilMillis, List<Delivery> acquired) {
            this.member = member;
            this.wanted = wanted;
            this.untilMillis = untilMillis;
            this.acquired = acquired;
        }

        int missing() {
            return wanted - acquired.size();
        }

        void take(long offset, Cell cell) {
            cell.acquire(member, untilMillis);
            Entry entry = log.at(offset);
            if (entry == null) {
                throw new IllegalStateException("share groups are modelled over topics without compaction");
            }
            acquired.add(new Delivery(partition, entry, cell.deliveries));
        }
    }

    private void acquireUpTo(Acquisition acquisition, long next, long last) {
        long position = next;
        Long floor = flights.floorKey(next);
        for (Flight flight :
                List.copyOf(flights.tailMap(floor == null ? next : floor).values())) {
            if (flight.last() < position) {
                continue;
            }
            if (flight.first() > last) {
                break;
            }
            if (flight.first() > position && acquisition.missing() > 0) {
                acquireNew(acquisition, position, flight.first() - 1);
            }
            if (acquisition.missing() <= 0) {
                return;
            }
            boolean suspicious = suspicious(flight, next, last);
            int before = acquisition.acquired.size();
            if (suspicious && before > 0) {
                return;
            }
            acquireAgain(acquisition, flight, next, last);
            if (suspicious && acquisition.acquired.size() > before) {
                return;
            }
            position = flight.last() + 1;
        }
        if (acquisition.missing() > 0 && position <= last) {
            acquireNew(acquisition, position, last);
        }
    }

    /// Takes hold of whole batches, of which it delivers as many records as were asked for.
    private void acquireNew(Acquisition acquisition, long first, long lastWanted) {
        long last = lastWanted;
        int wanted = acquisition.missing();
        if (wanted < last - first + 1) {
            last = Math.min(log.batchLastOffset(first + wanted - 1), lastWanted);
        }
        Flight flight = new Flight(first, Math.toIntExact(last - first + 1), State.AVAILABLE, 0);
        for (long offset = first; offset <= last && acquisition.missing() > 0; offset++) {
            acquisition.take(offset, flight.at(offset));
        }
        flights.put(first, flight);
        if (flights.firstKey() == first) {
            start = first;
        }
        end = Math.max(end, last);
    }

    private void acquireAgain(Acquisition acquisition, Flight flight, long next, long last) {
        int limit = settings.deliveryCountLimit();
        int together = Integer.MAX_VALUE;
        int taken = 0;
        for (long offset = Math.max(next, flight.first()); offset <= Math.min(last, flight.last()); offset++) {
            Cell cell = flight.at(offset);
            if (cell.state != State.AVAILABLE) {
                continue;
            }
            boolean lastAttempt = limit > 2 && cell.deliveries == limit - 1 && suspicionMatters();
            if (lastAttempt && taken > 0) {
                return;
            }
            if (together == Integer.MAX_VALUE && cell.deliveries >= suspiciousFrom() && suspicionMatters()) {
                together = Math.max(1, flight.size() >> (cell.deliveries - suspiciousFrom() + 1));
            }
            acquisition.take(offset, cell);
            taken++;
            if (lastAttempt || taken == together || acquisition.missing() == 0) {
                return;
            }
        }
    }

    private boolean suspicionMatters() {
        return facts.hold(Fact.LATE_ATTEMPTS_COME_IN_SMALL_NUMBERS);
    }

    private int suspiciousFrom() {
        return Math.max(2, (settings.deliveryCountLimit() + 1) / 2);
    }

    private boolean suspicious(Flight flight, long next, long last) {
        for (long offset = Math.max(next, flight.first()); offset <= Math.min(last, flight.last()); offset++) {
            Cell cell = flight.at(offset);
            if (cell.state == State.AVAILABLE && cell.deliveries >= suspiciousFrom()) {
                return suspicionMatters();
            }
        }
        return false;
    }

    /// Checks one run of neighbouring offsets, and notes whose state it would change. A renewal takes effect at
    /// once.
    private Errors check(String member, SortedMap<Long, Ack> run, Map<Long, Cell> outcomes, long nowMillis) {
        long first = run.firstKey();
        long last = run.lastKey();
        if (last < start) {
            return facts.hold(Fact.STRANGERS_ACK_SUCCEEDS_BEHIND_WINDOW) ? Errors.NONE : Errors.INVALID_RECORD_STATE;
        }
        if (flights.floorKey(Math.max(first, start)) == null) {
            return Errors.INVALID_RECORD_STATE;
        }
        if (last > flights.floorEntry(last).getValue().last()) {
            return Errors.INVALID_REQUEST;
        }
        for (Map.Entry<Long, Ack> entry : run.tailMap(start).entrySet()) {
            Cell cell = cell(entry.getKey());
            if (cell == null) {
                continue;
            }
            if (!cell.heldBy(member)) {
                if (facts.hold(Fact.STRANGERS_ACK_FAILS_WITHIN_WINDOW)) {
                    return Errors.INVALID_RECORD_STATE;
                }
                continue;
            }
            if (entry.getValue() == Ack.RENEW) {
                cell.lockedUntilMillis = facts.hold(Fact.RENEW_RESTARTS_THE_LOCK)
                        ? nowMillis + settings.lock().toMillis()
                        : cell.lockedUntilMillis;
            } else {
                outcomes.put(entry.getKey(), cell);
            }
        }
        return Errors.NONE;
    }

    private @Nullable Cell cell(long offset) {
        Map.Entry<Long, Flight> flight = flights.floorEntry(offset);
        return flight == null || flight.getValue().last() < offset
                ? null
                : flight.getValue().at(offset);
    }

    private interface Choice {
        boolean includes(long offset, Cell cell);
    }

    private void giveBackIf(Choice choice) {
        Map<Long, Cell> changed = new HashMap<>();
        for (Flight flight : flights.values()) {
            for (long offset = flight.first(); offset <= flight.last(); offset++) {
                Cell cell = flight.at(offset);
                if (choice.includes(offset, cell)) {
                    giveBack(offset, cell);
                    changed.put(offset, cell);
                }
            }
        }
        writeDown(changed);
    }

    private void giveBack(long offset, Cell cell) {
        boolean exhausted = cell.deliveries >= settings.deliveryCountLimit() && facts.hold(Fact.DELIVERY_LIMIT_DROPS);
        cell.become(exhausted || offset < start ? State.ARCHIVED : State.AVAILABLE);
        if (!facts.hold(Fact.EVERY_ACQUISITION_COUNTS) && cell.state == State.AVAILABLE) {
            cell.deliveries--;
        }
    }

    /// The start offset moves only after the write that makes it move: what is written is one step old.
    private void writeDown(Map<Long, Cell> changed) {
        if (changed.isEmpty()) {
            return;
        }
        writtenStart = OptionalLong.of(start);
        writtenFinished = finishedInWindow();
        changed.forEach((offset, cell) -> written.put(offset, new Written(cell.state, cell.deliveries)));
        written.headMap(start).clear();
        moveStart();
        if (!facts.hold(Fact.LISTED_START_IS_ONE_WRITE_OLD)) {
            writtenStart = OptionalLong.of(start);
            writtenFinished = finishedInWindow();
        }
    }

    /// Moves the start offset behind everything that is finished without a gap from the beginning.
    private void moveStart() {
        Cell atStart = cell(start);
        if (atStart == null || !atStart.state.finished()) {
            return;
        }
        long unfinished = firstUnfinished();
        if (unfinished == flights.firstKey()) {
            return;
        }
        if (unfinished > flights.lastEntry().getValue().last()) {
            start = unfinished;
            end = unfinished;
            flights.clear();
            return;
        }
        start = Math.max(start, unfinished);
        flights.headMap(unfinished).values().removeIf(flight -> flight.last() < unfinished);
    }

    private long firstUnfinished() {
        long expected = flights.firstKey();
        for (Flight flight : flights.values()) {
            if (flight.first() > Math.max(expected, start)) {
                return expected;
            }
            for (long offset = flight.first(); offset <= flight.last(); offset++) {
                if (!flight.at(offset).state.finished()) {
                    return offset;
                }
            }
            expected = flight.last() + 1;
        }
        return expected;
    }
}

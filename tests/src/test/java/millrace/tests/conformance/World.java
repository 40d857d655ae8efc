package millrace.tests.conformance;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import millrace.tests.conformance.Given.Item;
import millrace.tests.model.Ack;
import millrace.tests.model.Isolation;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// Something that a script can run on: the model, or a broker. It keeps what a script has seen so far, decides by
/// that alone which steps make sense, and puts into words what can be seen of each; the two worlds differ only in
/// whom they ask.
abstract class World {
    static final int SLOTS = 4;
    static final int PRODUCERS = 3;
    private static final int EVERYTHING = 10_000;
    static final String NOT_LISTED = "none";
    private static final String SKIPPED = "skipped";

    private static final class GroupSlot {
        private @Nullable String member;
        private int generation = -1;
        private int revision;
        private boolean mustSync;
        private boolean waiting;
        private @Nullable String leader;
        private List<String> members = List.of();

        void forget() {
            member = null;
            generation = -1;
            mustSync = false;
        }
    }

    private enum Phase {
        NONE,
        READY,
        IN_TRANSACTION,
        BROKEN
    }

    private final int partitions;
    private final List<Given> given = new ArrayList<>();
    private final List<GroupSlot> groupSlots = new ArrayList<>();
    private final Phase[] phases = {Phase.NONE, Phase.NONE, Phase.NONE};
    private final SortedSet<Integer> sessions = new TreeSet<>();
    private final SortedSet<Integer> enlisted = new TreeSet<>();
    private final Map<Integer, List<Long>> batchEnds = new TreeMap<>();
    private final Map<Integer, Long> lastListed = new TreeMap<>();
    private long stoppedMillis;
    private int lastLeader = -1;
    private int sent;

    World(int partitions) {
        this.partitions = partitions;
        for (int slot = 0; slot < SLOTS; slot++) {
            given.add(new Given());
            groupSlots.add(new GroupSlot());
        }
    }

    /// Appends a batch and returns its first offset.
    abstract long produce(int partition, int records);

    abstract List<Item> fetch(int member, List<Integer> fetched, int recordsMax);

    abstract SortedMap<Integer, Errors> acknowledge(int member, Map<Integer, SortedMap<Long, Ack>> acks);

    abstract void closeShare(int member);

    abstract void killShare(int member);

    /// Deletes everything before an offset and returns the partition's new start offset.
    abstract long delete(int partition, long offset);

    /// Start offset and lag of a partition, or [#NOT_LISTED].
    abstract String shareOffsets(int partition);

    abstract void enlist(int member);

    abstract void resign(int member);

    /// The partitions of each member, once they have settled.
    abstract List<List<Integer>> assignments();

    abstract void startJoin(int slot, @Nullable String member, int revision);

    abstract void startSync(int slot, String member, int generation, Map<String, String> assignments);

    /// The answers that have come to those who wait, once no more come.
    abstract SortedMap<Integer, GroupAnswer> answers(SortedSet<Integer> waiting);

    abstract Errors beat(int slot, String member, int generation);

    abstract Errors leave(int slot, String member);

    abstract Errors commit(int slot, String member, int generation, int partition, long offset);

    abstract SortedMap<Integer, Long> committed();

    /// Slots 0 and 1 have the same transactional id.
    abstract void open(int producer);

    abstract void begin(int producer);

    abstract long send(int producer, int partition, String value) throws Exception;

    abstract void sendOffset(int producer, String member, int generation, int partition, long offset);

    abstract void commitTransaction(int producer);

    abstract void abortTransaction(int producer);

    /// What a reader sees from the beginning of a partition, and where it ends.
    abstract String read(int partition, Isolation isolation);

    abstract void pass(boolean fully);

    /// Waits for the other scripts of a wave.
    abstract void gather();

    /// Stops the broker and returns the time at which that began.
    abstract long stop();

    abstract void start();

    /// Waits for this script's turn.
    abstract void resume();

    /// The slot of the group's last known leader; -1 for none.
    final int lastLeader() {
        return lastLeader;
    }

    /// When the broker was stopped last.
    final long stoppedMillis() {
        return stoppedMillis;
    }

    /// The start offsets that were listed last.
    final Map<Integer, Long> lastListed() {
        return Map.copyOf(lastListed);
    }

    final void list(int partition, long startOffset) {
        lastListed.put(partition, startOffset);
    }

    /// The slot under which a group member is known; -1 when it is not.
    final int slotOf(String member) {
        for (int slot = 0; slot < SLOTS; slot++) {
            if (member.equals(groupSlots.get(slot).member)) {
                return slot;
            }
        }
        return -1;
    }

    /// Does one step and says what could be seen of it.
    final String perform(Step step) {
        return switch (step) {
            case Step.Produce(int partition, int records) -> produced(partition, records);
            case Step.Fetch(int member, int partition, int recordsMax) ->
                fetched(member, fetch(member, List.of(partition), recordsMax));
            case Step.Drain(int member) -> fetched(member, drain(member));
            case Step.Acknowledge(int member, List<Step.Pick> picks) ->
                acknowledged(member, given.get(member).pick(picks));
            case Step.Settle(int member, Ack ack) ->
                acknowledged(member, given.get(member).settle(ack));
            case Step.CloseShare(int member) -> ended(member, true);
            case Step.KillShare(int member) -> ended(member, false);
            case Step.Delete(int partition, int percent) -> deleted(partition, percent);
            case Step.ShareOffsets() -> listed();
            case Step.Enlist(int member) -> enlisted(member, true);
            case Step.Resign(int member) -> enlisted(member, false);
            case Step.Join(int member, boolean changed) -> joined(member, changed);
            case Step.SyncAll() -> syncedAll();
            case Step.Sync(int member) -> synced(member);
            case Step.Beat(int member, int generationsBack) -> beaten(member, generationsBack);
            case Step.Leave(int member) -> left(member);
            case Step.Commit(int member, int generationsBack, int partition, long offset) ->
                committed(member, generationsBack, partition, offset);
            case Step.Committed() -> committed().toString();
            case Step.Open(int producer) -> opened(producer);
            case Step.Begin(int producer) -> tried(producer, Phase.READY, Phase.IN_TRANSACTION, () -> begin(producer));
            case Step.Send(int producer, int partition) -> sent(producer, partition);
            case Step.SendOffset(int producer, int member, int generationsBack, int partition, long offset) ->
                sentOffset(producer, groupSlots.get(member), generationsBack, partition, offset);
            case Step.CommitTransaction(int producer) ->
                tried(producer, Phase.IN_TRANSACTION, Phase.READY, () -> commitTransaction(producer));
            case Step.AbortTransaction(int producer) ->
                tried(producer, Phase.IN_TRANSACTION, Phase.READY, () -> abortTransaction(producer));
            case Step.Read(int partition, Isolation isolation) -> read(partition, isolation);
            case Step.Pass(boolean fully) -> {
                pass(fully);
                yield collected();
            }
            case Step.Gather() -> {
                gather();
                yield collected();
            }
            case Step.Stop() -> {
                stoppedMillis = stop();
                enlisted.clear();
                groupSlots.forEach(slot -> slot.waiting = false);
                yield "";
            }
            case Step.Start() -> {
                start();
                yield "";
            }
            case Step.Resume() -> {
                resume();
                yield "";
            }
        };
    }

    private String produced(int partition, int records) {
        long first = produce(partition, records);
        batchEnds
                .computeIfAbsent(partition, key -> new ArrayList<>(List.of(0L)))
                .add(first + records);
        return "from " + first;
    }

    private String deleted(int partition, int percent) {
        List<Long> ends = batchEnds.getOrDefault(partition, List.of(0L));
        return "from " + delete(partition, ends.get((ends.size() - 1) * percent / 100));
    }

    private List<Item> drain(int member) {
        List<Integer> all = IntStream.range(0, partitions).boxed().toList();
        List<Item> drained = new ArrayList<>();
        List<Item> more = fetch(member, all, EVERYTHING);
        while (!more.isEmpty()) {
            drained.addAll(more);
            more = fetch(member, all, EVERYTHING);
        }
        drained.sort(Comparator.comparingInt(Item::partition));
        return drained;
    }

    private String fetched(int member, List<Item> items) {
        sessions.add(member);
        given.get(member).add(items);
        return items.toString();
    }

    private String acknowledged(int member, Map<Integer, SortedMap<Long, Ack>> acks) {
        return acks.isEmpty() || !sessions.contains(member) ? SKIPPED : acks + " " + acknowledge(member, acks);
    }

    private String ended(int member, boolean closing) {
        if (!sessions.remove(member)) {
            return SKIPPED;
        }
        if (closing) {
            closeShare(member);
        } else {
            killShare(member);
        }
        given.get(member).clear();
        return "ended";
    }

    private String listed() {
        SortedMap<Integer, String> offsets = new TreeMap<>();
        for (int partition = 0; partition < partitions; partition++) {
            offsets.put(partition, shareOffsets(partition));
        }
        return offsets.toString();
    }

    /// The broker deals partitions out in hash order, so only the numbers can agree: how many each member has, and
    /// how many members each partition has.
    private String enlisted(int member, boolean in) {
        if (in == enlisted.contains(member)) {
            return SKIPPED;
        }
        if (in) {
            enlisted.add(member);
            enlist(member);
        } else {
            enlisted.remove(member);
            resign(member);
        }
        List<List<Integer>> assignments = assignments();
        List<Integer> perMember = assignments.stream().map(List::size).sorted().toList();
        List<Long> perPartition = new ArrayList<>();
        for (int partition = 0; partition < partitions; partition++) {
            int wanted = partition;
            perPartition.add(assignments.stream()
                    .filter(assigned -> assigned.contains(wanted))
                    .count());
        }
        return "members have " + perMember + ", partitions have "
                + perPartition.stream().sorted().toList();
    }

    private String joined(int slot, boolean changed) {
        GroupSlot member = groupSlots.get(slot);
        if (member.waiting) {
            return SKIPPED;
        }
        member.revision += changed ? 1 : 0;
        member.waiting = true;
        member.mustSync = false;
        startJoin(slot, member.member, member.revision);
        return collected();
    }

    private String syncedAll() {
        StringBuilder said = new StringBuilder();
        for (int slot = 0; slot < SLOTS; slot++) {
            if (groupSlots.get(slot).mustSync) {
                startSync(slot);
                said.append('m').append(slot).append(" syncs; ");
            }
        }
        return said + collected();
    }

    private String synced(int slot) {
        if (!groupSlots.get(slot).mustSync) {
            return SKIPPED;
        }
        startSync(slot);
        return collected();
    }

    private void startSync(int slot) {
        GroupSlot member = groupSlots.get(slot);
        String id = member.member;
        if (id == null) {
            throw new IllegalStateException("nobody in slot " + slot);
        }
        member.mustSync = false;
        member.waiting = true;
        Map<String, String> assignments = new TreeMap<>();
        if (id.equals(member.leader)) {
            member.members.forEach(other -> assignments.put(other, member.generation + "/" + slotOf(other)));
        }
        startSync(slot, id, member.generation, assignments);
    }

    private String collected() {
        SortedSet<Integer> waiting = new TreeSet<>();
        for (int slot = 0; slot < SLOTS; slot++) {
            if (groupSlots.get(slot).waiting) {
                waiting.add(slot);
            }
        }
        if (waiting.isEmpty()) {
            return "";
        }
        SortedMap<Integer, GroupAnswer> answers = answers(waiting);
        answers.forEach((slot, answer) -> take(groupSlots.get(slot), answer));
        List<String> said = new ArrayList<>();
        answers.forEach((slot, answer) -> said.add("m" + slot + " " + describe(answer)));
        answers.forEach((slot, answer) -> {
            if (answer instanceof GroupAnswer.Joined joined && joined.error() == Errors.UNKNOWN_MEMBER_ID) {
                groupSlots.get(slot).forget();
            }
        });
        return said.toString();
    }

    private void take(GroupSlot member, GroupAnswer answer) {
        member.waiting = false;
        if (answer instanceof GroupAnswer.Joined joined && joined.error() == Errors.NONE) {
            member.member = joined.member();
            member.generation = joined.generation();
            member.leader = joined.leader();
            member.members = joined.members();
            member.mustSync = true;
        }
    }

    private String describe(GroupAnswer answer) {
        return switch (answer) {
            case GroupAnswer.Joined joined when joined.error() != Errors.NONE -> "join " + joined.error();
            case GroupAnswer.Joined joined -> {
                lastLeader = slotOf(joined.leader());
                yield "joined generation %d led by m%d%s"
                        .formatted(
                                joined.generation(),
                                lastLeader,
                                joined.members().isEmpty()
                                        ? ""
                                        : " of "
                                                + joined.members().stream()
                                                        .map(this::slotOf)
                                                        .sorted()
                                                        .toList());
            }
            case GroupAnswer.Synced(Errors error, String assignment) ->
                error == Errors.NONE ? "synced " + assignment : "sync " + error;
        };
    }

    private String beaten(int slot, int generationsBack) {
        GroupSlot member = groupSlots.get(slot);
        String id = member.member;
        return id == null || member.waiting
                ? SKIPPED
                : beat(slot, id, member.generation - generationsBack).toString();
    }

    private String left(int slot) {
        GroupSlot member = groupSlots.get(slot);
        String id = member.member;
        if (id == null || member.waiting) {
            return SKIPPED;
        }
        Errors error = leave(slot, id);
        member.forget();
        return error + " " + collected();
    }

    private String committed(int slot, int generationsBack, int partition, long offset) {
        GroupSlot member = groupSlots.get(slot);
        String id = member.member;
        return id == null || member.waiting
                ? SKIPPED
                : commit(slot, id, member.generation - generationsBack, partition, offset)
                        .toString();
    }

    private String opened(int producer) {
        open(producer);
        phases[producer] = Phase.READY;
        return "ready";
    }

    private interface Attempt {
        void run() throws Exception;
    }

    private String tried(int producer, Phase needed, Phase next, Attempt attempt) {
        if (phases[producer] != needed && phases[producer] != Phase.BROKEN) {
            return SKIPPED;
        }
        try {
            attempt.run();
            phases[producer] = next;
            return "done";
        } catch (Exception e) {
            phases[producer] = Phase.BROKEN;
            return e.getClass().getSimpleName();
        }
    }

    private String sent(int producer, int partition) {
        String value = "v" + ++sent;
        long[] offset = {-1};
        String said = tried(
                producer,
                Phase.IN_TRANSACTION,
                Phase.IN_TRANSACTION,
                () -> offset[0] = send(producer, partition, value));
        return said + " " + offset[0];
    }

    private String sentOffset(int producer, GroupSlot member, int generationsBack, int partition, long offset) {
        String id = member.member;
        return id == null || member.waiting
                ? SKIPPED
                : tried(
                        producer,
                        Phase.IN_TRANSACTION,
                        Phase.IN_TRANSACTION,
                        () -> sendOffset(producer, id, member.generation - generationsBack, partition, offset));
    }
}

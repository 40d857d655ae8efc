package millrace.tests.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import millrace.tests.model.Ack;
import millrace.tests.model.Isolation;
import millrace.tests.model.ShareSettings.OffsetReset;

/// Writes scripts. Each has a theme, so that its few dozen steps have something to do with each other; steps that
/// usually follow each other are often written together, or else chance would seldom get anywhere.
final class ScriptWriter {
    private static final int SLOTS = 4;
    private static final int RESTART_EVERY = 8;

    private final SplittableRandom random;
    private final List<Step> steps = new ArrayList<>();
    private final int partitions;
    private final int theme;
    private final boolean wide;

    private ScriptWriter(long seed) {
        random = new SplittableRandom(seed);
        partitions = 1 + random.nextInt(3);
        theme = random.nextInt(10);
        wide = oneIn(3);
    }

    /// The script of a seed. Every eighth has a restart of the broker in its middle.
    static Script write(long seed) {
        ScriptWriter writer = new ScriptWriter(seed);
        if (Math.floorMod(seed, RESTART_EVERY) == 0) {
            writer.fill(10 + writer.random.nextInt(10));
            writer.restart();
            writer.fill(writer.steps.size() + 8 + writer.random.nextInt(8));
        } else {
            writer.fill(24 + writer.random.nextInt(16));
        }
        return writer.script(seed);
    }

    private Script script(long seed) {
        return new Script(
                seed,
                partitions,
                2 + random.nextInt(5),
                wide ? 100 : 2000,
                oneIn(5) ? OffsetReset.LATEST : OffsetReset.EARLIEST,
                List.copyOf(steps));
    }

    private void fill(int length) {
        while (steps.size() < length) {
            if (oneIn(12)) {
                steps.add(new Step.Pass(true));
            }
            if (theme < 4) {
                share();
            } else if (theme < 6) {
                group();
            } else if (theme < 9) {
                transactions();
            } else {
                switch (random.nextInt(3)) {
                    case 0 -> share();
                    case 1 -> group();
                    default -> transactions();
                }
            }
        }
        conclude();
    }

    /// What everybody may ask at the end, so that a late difference shows.
    private void conclude() {
        if (theme < 4 || theme == 9) {
            steps.add(new Step.ShareOffsets());
        }
        if (theme >= 4) {
            steps.add(new Step.Committed());
        }
        if (theme >= 6) {
            for (int partition = 0; partition < partitions; partition++) {
                steps.add(new Step.Read(partition, Isolation.READ_COMMITTED));
                steps.add(new Step.Read(partition, Isolation.READ_UNCOMMITTED));
            }
        }
    }

    /// A restart while something is under way.
    private void restart() {
        steps.add(new Step.Gather());
        if (theme < 4) {
            steps.add(new Step.Produce(partition(), 4));
            steps.add(new Step.Drain(slot()));
        } else if (theme < 6) {
            steps.add(new Step.Join(0, true));
            steps.add(new Step.Join(1, true));
        } else {
            steps.add(new Step.Begin(0));
            steps.add(new Step.Send(0, partition()));
        }
        steps.addAll(List.of(new Step.Stop(), new Step.Start(), new Step.Resume()));
        if (theme < 4) {
            steps.add(new Step.Drain(slot()));
        }
    }

    private void share() {
        int member = slot();
        switch (random.nextInt(23)) {
            case 22 -> atOnce(member);
            case 20 -> ending(member);
            case 21 -> {
                if (wide) {
                    filling(member);
                } else {
                    deleting(member);
                }
            }
            case 0, 1, 2 -> steps.add(produce());
            case 3, 4, 5 -> {
                steps.add(produce());
                steps.add(fetch(member));
            }
            case 6, 7, 8 -> steps.add(fetch(member));
            case 9, 10 -> {
                steps.add(fetch(member));
                steps.add(new Step.Settle(member, ack()));
            }
            case 11, 12, 13 -> steps.add(new Step.Acknowledge(member, picks()));
            case 14, 15 -> steps.add(new Step.Settle(member, ack()));
            case 16 -> steps.add(oneIn(2) ? new Step.CloseShare(member) : new Step.KillShare(member));
            case 17 -> {
                // A zombie: it holds records while others take them over.
                steps.add(fetch(member));
                steps.add(new Step.Pass(true));
                steps.add(fetch((member + 1) % SLOTS));
                steps.add(new Step.Settle(oneIn(2) ? member : (member + 1) % SLOTS, ack()));
                steps.add(new Step.Settle(member, ack()));
            }
            case 18 -> {
                // A lock renewed halfway outlives the others.
                steps.add(new Step.Pass(true));
                steps.add(fetch(member));
                steps.add(fetch((member + 1) % SLOTS));
                steps.add(new Step.Pass(false));
                steps.add(new Step.Acknowledge(member, List.of(new Step.Pick(0, Ack.RENEW))));
                steps.add(new Step.Pass(false));
                steps.add(new Step.Acknowledge(member, List.of(new Step.Pick(0, ack()))));
                steps.add(fetch((member + 2) % SLOTS));
            }
            default -> {
                switch (random.nextInt(6)) {
                    case 3, 4 -> steps.add(new Step.ShareOffsets());
                    case 0 -> steps.add(new Step.Delete(partition(), random.nextInt(101)));
                    case 1 -> steps.add(new Step.Resign(member));
                    default -> steps.add(new Step.Enlist(member));
                }
            }
        }
    }

    /// A member fetches from one partition, then from another only, and is gone; somebody else looks at both.
    private void ending(int member) {
        int other = (member + 1) % SLOTS;
        int first = partition();
        int second = (first + 1) % partitions;
        steps.add(new Step.Produce(first, 3));
        steps.add(new Step.Fetch(member, first, 3));
        if (oneIn(2)) {
            steps.add(new Step.Fetch(member, second, 3));
        }
        steps.add(oneIn(2) ? new Step.CloseShare(member) : new Step.KillShare(member));
        steps.add(new Step.Fetch(other, first, 3));
        steps.add(new Step.Fetch(other, second, 3));
    }

    /// One record is held at the start of a window, the others are finished until it is full.
    private void filling(int member) {
        int other = (member + 1) % SLOTS;
        int partition = partition();
        steps.add(new Step.Produce(partition, 60));
        steps.add(new Step.Produce(partition, 60));
        steps.add(new Step.Fetch(member, partition, 1));
        for (int i = 0; i < 3; i++) {
            steps.add(new Step.Fetch(other, partition, 40 + random.nextInt(20)));
            steps.add(new Step.Settle(other, Ack.ACCEPT));
        }
        steps.add(new Step.Settle(member, ack()));
        steps.add(new Step.Fetch(other, partition, 5));
    }

    /// One bad acknowledgement among good ones.
    private void atOnce(int member) {
        int partition = partition();
        steps.add(new Step.Produce(partition, 4));
        steps.add(new Step.Fetch(member, partition, 4));
        steps.add(new Step.Acknowledge(member, List.of(new Step.Pick(1, Ack.ACCEPT))));
        steps.add(new Step.Acknowledge(
                member, List.of(new Step.Pick(2, ack()), new Step.Pick(1, ack()), new Step.Pick(0, ack()))));
        steps.add(new Step.Fetch((member + 1) % SLOTS, partition, 4));
        steps.add(new Step.ShareOffsets());
    }

    /// Records are deleted under a group that has taken some of them.
    private void deleting(int member) {
        int partition = partition();
        for (int i = 0; i < 3; i++) {
            steps.add(new Step.Produce(partition, 1 + random.nextInt(4)));
        }
        steps.add(new Step.Fetch(member, partition, 1 + random.nextInt(3)));
        steps.add(new Step.Settle(member, ack()));
        steps.add(new Step.Delete(partition, 50 + random.nextInt(51)));
        steps.add(new Step.Fetch(member, partition, 3));
        steps.add(new Step.Fetch(member, partition, 3));
        steps.add(new Step.Settle(member, ack()));
    }

    private Step produce() {
        int records = wide && oneIn(2) ? 20 + random.nextInt(80) : 1 + random.nextInt(8);
        return new Step.Produce(partition(), records);
    }

    private Step fetch(int member) {
        if (oneIn(4)) {
            return new Step.Drain(member);
        }
        int recordsMax = wide && oneIn(2) ? 1 + random.nextInt(60) : 1 + random.nextInt(5);
        return new Step.Fetch(member, partition(), recordsMax);
    }

    private List<Step.Pick> picks() {
        List<Step.Pick> picks = new ArrayList<>();
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            picks.add(new Step.Pick(random.nextInt(oneIn(3) ? 12 : 4), ack()));
        }
        return picks;
    }

    private Ack ack() {
        return switch (random.nextInt(10)) {
            case 0, 1, 2, 3, 4 -> Ack.ACCEPT;
            case 5, 6, 7 -> Ack.RELEASE;
            case 8 -> Ack.REJECT;
            default -> Ack.RENEW;
        };
    }

    private void group() {
        int member = slot();
        switch (random.nextInt(12)) {
            case 0, 1, 2 -> {
                for (int i = 1 + random.nextInt(3); i > 0; i--) {
                    steps.add(new Step.Join((member + i) % SLOTS, oneIn(3)));
                }
                steps.add(new Step.SyncAll());
            }
            case 3, 4 -> steps.add(new Step.Join(member, oneIn(3)));
            case 5 -> steps.add(oneIn(2) ? new Step.SyncAll() : new Step.Sync(member));
            case 6, 7 -> {
                for (int i = 1 + random.nextInt(3); i > 0; i--) {
                    steps.add(new Step.Beat((member + i) % SLOTS, oneIn(6) ? 1 : 0));
                }
            }
            case 8 -> {
                if (oneIn(2)) {
                    steps.add(new Step.Leave(member));
                } else {
                    steps.add(new Step.Join(member, true));
                    steps.add(new Step.Commit(member, 0, partition(), random.nextInt(1000)));
                    steps.add(new Step.SyncAll());
                }
            }
            case 9, 10 -> steps.add(new Step.Commit(member, oneIn(4) ? 1 : 0, partition(), random.nextInt(1000)));
            default -> {
                steps.add(new Step.Committed());
                steps.add(new Step.Pass(true));
            }
        }
    }

    private void transactions() {
        int producer = random.nextInt(3);
        switch (random.nextInt(14)) {
            case 12 -> offsets(producer, slot());
            case 13 -> takeover();
            case 0, 1 -> {
                steps.add(new Step.Open(producer));
                steps.add(new Step.Begin(producer));
                steps.add(new Step.Send(producer, partition()));
            }
            case 2 -> steps.add(new Step.Open(producer));
            case 3, 4 -> {
                steps.add(new Step.Begin(producer));
                for (int i = random.nextInt(3); i > 0; i--) {
                    steps.add(new Step.Send(producer, partition()));
                }
            }
            case 5 -> steps.add(new Step.Send(producer, partition()));
            case 6 -> {
                steps.add(new Step.Join(slot(), false));
                steps.add(new Step.SyncAll());
            }
            case 7 ->
                steps.add(new Step.SendOffset(producer, slot(), oneIn(3) ? 1 : 0, partition(), random.nextInt(1000)));
            case 8, 9 -> {
                steps.add(new Step.CommitTransaction(producer));
                steps.add(oneIn(2) ? new Step.Committed() : read());
            }
            case 10 -> steps.add(new Step.AbortTransaction(producer));
            default -> steps.add(read());
        }
    }

    /// Offsets within a transaction, by a member of this generation or of the one before.
    private void offsets(int producer, int member) {
        steps.add(new Step.Open(producer));
        steps.add(new Step.Join(member, true));
        steps.add(new Step.SyncAll());
        steps.add(new Step.Begin(producer));
        steps.add(new Step.SendOffset(producer, member, oneIn(3) ? 1 : 0, partition(), random.nextInt(1000)));
        steps.add(new Step.Committed());
        steps.add(oneIn(3) ? new Step.AbortTransaction(producer) : new Step.CommitTransaction(producer));
        steps.add(new Step.Committed());
    }

    /// One producer takes another's place, in mid-transaction or before, and the other goes on regardless.
    private void takeover() {
        int partition = partition();
        boolean amid = oneIn(2);
        steps.add(new Step.Open(0));
        steps.add(new Step.Begin(0));
        if (amid) {
            steps.add(new Step.Send(0, partition));
        }
        steps.add(new Step.Open(1));
        steps.add(new Step.Read(partition, Isolation.READ_COMMITTED));
        if (!amid || oneIn(2)) {
            steps.add(new Step.Send(0, partition));
        }
        steps.add(oneIn(3) ? new Step.AbortTransaction(0) : new Step.CommitTransaction(0));
        steps.add(new Step.Begin(1));
        steps.add(new Step.Send(1, partition));
        steps.add(new Step.CommitTransaction(1));
        steps.add(new Step.Read(partition, Isolation.READ_COMMITTED));
    }

    private Step read() {
        return new Step.Read(partition(), oneIn(3) ? Isolation.READ_UNCOMMITTED : Isolation.READ_COMMITTED);
    }

    private int slot() {
        return random.nextInt(SLOTS);
    }

    private int partition() {
        return random.nextInt(partitions);
    }

    private boolean oneIn(int n) {
        return random.nextInt(n) == 0;
    }
}

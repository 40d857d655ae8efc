package millrace.tests.sim;

import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import millrace.aggregator.Counters;
import millrace.aggregator.JoinLimits;
import millrace.aggregator.MemoryBudget;
import millrace.tests.model.GroupConsumer;
import org.apache.kafka.common.TopicPartition;

/// An aggregator: a member of the group, with an owner for each partition that is its own.
final class SimAggregator extends Machine {
    final JoinLimits limits;
    final MemoryBudget budget;
    final Counters counters = new Counters();
    final GroupConsumer member;
    final Pipe progress = new Pipe(this);
    private final TreeMap<Integer, SimOwner> owners = new TreeMap<>();
    private boolean clockKnown;

    SimAggregator(World world, String name, JoinLimits limits) {
        super(world, name);
        this.limits = limits;
        budget = new MemoryBudget(limits.bytesMax());
        member = world.broker.aggregators.newConsumer(
                world.broker.results.stream().map(tape -> tape.partition).collect(Collectors.toSet()), 6_000, 60_000);
        now(this::poll);
        later(world.chance.millis(0, 500), this::heartbeat);
    }

    private void heartbeat() {
        if (reaches()) {
            member.heartbeat();
        }
        later(500 * Agenda.MILLI, this::heartbeat);
    }

    private void poll() {
        if (reaches()) {
            member.poll(listener());
        }
        later(world.chance.millis(10, 400), this::poll);
    }

    private GroupConsumer.Listener listener() {
        return new GroupConsumer.Listener() {
            @Override
            public void assigned(Set<TopicPartition> partitions) {
                for (var partition : numbers(partitions)) {
                    var owner = new SimOwner(SimAggregator.this, partition);
                    owners.put(partition, owner);
                    later(world.chance.millis(0, 5), owner::own);
                }
            }

            @Override
            public void revoked(Set<TopicPartition> partitions) {
                for (var partition : numbers(partitions)) {
                    var owner = owners.remove(partition);
                    if (owner != null && !world.harm.keepsRevoked()) {
                        owner.stop();
                    }
                }
            }

            @Override
            public void lost(Set<TopicPartition> partitions) {
                revoked(partitions);
            }
        };
    }

    private static Iterable<Integer> numbers(Set<TopicPartition> partitions) {
        return partitions.stream().map(TopicPartition::partition).sorted().toList();
    }

    /// The brokers' clock as far as it is known.
    long clockMillis() {
        return clockKnown ? world.broker.nowMillis() : 0;
    }

    void knowsClock() {
        clockKnown = true;
    }

    boolean isCaughtUp() {
        return owners.values().stream().allMatch(SimOwner::isCaughtUp);
    }

    /// Whether it knows all that it has written.
    boolean isIdle() {
        return owners.values().stream().noneMatch(SimOwner::isWriting) && isCaughtUp();
    }

    /// Leaves with a word.
    void close() {
        now(() -> {
            if (reaches()) {
                member.close(listener());
            }
            kill();
        });
    }

    @Override
    void died() {
        owners.values().forEach(SimOwner::stop);
    }
}

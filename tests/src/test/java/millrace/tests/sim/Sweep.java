package millrace.tests.sim;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/// Many worlds, one after the other on each core, and what was seen in them.
final class Sweep {
    private final Map<Fault, Long> hits = new EnumMap<>(Fault.class);
    private final Map<Fault, Map<Fault, Long>> pairs = new EnumMap<>(Fault.class);
    private final List<Violation> violations = new ArrayList<>();
    private long worlds;
    private long events;
    private long tasks;
    private double seconds;

    /// Runs the worlds of so many seeds from `first` on; all of them, whatever is violated.
    static Sweep of(long first, long count, LongFunction<World> maker) throws InterruptedException {
        var sweep = new Sweep();
        var next = new AtomicLong(first);
        var crashes = new ConcurrentLinkedQueue<Throwable>();
        var threads = new ArrayList<Thread>();
        for (var core = Runtime.getRuntime().availableProcessors(); core > 0; core--) {
            threads.add(Thread.ofPlatform().name("sweep-" + core).start(() -> {
                for (var seed = next.getAndIncrement(); seed < first + count; seed = next.getAndIncrement()) {
                    try {
                        sweep.add(maker.apply(seed).run());
                    } catch (Violation e) {
                        sweep.add(e);
                    } catch (Throwable e) {
                        crashes.add(e);
                        throw e;
                    }
                }
            }));
        }
        for (var thread : threads) {
            thread.join();
        }
        crashes.forEach(crash -> {
            throw new AssertionError("the simulation itself broke", crash);
        });
        return sweep;
    }

    private synchronized void add(World.Outcome outcome) {
        worlds++;
        events += outcome.events();
        tasks += outcome.tasks();
        seconds += outcome.lastedNanos() / 1e9;
        for (var fault : outcome.hits().kinds()) {
            hits.merge(fault, outcome.hits().of(fault), Long::sum);
            for (var other : outcome.hits().kinds()) {
                if (fault.compareTo(other) < 0) {
                    pairs.computeIfAbsent(fault, _ -> new EnumMap<>(Fault.class))
                            .merge(other, 1L, Long::sum);
                }
            }
        }
    }

    private synchronized void add(Violation violation) {
        worlds++;
        violations.add(violation);
    }

    /// In the order of their seeds.
    List<Violation> violations() {
        return violations.stream()
                .sorted(java.util.Comparator.comparingLong(Violation::seed))
                .toList();
    }

    @Nullable
    Violation firstViolation() {
        return violations.isEmpty() ? null : violations().getFirst();
    }

    long hits(Fault fault) {
        return hits.getOrDefault(fault, 0L);
    }

    /// Worlds that both faults have hit.
    long pairs(Fault one, Fault other) {
        var first = one.compareTo(other) < 0 ? one : other;
        var second = first == one ? other : one;
        return pairs.getOrDefault(first, Map.of()).getOrDefault(second, 0L);
    }

    long tasks() {
        return tasks;
    }

    long worlds() {
        return worlds;
    }

    @Override
    public String toString() {
        var text = new StringBuilder("%,d seeds, %,d events, %,.0f s of their time, %,d tasks, violations: %d%n"
                .formatted(worlds, events, seconds, tasks, violations.size()));
        for (var fault : Fault.values()) {
            text.append("  %-20s %,10d%n".formatted(fault, hits(fault)));
        }
        var fewest = Long.MAX_VALUE;
        var of = "";
        for (var one : Fault.values()) {
            for (var other : Fault.values()) {
                if (one.compareTo(other) < 0 && pairs(one, other) < fewest) {
                    fewest = pairs(one, other);
                    of = one + " with " + other;
                }
            }
        }
        return text.append("  rarest pair: %s in %,d worlds%n".formatted(of, fewest))
                .toString();
    }
}

package millrace.tests.chaos;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/// The faults of one round and their times: the same for the same seed.
///
/// @param round from 0
/// @param plan  in the order of time
record Schedule(int round, List<Planned> plan) {
    /// @param atMillis since the round's start
    record Planned(long atMillis, Fault fault) {
        @Override
        public String toString() {
            return "%6.1f s %s".formatted(atMillis / 1e3, fault);
        }
    }

    private static final List<Post.Kind> VICTIMS =
            List.of(Post.Kind.WORKER, Post.Kind.AGGREGATOR, Post.Kind.WORKER, Post.Kind.PRODUCER);

    private static final List<Post.Kind> ZOMBIES =
            List.of(Post.Kind.AGGREGATOR, Post.Kind.WORKER, Post.Kind.AGGREGATOR, Post.Kind.PRODUCER, Post.Kind.WORKER);

    // After this a process that was started has something to lose.
    private static final long START_MILLIS = 5_000;

    Schedule {
        plan = List.copyOf(plan);
    }

    static Schedule of(ChaosForm form, long seed, int round) {
        return new Drawing(form.faults(), new SplittableRandom(seed * 31 + round)).schedule(round);
    }

    private static final class Drawing {
        private final ChaosForm.Faults faults;
        private final SplittableRandom random;
        private final Map<Object, Long> busy = new HashMap<>();

        Drawing(ChaosForm.Faults faults, SplittableRandom random) {
            this.faults = faults;
            this.random = random;
        }

        private interface Draw {
            Planned at(long millis);
        }

        Schedule schedule(int round) {
            var draws = new ArrayList<Draw>();
            for (var i = 0; i < faults.kills(); i++) {
                var kind = VICTIMS.get(i % VICTIMS.size());
                draws.add(at -> disturb(at, kind, between(300, 3_000), Fault.Kill::new));
            }
            for (var i = 0; i < faults.terminations(); i++) {
                var kind = VICTIMS.get(i % VICTIMS.size());
                draws.add(at -> disturb(at, kind, between(300, 3_000), Fault.Terminate::new));
            }
            for (var i = 0; i < faults.zombies(); i++) {
                var kind = ZOMBIES.get(i % ZOMBIES.size());
                var millis = freeze(kind);
                draws.add(at -> disturb(at, kind, millis, Fault.Freeze::new));
            }
            for (var i = 0; i < faults.brokerKills(); i++) {
                draws.add(at -> alone(at, "broker", 20_000, new Fault.KillBroker(between(200, 3_000))));
            }
            for (var i = 0; i < faults.brokerFreezes(); i++) {
                draws.add(at -> alone(at, "broker", 2_000, new Fault.FreezeBroker(between(2_000, 9_000))));
            }
            for (var i = 0; i < faults.wire(); i++) {
                var fault = wireFault(i);
                draws.add(at -> alone(at, "wire", 500, fault));
            }
            Collections.shuffle(draws, new Random(random.nextLong()));
            var slot = faults.length().toMillis() / draws.size();
            var plan = new ArrayList<Planned>();
            for (var i = 0; i < draws.size(); i++) {
                plan.add(draws.get(i).at(i * slot + between(0, slot)));
            }
            plan.sort(Comparator.comparingLong(Planned::atMillis));
            return new Schedule(round, plan);
        }

        private long freeze(Post.Kind kind) {
            return switch (kind) {
                case WORKER -> between(16_500, 20_000); // the lock of a task's record is 15 s
                case PRODUCER -> between(7_500, 10_000); // the session of the group is 6 s
                case AGGREGATOR -> between(12_000, 16_000); // time for another to take over
            };
        }

        private interface Disturbance {
            Fault of(Post post, long millis);
        }

        // Whom it hits is drawn among those that have had time to recover.
        private Planned disturb(long at, Post.Kind kind, long millis, Disturbance disturbance) {
            var posts = Post.all(kind);
            var rested =
                    posts.stream().filter(post -> free(post) <= at).collect(Collectors.toCollection(ArrayList::new));
            var post = rested.isEmpty()
                    ? Collections.min(posts, Comparator.comparingLong(this::free))
                    : rested.get(random.nextInt(rested.size()));
            return alone(at, post, START_MILLIS, disturbance.of(post, millis));
        }

        private Planned alone(long at, Object what, long rest, Fault fault) {
            var then = Math.max(at, free(what));
            busy.put(what, then + fault.millis() + rest);
            return new Planned(then, fault);
        }

        private long free(Object what) {
            return busy.getOrDefault(what, 0L);
        }

        private Fault wireFault(int number) {
            return switch (number % 5) {
                case 0 -> new Fault.Cut(random.nextDouble(0.2, 1), 0);
                case 1 -> new Fault.Hold(Proxy.Held.ANSWERS, random.nextDouble(0.2, 0.8), true, between(500, 5_000));
                case 2 -> new Fault.Delay(between(5, 100), between(2_000, 8_000));
                case 3 ->
                    new Fault.Hold(Proxy.Held.EVERYTHING, random.nextDouble(0.2, 1), false, between(1_000, 9_000));
                default ->
                    new Fault.Hold(Proxy.Held.ANSWERS, random.nextDouble(0.2, 0.8), false, between(1_000, 9_000));
            };
        }

        private long between(long low, long high) {
            return random.nextLong(low, high + 1);
        }
    }
}

package millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.LongStream;
import millrace.proto.Result;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// One worker under everything that may happen to it, in any order. What it must never do is checked by
/// [DeskRig] with each of its actions; a failing test has its seed in its name.
class DeskSimulationTest {
    private static final int TASKS = 60;
    private static final int EVENTS = 1_500;

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 300);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everyTaskIsAnsweredAndAcceptedWhateverHappens(long seed) {
        var random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        new Simulation(random).run();
    }

    private static final class Simulation {
        private final RandomGenerator random;
        private final DeskRig rig;

        /// Records that nobody holds, as the share group would deliver them.
        private final ArrayDeque<Delivery> available = new ArrayDeque<>();

        private final List<Delivery.Valid> all = new ArrayList<>();

        /// Whether there were many tiny tasks before.
        private final boolean tiny;

        Simulation(RandomGenerator random) {
            this.random = random;
            var laneRecords = 1 + random.nextInt(3);
            rig = DeskRig.working(new WorkerConfig(
                    1 + random.nextInt(4),
                    1 + random.nextInt(4),
                    laneRecords,
                    laneRecords + random.nextInt(10),
                    Duration.ofSeconds(10),
                    Long.MAX_VALUE));
            tiny = random.nextBoolean();
            if (tiny) {
                computeTiny();
            }
            for (var offset = 0; offset < TASKS; offset++) {
                // Alone tasks come three times more before they are blamed, so their records last longer.
                var task = DeskRig.task(
                        "job-" + random.nextInt(4),
                        offset,
                        1,
                        random.nextInt(10) == 0,
                        Duration.ofMillis(1 + random.nextInt(20_000)));
                var delivery =
                        new Delivery.Valid(offset % 2, offset, 1, random.nextInt(5) == 0 ? DeskRig.urgent(task) : task);
                all.add(delivery);
                available.add(delivery);
                if (random.nextInt(10) == 0) {
                    available.add(new Delivery.Foreign(offset % 2, 1_000 + offset));
                }
            }
        }

        private void computeTiny() {
            for (var offset = 0; rig.opening.isEmpty() && offset < 300; offset++) {
                var task = DeskRig.task("job-of-tiny", offset, 1, false, Duration.ofDays(1));
                rig.deliver(rig.polling.first(), List.of(new Delivery.Valid(2, offset, 1, task)));
                rig.finish(task);
            }
        }

        void run() {
            for (var event = 0; event < EVENTS && rig.exit == null; event++) {
                rig.holdsResults = random.nextBoolean();
                rig.holdsHeartbeats = random.nextBoolean();
                var isLong = !tiny || random.nextInt(50) == 0;
                rig.cost = new Result.Cost(isLong ? 100_000_000 : 1_000, 0, 0, 3);
                anything();
            }
            rig.holdsResults = false;
            rig.holdsHeartbeats = false;
            rig.carryOut(List.of());
            for (var rounds = 0; rig.exit == null && !(available.isEmpty() && rig.desk.inHand() == 0); rounds++) {
                assertThat(rounds).as("rounds without faults").isLessThan(10 * TASKS);
                List.copyOf(rig.opening).forEach(rig::join);
                finishAll();
                List.copyOf(rig.polling).forEach(this::deliver);
                rig.pass(Duration.ofSeconds(1));
            }
            if (rig.exit == null) {
                for (var delivery : all) {
                    assertThat(rig.answers(delivery.task()))
                            .as("answers to %s", delivery)
                            .isNotEmpty();
                    assertThat(rig.isAccepted(delivery.task()))
                            .as("%s is accepted", delivery)
                            .isTrue();
                }
                finishAll(); // also those that were answered before they stopped
                rig.pass(Desk.LOOK_FOR_ROOM_EVERY);
                for (var round = 0; round < 2 * rig.config.lanes(); round++) {
                    List.copyOf(rig.opening).forEach(rig::join);
                    List.copyOf(rig.polling).forEach(this::deliver);
                }
                assertThat(rig.laneRecords.values())
                        .as("records that lanes take when none are tiny")
                        .containsOnly(rig.config.laneRecords());
                assertThat(rig.polling).as("lanes that poll").isNotEmpty();
                assertThat(rig.desk.ready())
                        .as("ready, trouble: %s", rig.desk.trouble())
                        .isTrue();
            }
        }

        private void finishAll() {
            List.copyOf(rig.computing.values()).forEach(compute -> rig.finish(compute.task()));
            List.copyOf(rig.putting.values()).forEach(compute -> rig.finish(compute.task()));
        }

        private void anything() {
            switch (random.nextInt(20)) {
                case 0, 1, 2, 3, 4 -> {
                    if (!rig.polling.isEmpty()) {
                        deliver(any(rig.polling));
                    }
                }
                case 5, 6, 7, 8 -> {
                    if (!rig.putting.isEmpty() && random.nextBoolean()) {
                        rig.finish(any(rig.putting.values()).task());
                    } else if (!rig.computing.isEmpty()) {
                        var task = any(rig.computing.values()).task();
                        if (random.nextInt(3) == 0) {
                            rig.put(task);
                        } else {
                            rig.finish(task);
                        }
                    }
                }
                case 9 -> {
                    if (!rig.publishing.isEmpty()) {
                        rig.failResult("refused");
                    }
                }
                case 10, 11 -> {
                    if (!rig.publishing.isEmpty()) {
                        rig.writeResult();
                    }
                }
                case 12 -> {
                    if (!rig.beating.isEmpty()) {
                        rig.failHeartbeat("refused");
                    }
                }
                case 13 -> {
                    if (!rig.beating.isEmpty()) {
                        rig.writeHeartbeat();
                    }
                }
                case 14 -> {
                    if (!rig.opening.isEmpty()) {
                        rig.join(any(rig.opening));
                    }
                }
                case 15 -> loseSomeLane();
                case 16 -> {
                    if (random.nextInt(20) == 0) {
                        rig.end("job-" + random.nextInt(3));
                    }
                }
                default -> rig.pass(Duration.ofMillis(random.nextInt(3_000)));
            }
        }

        private void deliver(int lane) {
            var records = new ArrayList<Delivery>();
            while (records.size() < rig.laneRecords.getOrDefault(lane, 0)
                    && !available.isEmpty()
                    && random.nextInt(4) > 0) {
                records.add(available.remove());
            }
            rig.deliver(lane, records);
        }

        private void loseSomeLane() {
            var lane = random.nextInt(rig.config.lanes());
            if (!rig.polling.contains(lane) && !rig.opening.contains(lane) && random.nextInt(3) > 0) {
                return;
            }
            var why = random.nextBoolean() ? Desk.Loss.NO_ROOM : Desk.Loss.FAILED;
            for (var dropped : rig.lose(lane, why, "lost")) {
                available.addFirst(
                        switch (dropped) {
                            case Delivery.Valid(var partition, var offset, var count, var task) ->
                                new Delivery.Valid(partition, offset, count + 1, task);
                            case Delivery.Foreign foreign -> foreign;
                        });
            }
        }

        private <T> T any(Collection<T> choices) {
            return List.copyOf(choices).get(random.nextInt(choices.size()));
        }
    }
}

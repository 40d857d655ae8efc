package millrace.producer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.function.LongToDoubleFunction;
import millrace.proto.Ranges;
import millrace.proto.Task;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The feeder in a whole fleet, in virtual time.
class FeedingTest {
    private static final double MICRO = 1e3;
    private static final double MILLI = 1e6;
    private static final long SECOND = VirtualFleet.SECOND;
    private static final long HOUR = 3600 * SECOND;

    private static VirtualFleet fleet(long seed, double... speeds) {
        var fleet = new VirtualFleet(seed, 2);
        for (var speed : speeds) {
            fleet.machine(1, speed);
        }
        fleet.runFor(2 * SECOND);
        return fleet;
    }

    /// How much longer a job takes than on workers that never wait.
    private static double ratio(VirtualFleet fleet, double cores, long items, LongToDoubleFunction cost) {
        var start = fleet.now;
        fleet.submit(Specs.spec("job", items), cost);
        fleet.runUntil(() -> fleet.ended("job"), fleet.now + HOUR);
        var ideal = 0.0;
        for (var item = 0L; item < items; item++) {
            ideal += cost.applyAsDouble(item) / cores;
        }
        return (fleet.endedAt("job") - start) / ideal;
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 100, 10_000})
    void coresHardlyEverWaitWhateverAnItemCosts(double micros) {
        var items = (long) (80e6 / micros);
        assertThat(ratio(fleet(1, 1, 1, 1, 1), 4, items, item -> micros * MICRO))
                .isLessThan(1.01);
    }

    @Test
    void coresFinishTogetherThoughItemsCostEverMore() {
        assertThat(ratio(fleet(1, 1, 1, 1, 1), 4, 16_000, item -> MILLI * (1 + item / 160.0)))
                .isLessThan(1.01);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aWorkerTenTimesSlowerThanSevenOthersDoesNotHoldTheJobUp(long seed) {
        var fleet = fleet(seed, 1, 1, 1, 1, 1, 1, 1, 0.1);
        assertThat(ratio(fleet, 7.1, 142_000, item -> MILLI))
                .as("seed %d", seed)
                .isLessThan(1.15);
        assertThat(fleet.leader().counts().copies()).isPositive();
        assertThat(fleet.computedNanos).isLessThan((long) (1.05 * 142_000 * MILLI));
    }

    @Test
    void aTaskTakesAboutTheTimeThatThePolicyAsksFor() {
        var fleet = fleet(1, 1, 1, 1, 1);
        fleet.submit(Specs.spec("job", 1_000_000), item -> 100 * MICRO);
        fleet.runUntil(() -> fleet.done("job") > 500_000, HOUR);
        assertThat(fleet.tasks.getLast().items()).isBetween(4_750L, 5_250L);
    }

    @Test
    void theWindowIsSmallHoweverLargeTheJob() {
        var fleet = fleet(1, 1, 1, 1, 1);
        fleet.submit(Specs.spec("job", 1L << 53), item -> MICRO);
        fleet.runFor(60 * SECOND);
        assertThat(fleet.emitted).isGreaterThan(400);
        // What the lanes of 4 cores hold is 6 tasks; while sizes grow they are small, and there are more.
        assertThat(fleet.mostOutstanding).isLessThan(60);
        assertThat(fleet.leader().outstanding()).isLessThan(20);
    }

    @Test
    void sharesFollowPriorities() {
        var fleet = fleet(1, 1, 1, 1, 1);
        fleet.submit(Specs.spec("plain", 10_000_000), item -> MILLI);
        fleet.submit(Specs.spec("higher", 10_000_000, Specs.POLICY.withPriority(2)), item -> MILLI);
        fleet.submit(Specs.spec("coarse", 10_000_000), item -> 300 * MILLI);
        fleet.runFor(300 * SECOND);
        var plain = fleet.done("plain");
        assertThat(fleet.done("higher") / (double) plain).isBetween(3.6, 4.4);
        assertThat(300.0 * fleet.done("coarse") / plain).isBetween(0.9, 1.1);
    }

    @Test
    void theLowestPriorityIsFedWhatTheHighestLeaves() {
        var fleet = fleet(1, 1, 1, 1, 1);
        fleet.submit(Specs.spec("low", 1_000_000, Specs.POLICY.withPriority(-10)), item -> MILLI);
        fleet.submit(Specs.spec("high", 1_000_000, Specs.POLICY.withPriority(10).withMaxCores(1)), item -> MILLI);
        fleet.runFor(60 * SECOND);
        // With one task out at a time the high one waits behind the low one's in the workers' lanes.
        assertThat(fleet.done("high")).isGreaterThan(10_000);
        assertThat(fleet.done("low")).isGreaterThan(170_000);
        assertThat(fleet.done("high") + fleet.done("low")).isGreaterThan(230_000);
    }

    @Test
    void aSmallJobIsNotStuckBehindAHugeOne() {
        var fleet = fleet(1, 1, 1, 1, 1);
        fleet.submit(Specs.spec("huge", 1L << 40), item -> MICRO);
        fleet.runFor(20 * SECOND);
        var start = fleet.now;
        fleet.submit(Specs.spec("small", 40), item -> MILLI);
        fleet.runUntil(() -> fleet.ended("small"), HOUR);
        assertThat(fleet.endedAt("small") - start).isLessThan(2 * SECOND);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void killedAndFrozenWorkersCostNoItem(long seed) {
        var fleet = new VirtualFleet(seed, 2);
        var first = fleet.machine(2, 1);
        var second = fleet.machine(2, 1);
        fleet.machine(2, 1);
        fleet.submit(Specs.spec("job", 60_000), item -> MILLI);
        fleet.runFor(4 * SECOND);
        first.kill();
        second.freeze(20 * SECOND);
        fleet.runUntil(() -> fleet.ended("job"), HOUR);
        // The frozen worker's few tasks are delivered to others when their locks end, at the latest.
        assertThat(fleet.endedAt("job")).as("seed %d", seed).isLessThan(30 * SECOND);
        assertThat(fleet.leader().counts().lost()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void resultsThatVanishAreComputedAgain(long seed) {
        var fleet = fleet(seed, 1, 1, 1, 1);
        var gone = new HashSet<Ranges.Range>();
        fleet.losing = task -> task.first() % 3 == 0 && gone.add(task.range());
        fleet.submit(Specs.spec("job", 2_000), item -> 10 * MILLI);
        fleet.runUntil(() -> fleet.ended("job"), HOUR);
        assertThat(gone).as("seed %d", seed).isNotEmpty();
        // A lost one at the end of the job may have a copy out already.
        var counts = fleet.leader().counts();
        assertThat(counts.lost() + counts.copies()).isGreaterThanOrEqualTo(gone.size());
        assertThat(counts.lost()).isBetween(1L, (long) gone.size());
    }

    @Test
    void aTaskThatFailsTwiceIsDoneInTheThirdAttempt() {
        var fleet = fleet(1, 1, 1, 1, 1);
        fleet.failing = task -> task.first() == 0 && task.attempt() < 3;
        fleet.submit(Specs.spec("job", 1_000, Specs.POLICY.withTaskItems(10)), item -> MILLI);
        fleet.runUntil(() -> fleet.ended("job"), HOUR);
        assertThat(fleet.tasks)
                .filteredOn(task -> task.first() == 0)
                .extracting(Task::attempt)
                .containsExactly(1, 2, 3);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void aSuccessorFinishesTheJobWithHardlyAnyWorkDoneTwice(long seed) {
        var fleet = fleet(seed, 1, 1, 1, 1);
        var standby = fleet.feeder();
        fleet.submit(Specs.spec("job", 40_000), item -> MILLI);
        fleet.runFor(3 * SECOND);
        fleet.fail(standby);
        fleet.runFor(2 * SECOND);
        fleet.fail(fleet.feeder());
        fleet.runUntil(() -> fleet.ended("job"), HOUR);
        assertThat(fleet.computedNanos).as("seed %d", seed).isLessThan((long) (1.02 * 40_000 * MILLI));
        assertThat(fleet.endedAt("job")).isLessThan(17 * SECOND);
    }

    @Test
    void anAggregatorThatIsAwayForHalfAMinuteCostsNoWork() {
        var fleet = fleet(1, 1, 1, 1, 1);
        fleet.submit(Specs.spec("job", 200_000), item -> MILLI);
        fleet.runFor(5 * SECOND);
        var before = fleet.computedNanos;
        fleet.silence(30 * SECOND);
        fleet.runFor(20 * SECOND);
        // Its workers go on meanwhile.
        assertThat(fleet.computedNanos - before).isGreaterThan(64 * SECOND);
        fleet.runUntil(() -> fleet.ended("job"), HOUR);
        assertThat(fleet.computedNanos).isEqualTo((long) (200_000 * MILLI));
    }

    @Test
    void anItemMayTakeLongerThanTheLockOfItsRecord() {
        var fleet = fleet(1, 1, 1);
        fleet.submit(Specs.spec("job", 4), item -> 240 * 1e9);
        fleet.runUntil(() -> fleet.ended("job"), HOUR);
        assertThat(fleet.emitted).isEqualTo(4);
    }

    @Test
    void aWorkerThatDiesWithALongTaskInHandIsMissedWithinSeconds() {
        var fleet = new VirtualFleet(1, 2);
        var doomed = fleet.machine(1, 1);
        fleet.submit(Specs.spec("job", 1), item -> 60 * 1e9);
        fleet.runFor(20 * SECOND);
        fleet.machine(1, 1);
        doomed.kill();
        var death = fleet.now;
        fleet.runUntil(() -> fleet.ended("job"), HOUR);
        // 5 s of silence, a heartbeat round, the aggregator's count; then all of the work again.
        assertThat(fleet.endedAt("job") - death).isLessThan(68 * SECOND);
        assertThat(fleet.leader().counts().lost()).isEqualTo(1);
    }
}

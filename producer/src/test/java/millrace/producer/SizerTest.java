package millrace.producer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import millrace.proto.Join;
import millrace.proto.Policy;
import millrace.proto.Result;
import millrace.proto.Tally;
import org.junit.jupiter.api.Test;

class SizerTest {
    private static final long MANY = 1L << 50;
    private static final int CORES = 4;

    private Tally last = Tally.NONE;

    @Test
    void theFirstTaskHasOneItem() {
        assertThat(sizer(new Join.IntegerSum(1)).items(MANY, CORES)).isEqualTo(1);
    }

    @Test
    void sizesGrowSixteenfoldAtMost() {
        var sizer = sizer(new Join.IntegerSum(1));
        measure(sizer, 1, 1, 20 * Nanos.MILLI, 0);
        assertThat(sizer.items(MANY, CORES)).isEqualTo(16);
    }

    @Test
    void sizesOfTinyTasksGrowFasterAsLongAsItemsMayCostSixteenTimesAsMuch() {
        var sizer = sizer(new Join.IntegerSum(1));
        measure(sizer, 10, 10, 10_000, 0);
        assertThat(sizer.items(MANY, CORES)).isEqualTo(256);
        measure(sizer, 256, 1, 256_000, 0);
        // A sixteenth of 500 ms of 1 us each.
        assertThat(sizer.items(MANY, CORES)).isEqualTo(31_250);
        measure(sizer, 31_250, 1, 31_250_000, 0);
        assertThat(sizer.items(MANY, CORES)).isBetween(499_000L, 500_000L);
    }

    @Test
    void aTaskAimsAtTheTargetTime() {
        var sizer = sizer(new Join.IntegerSum(1));
        measure(sizer, 1_000, 1, 1_000_000_000, 0);
        // 500 ms of 1 ms each.
        assertThat(sizer.items(MANY, CORES)).isEqualTo(500);
        assertThat(sizer.costNanos(200)).isEqualTo(200 * Nanos.MILLI);
    }

    @Test
    void recentCostsCountMoreThanOldOnes() {
        var sizer = sizer(new Join.IntegerSum(1));
        measure(sizer, 100_000, 500, 100_000 * Nanos.MILLI, 0);
        // Four cores compute for fifteen seconds at the new cost.
        for (var i = 0; i < 60; i++) {
            measure(sizer, 100, 1, 1_000 * Nanos.MILLI, 0);
        }
        assertThat(sizer.items(MANY, CORES)).isBetween(50L, 55L);
    }

    @Test
    void towardsTheEndTasksShrinkButNotToNothing() {
        var sizer = sizer(new Join.IntegerSum(1));
        measure(sizer, 1_000, 1, 1_000 * Nanos.MILLI, 0);
        assertThat(sizer.items(800, CORES)).isEqualTo(100);
        assertThat(sizer.items(80, CORES)).isEqualTo(31);
        assertThat(sizer.items(5, CORES)).isEqualTo(5);
    }

    @Test
    void givenSizesAreKept() {
        var sizer = new Sizer(Specs.spec("job", MANY, Policy.DEFAULT.withTaskItems(77)));
        assertThat(sizer.items(MANY, CORES)).isEqualTo(77);
        measure(sizer, 77, 1, 77 * Nanos.SECOND, 0);
        assertThat(sizer.items(MANY, CORES)).isEqualTo(77);
        assertThat(sizer.items(7, CORES)).isEqualTo(7);
    }

    @Test
    void aConcatenationsValuesStayWellBelowWhatAWorkerCanHold() {
        var sizer = sizer(new Join.Concatenation());
        measure(sizer, 100, 1, 100_000, 1_000_000);
        assertThat(sizer.items(MANY, CORES)).isEqualTo(419); // 4 MiB of 10,000 bytes each
    }

    @Test
    void largeCountsByKeyDoNotGrowFurther() {
        var sizer = sizer(new Join.CountsByKey());
        measure(sizer, 100, 1, 100_000, 1_000_000);
        assertThat(sizer.items(MANY, CORES)).isEqualTo(1_677); // 16 MiB of 10,000 bytes each
        measure(sizer, 1_677, 1, 1_677_000, 40_000_000);
        measure(sizer, 1_677, 1, 1_677_000, 40_000_000);
        assertThat(sizer.items(MANY, CORES)).isBetween(838L, 1_677L);
    }

    @Test
    void aSumsWidthDoesNotLimitItsTasks() {
        var sizer = sizer(new Join.IntegerSum(4_096));
        measure(sizer, 100, 1, 100_000, 500_000);
        assertThat(sizer.items(MANY, CORES)).isEqualTo(25_600);
    }

    @Test
    void itemsTooCheapToMeasureDoNotBreakIt() {
        var sizer = sizer(new Join.IntegerSum(1));
        for (var i = 0; i < 20; i++) {
            measure(sizer, 1L << 45, 1, 0, 0);
        }
        assertThat(sizer.items(MANY, CORES)).isBetween(1L, MANY);
    }

    private static Sizer sizer(Join join) {
        return new Sizer(Specs.spec("job", MANY, Specs.POLICY, join));
    }

    private void measure(Sizer sizer, long items, long tasks, long nanos, long bytes) {
        var before = last;
        last = new Tally(
                before.items() + items,
                before.tasks() + tasks,
                0,
                0,
                0,
                0,
                0,
                0,
                before.cpuNanos() + nanos,
                before.wallNanos() + nanos,
                0,
                0,
                before.valueBytes() + bytes,
                0,
                0,
                0,
                List.of(),
                0,
                Result.Extra.NONE,
                Tally.Detail.NONE);
        sizer.measure(before, last, CORES);
    }
}

package millrace.aggregator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import java.util.stream.IntStream;
import millrace.proto.Result;
import millrace.proto.Result.Cost;
import millrace.proto.Result.Extra;
import millrace.proto.Result.Footprint;
import millrace.proto.SpecDigest;
import millrace.proto.WorkerCost;
import org.junit.jupiter.api.Test;

class CostsTest {
    private static final long MEBIBYTE = 1 << 20;

    private final Costs costs = new Costs();

    private void counted(String worker, long millis, long taskMillis, long allocated, long heapMebibytes) {
        var cost = new Cost(
                taskMillis * 1_000_000,
                taskMillis * 1_000_000,
                0,
                allocated,
                Extra.NONE,
                new Footprint(2, heapMebibytes * MEBIBYTE, 2 * heapMebibytes * MEBIBYTE));
        var result = new Result(
                "job",
                new SpecDigest(ByteString.copyFrom(new byte[32])),
                0,
                1,
                1,
                1,
                false,
                false,
                worker,
                1,
                cost,
                new Result.Done(ByteString.EMPTY));
        costs.answered(result);
        costs.counted(result, 0, millis);
    }

    @Test
    void taskTimesAndTheLargestAllocationAreKept() {
        for (var i = 1; i <= 100; i++) {
            counted("w", 10_000 + i, i, i, 1);
        }
        var detail = costs.tally().detail();
        assertThat(detail.times().minNanos()).isEqualTo(1_000_000);
        assertThat(detail.times().maxNanos()).isEqualTo(100_000_000);
        assertThat(detail.times().quantile(0.5)).isCloseTo(50e6, within(4e6));
        assertThat(detail.allocatedMax()).isEqualTo(100);
        assertThat(detail.firstStartMillis()).isEqualTo(10_000);
    }

    @Test
    void memoryOverTimeStaysBoundedAndKeepsItsPeaks() {
        for (var second = 0; second < 1000; second++) {
            counted("w", 5000 + second * 1000L, 1, 0, second == 617 ? 999 : 100);
        }
        var worker = costs.tally().detail().workers().getFirst();
        assertThat(worker.stepMillis()).isEqualTo(32_000);
        assertThat(worker.heap()).hasSize(32).hasSizeLessThanOrEqualTo(WorkerCost.SAMPLES_MAX);
        assertThat(worker.heap().get(617 / 32)).isEqualTo(999);
        assertThat(worker.resident().get(3)).isEqualTo(200);
        assertThat(worker.heapPeak()).isEqualTo(999 * MEBIBYTE);
        assertThat(worker.cores()).isEqualTo(2);
        assertThat(worker.tasks()).isEqualTo(1000);
    }

    @Test
    void snapshotGoesOnWhereItWas() {
        for (var i = 0; i < 50; i++) {
            counted("w" + i % 3, 1000 + i * 100, 1 + i, i, i);
        }
        assertThat(Costs.of(costs.tally()).tally()).isEqualTo(costs.tally());
    }

    @Test
    void manyWorkersCostNoMoreThanAHundred() {
        IntStream.range(0, 2000).forEach(i -> counted("w" + i, 1000, 1, 0, 1));
        assertThat(costs.tally().detail().workers()).hasSize(100);
        assertThat(costs.tally().detail().workers().stream()
                        .filter(worker -> !worker.heap().isEmpty()))
                .hasSize(32);
        assertThat(costs.tally().workers()).hasSize(1000);
        assertThat(costs.brief().detail().workers()).isEmpty();
    }
}

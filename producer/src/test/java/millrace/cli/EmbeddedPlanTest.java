package millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import millrace.proto.BadInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EmbeddedPlanTest {
    @ParameterizedTest
    @CsvSource({
        "1,   16384, 8192", // no more than a worker is likely to use
        "1,    4096, 2457",
        "4,    4096,  614",
        "64,   4096,  256", // no less than one needs
        "0,    4096, 2457",
    })
    void heapOfAWorkerFollowsMemoryAndTheirNumber(int workers, long memoryMebibytes, long heapMebibytes) {
        assertThat(EmbeddedFleet.heapOfWorker(workers, memoryMebibytes << 20) >> 20)
                .isEqualTo(heapMebibytes);
    }

    @Test
    void coresAreDividedAmongWorkersAndEachHasOne() {
        var cores = Runtime.getRuntime().availableProcessors();

        assertThat(EmbeddedFleet.Plan.of(1, Path.of("x")).coresOfWorker()).isEqualTo(cores);
        assertThat(EmbeddedFleet.Plan.of(2, Path.of("x")).coresOfWorker()).isEqualTo(Math.max(1, cores / 2));
        assertThat(EmbeddedFleet.Plan.of(256, Path.of("x")).coresOfWorker()).isEqualTo(Math.max(1, cores / 256));
    }

    @Test
    void planThatCannotBeIsRefused() {
        assertThatThrownBy(() -> EmbeddedFleet.Plan.of(257, Path.of("x")))
                .isInstanceOf(BadInput.class)
                .hasMessage("--workers is 257, allowed 0..256");
    }
}

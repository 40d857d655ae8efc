package millrace.worker.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import millrace.proto.CancelledException;
import millrace.proto.Integers;
import millrace.proto.kernels.Spin;
import org.junit.jupiter.api.Test;

class SpinKernelTest {
    private final SpinKernel kernel = new SpinKernel();

    @Test
    void itsValueIsTheSumOfTheItemNumbers() throws CancelledException {
        var spin = new Spin(1_000_000_000, 0);
        assertThat(Integers.decode(kernel.compute(spin, () -> false, 3, 6))[0]).isEqualTo(3 + 4 + 5);
        assertThat(Integers.decode(kernel.compute(spin, () -> false, 0, 1_000_000_000))[0])
                .isEqualTo(499_999_999_500_000_000L);
    }

    @Test
    void itTakesAtLeastTheTimeItWasAskedTo() throws CancelledException {
        var started = System.nanoTime();
        kernel.compute(new Spin(10, 300), () -> false, 0, 10);
        assertThat(System.nanoTime() - started).isGreaterThanOrEqualTo(3_000_000);
    }

    @Test
    void itStopsWhenNobodyWantsIt() {
        assertThatThrownBy(() -> kernel.compute(new Spin(1, 1e9), () -> true, 0, 1))
                .isInstanceOf(CancelledException.class);
    }
}

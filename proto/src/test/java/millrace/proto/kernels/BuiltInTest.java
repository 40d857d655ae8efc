package millrace.proto.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import millrace.proto.Descriptions;
import millrace.proto.KernelType;
import org.junit.jupiter.api.Test;

class BuiltInTest {
    @Test
    void builtInKernelsAreFound() {
        assertThat(Descriptions.load().all())
                .extracting(KernelType::toString)
                .contains("mandelbrot@1", "convolve@2", "mlp@2", "montecarlo@2", "prefix-count@1", "primes@1");
    }
}

package millrace.bench;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class NativeKernelsTest {
    @Test
    void everyKernelIsHeldToItsFloor() {
        assertThat(NativeKernels.RIVALS.stream().collect(toMap(Rival::name, Rival::floor)))
                .isEqualTo(Map.of(
                        "primes", 0.4,
                        "mandelbrot", 0.8,
                        "montecarlo, asian", 0.8,
                        "montecarlo, european", 0.8,
                        "convolve", 5.0,
                        "mlp", 0.5));
    }
}

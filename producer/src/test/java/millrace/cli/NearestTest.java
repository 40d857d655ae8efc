package millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestTest {
    private static final List<String> KERNELS = List.of("mandelbrot", "montecarlo", "primes");

    @Test
    void slipOfAFingerIsFound() {
        assertThat(Nearest.to("priems", KERNELS)).containsExactly("primes");
        assertThat(Nearest.to("mandlebrot", KERNELS)).containsExactly("mandelbrot");
        assertThat(Nearest.to("--form", List.of("--from", "--to"))).containsExactly("--from");
    }

    @Test
    void somethingElseSuggestsNothing() {
        assertThat(Nearest.to("fourier", KERNELS)).isEmpty();
    }

    @Test
    void nearestComesFirst() {
        assertThat(Nearest.to("jobs", List.of("job", "jobs-x", "watch", "jobss")))
                .containsExactly("job", "jobss");
    }
}

package millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MachineTest {
    @Test
    void modelIsThatOfTheFirstCore() {
        var cpuinfo = Stream.of(
                "processor\t: 0",
                "model\t\t: 167",
                "model name\t: Some(R)  CPU: 7",
                "processor\t: 1",
                "model name\t: X");
        assertThat(Machine.processor(cpuinfo)).contains("Some(R) CPU: 7");
        assertThat(Machine.processor(Stream.of("Hardware\t: BCM2835"))).isEmpty();
    }

    @Test
    void lineTellsModelAndLoad() {
        assertThat(new Machine(2, Optional.of("Some CPU"), 23, 1.5))
                .asString()
                .startsWith("2 cores of Some CPU, 23 GiB, ")
                .endsWith(", load 1.50 at the start");
    }

    @Test
    void whatIsNotKnownIsLeftOut() {
        assertThat(new Machine(2, Optional.empty(), 23, -1))
                .asString()
                .startsWith("2 cores, 23 GiB, ")
                .doesNotContain("load");
    }
}

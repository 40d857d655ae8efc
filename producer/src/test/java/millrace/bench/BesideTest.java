package millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class BesideTest {
    @Test
    void rivalsSecondsAreLessByTheFleetsCpuTimeOverTheCores() {
        assertThat(new Beside(1, 10, 2).without(10)).isEqualTo(9.5, within(1e-12));
    }

    @Test
    void whatTheFleetTookBeforeTheRivalsClockRanIsNotCounted() {
        assertThat(new Beside(1, 10, 2).without(6)).isEqualTo(5.7, within(1e-12));
    }

    @Test
    void fleetThatTookNothingChangesNothing() {
        assertThat(new Beside(0, 10, 2).without(10)).isEqualTo(10);
    }

    @Test
    void secondsAreNeverNegative() {
        assertThat(new Beside(30, 10, 2).without(10)).isZero();
    }

    @Test
    void remarkHasTheMedianAndTheRange() {
        var turns = List.of(new Beside(0.5, 10, 2), new Beside(1, 10, 2), new Beside(0.6, 10, 2));
        assertThat(Beside.remark("primes in one JVM", turns))
                .isEqualTo(
                        "primes in one JVM: the fleet beside it took 3.00 % of the cores meanwhile (2.50 to 5.00); its"
                                + " seconds are counted without");
        assertThat(Beside.remark("primes in one JVM", turns.subList(0, 1)))
                .contains("took 2.50 % of the cores meanwhile;");
    }
}

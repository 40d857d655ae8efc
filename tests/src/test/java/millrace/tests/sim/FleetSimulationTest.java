package millrace.tests.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import org.junit.jupiter.api.Test;

/// The whole fleet under every kind of fault, seed by seed; see [World].
///
/// - `-Dmillrace.sim.seeds=N` takes another number of seeds,
/// - `-Dmillrace.sim.first=N` begins with another seed,
/// - `-Dmillrace.sim.seed=N` repeats one, and prints what happens in it.
class FleetSimulationTest {
    private static final long SEEDS = Long.getLong("millrace.sim.seeds", 2_000);
    private static final long FIRST = Long.getLong("millrace.sim.first", 0);

    @Test
    void everyPromiseHoldsInEveryWorld() throws InterruptedException {
        var only = Long.getLong("millrace.sim.seed");
        if (only != null) {
            var world = new World(only, Harm.NONE, System.out::println);
            System.out.println(world.run());
            return;
        }
        var sweep = Sweep.of(FIRST, SEEDS, seed -> new World(seed, Harm.NONE, null));
        System.out.println(sweep);
        var violation = sweep.firstViolation();
        if (violation != null) {
            fail(repeat(violation), violation);
        }
        assertThatItWasNotQuiet(sweep);
    }

    private static String repeat(Violation violation) {
        return violation.getMessage()
                + "\nrepeat it: mvn -pl tests -am test -Dtest=FleetSimulationTest"
                + " -Dsurefire.failIfNoSpecifiedTests=false -Dmillrace.sim.seed=" + violation.seed();
    }

    // A sweep in which nothing happened would show nothing.
    private static void assertThatItWasNotQuiet(Sweep sweep) {
        if (SEEDS < 1_000) {
            return;
        }
        assertThat(sweep.tasks()).as("tasks").isGreaterThan(10 * SEEDS);
        for (var one : Fault.values()) {
            assertThat(sweep.hits(one)).as("hits of %s", one).isGreaterThan(SEEDS / 100);
            for (var other : Fault.values()) {
                if (one != other) {
                    assertThat(sweep.pairs(one, other))
                            .as("worlds hit by %s and %s", one, other)
                            .isGreaterThanOrEqualTo(Math.max(1, SEEDS / 1_000));
                }
            }
        }
    }

    @Test
    void theSameSeedIsTheSameWorld() {
        for (var seed = FIRST; seed < FIRST + 5; seed++) {
            var once = new World(seed, Harm.NONE, null).run();
            var again = new World(seed, Harm.NONE, null).run();
            assertThat(again.mark()).as("seed %d", seed).isEqualTo(once.mark());
            assertThat(again.events()).isEqualTo(once.events());
        }
    }
}

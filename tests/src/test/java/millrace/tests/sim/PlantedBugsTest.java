package millrace.tests.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What the simulation would find: each planted bug within a stated number of seeds, while the product as it is
/// passes the same seeds, as [FleetSimulationTest] shows.
class PlantedBugsTest {
    private record Found(Bug bug, long seed, String violation) {
        @Override
        public String toString() {
            return "%6s  %-58s %s"
                    .formatted(
                            seed < 0 ? "never" : seed + 1,
                            bug,
                            violation.lines().findFirst().orElse(""));
        }
    }

    @Test
    void everyPlantedBugIsFound() {
        var bugs = Stream.of(WorkerBugs.ALL, FeederBugs.ALL, JoinerBugs.ALL, LaterBugs.ALL)
                .flatMap(List::stream)
                .toList();
        var table =
                new ArrayList<>(bugs.parallelStream().map(PlantedBugsTest::find).toList());
        System.out.println(" seeds  planted bug");
        table.forEach(System.out::println);
        assertThat(table).filteredOn(found -> found.seed < 0).as("not found").isEmpty();
    }

    private static Found find(Bug bug) {
        for (var seed = 0L; seed < bug.seeds(); seed++) {
            try {
                new World(seed, bug.harm().get(), null).run();
            } catch (Violation e) {
                return new Found(bug, seed, String.valueOf(e.getMessage()));
            }
        }
        return new Found(bug, -1, "not found in " + bug.seeds() + " seeds");
    }
}

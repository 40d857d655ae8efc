package millrace.aggregator.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import millrace.proto.Heartbeat;
import millrace.proto.JobOrder;
import millrace.proto.Ranges;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class TaskMapTest {
    private final FleetView view = new FleetView();

    private ObjectNode map(int items, Ranges done) {
        view.order(new JobOrder.Submit(Records.spec("a", items)), 1);
        view.progress(Records.progress("a", done, 1), 1);
        return TaskMap.of(view, view.job("a").orElseThrow());
    }

    @Test
    void runsOfCellsSayWhatIsDoneAndInHandAndWaiting() {
        view.heartbeat(Records.heartbeat("w", 2, Heartbeat.State.RUNNING, Records.computing("a", 6, 2)), 1, 1);

        assertThat(map(10, Ranges.of(0, 5)).path("runs").toString()).isEqualTo("[2,5,0,1,1,2,0,2]");
    }

    @Test
    void everyCellOfAFinishedJobIsDoneAlsoTheLastWhichStandsForFewerItems() {
        // 100,000 rows are the most of a picture; ragged runs make cells coarser.
        assertThat(map(99_999, Ranges.of(0, 99_999)).path("runs").toString()).isEqualTo("[2,99999]");
    }

    @Test
    void raggedMapIsMadeCoarserRatherThanCutOff() {
        var done = new Ranges();
        for (var i = 0; i < 99_999; i += 2) {
            done.add(i, i + 1);
        }
        var map = map(99_999, done);

        assertThat(map.path("itemsPerCell").asLong()).isGreaterThan(1);
        assertThat(map.path("cells").asLong() * map.path("itemsPerCell").asLong())
                .isGreaterThanOrEqualTo(99_999);
        assertThat(map.path("states").get(5).path("cells").asLong())
                .as("partly done")
                .isPositive();
    }

    @Test
    void jobWithoutItemsHasNoCells() {
        view.order(new JobOrder.Submit(emptied()), 1);

        assertThat(TaskMap.of(view, view.job("none").orElseThrow())
                        .path("cells")
                        .asInt())
                .isZero();
    }

    private static millrace.proto.JobSpec emptied() {
        var whole = Records.spec("none", 5);
        return millrace.proto.JobSpec.of(
                "none", 4, whole.computation(), 2, 2, whole.join(), whole.policy(), whole.labels(), "");
    }

    @Test
    void listOfStatesNamesAllOfThem() {
        assertThat(map(3, new Ranges())
                        .path("states")
                        .valueStream()
                        .map(state -> state.path("name").asString())
                        .toList())
                .isEqualTo(List.of("waiting", "in hand", "done", "again", "dead", "partly"));
    }
}

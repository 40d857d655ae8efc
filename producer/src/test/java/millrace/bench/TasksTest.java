package millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TasksTest {
    @Test
    void targetIsToBeAheadOfTheBestPoolOfEachTurn() {
        var pools = new TreeMap<>(Map.of("map", List.of(20.0, 40.0, 10.0), "apply_async", List.of(10.0, 11.0, 30.0)));
        var figures = Tasks.figures(List.of(30.0, 30.0, 45.0), pools);
        assertThat(figures).hasSize(4);
        assertThat(figures.get(1).values()).containsExactly(1.5, 0.75, 1.5);
        assertThat(figures.get(1).target()).contains(new Figure.Target(true, 1));
        assertThat(figures.get(1).isMet()).isTrue();
    }

    @Test
    void fleetThatIsBehindInMostTurnsMissesTheTarget() {
        // The median of the rates, 50, is above that of the pool's, 49.
        var figures = Tasks.figures(List.of(90.0, 50.0, 10.0), Map.of("map", List.of(49.0, 51.0, 12.0)));
        assertThat(figures.get(1).isMet()).isFalse();
    }

    @Test
    void withoutPoolsThereIsATarget() {
        var figures = Tasks.figures(List.of(60_000.0), Map.of());
        assertThat(figures).hasSize(1);
        assertThat(figures.getFirst().target()).contains(new Figure.Target(true, 53_000));
    }
}

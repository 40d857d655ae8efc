package millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TasksTest {
    @Test
    void targetIsTheBestPoolsMedian() {
        var pools = new TreeMap<>(Map.of("map", List.of(20.0, 30.0, 90.0), "apply_async", List.of(10.0, 11.0, 12.0)));
        var figures = Tasks.figures(List.of(29.0), pools);
        assertThat(figures).hasSize(3);
        assertThat(figures.getFirst().target()).contains(new Figure.Target(true, 30));
        assertThat(figures.getFirst().isMet()).isFalse();
    }

    @Test
    void withoutPoolsThereIsATarget() {
        var figures = Tasks.figures(List.of(60_000.0), Map.of());
        assertThat(figures).hasSize(1);
        assertThat(figures.getFirst().target()).contains(new Figure.Target(true, 53_000));
    }
}

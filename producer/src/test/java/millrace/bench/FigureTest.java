package millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FigureTest {
    @Test
    void medianIsTheMiddleOfTheSortedValues() {
        assertThat(Figure.of("f", "s", List.of(9.0, 1.0, 4.0)).median()).isEqualTo(4);
        assertThat(Figure.of("f", "s", List.of(9.0, 1.0, 4.0, 6.0)).median()).isEqualTo(5);
    }

    @Test
    void quantileIsTheSmallestValueThatSoManyAreNotAbove() {
        var values = List.of(5.0, 1.0, 2.0, 4.0, 3.0);
        assertThat(Figure.quantile(values, 0)).isEqualTo(1);
        assertThat(Figure.quantile(values, 0.2)).isEqualTo(1);
        assertThat(Figure.quantile(values, 0.21)).isEqualTo(2);
        assertThat(Figure.quantile(values, 0.99)).isEqualTo(5);
        assertThat(Figure.quantile(values, 1)).isEqualTo(5);
    }

    @Test
    void targetHoldsForTheMedian() {
        assertThat(Figure.atLeast(4, "f", "", List.of(1.0, 4.0, 9.0)).isMet()).isTrue();
        assertThat(Figure.atLeast(4.1, "f", "", List.of(1.0, 4.0, 9.0)).isMet()).isFalse();
        assertThat(Figure.atMost(3.9, "f", "", List.of(1.0, 4.0, 9.0)).isMet()).isFalse();
    }

    @Test
    void reportSaysWhatIsBelowItsTarget() {
        var report = new BenchReport(
                "b",
                List.of(
                        Figure.atLeast(0.97, "efficiency", "", List.of(0.9, 0.95, 0.96)),
                        Figure.atMost(5, "start", "s", List.of(4.3))),
                List.of("NOT MEASURED: end: no clock"),
                Map.of("worker.lane-records", "10", "producer.task-partitions", "2"),
                "2 cores",
                "1.0",
                "./millrace bench b");
        assertThat(report.toString().lines())
                .containsExactly(
                        "      0.95      efficiency",
                        "                median of 3, 0.90 to 0.96; BELOW TARGET: at least 0.97",
                        "      4.30 s    start",
                        "                target met: at most 5.00",
                        "NOT MEASURED: end: no clock",
                        "settings: producer.task-partitions=2 worker.lane-records=10",
                        "2 cores",
                        "Millrace 1.0; again:",
                        "  ./millrace bench b");
    }
}

package millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LatencyTest {
    private static List<Double> upTo(int milliseconds) {
        return IntStream.rangeClosed(1, milliseconds).mapToObj(Double::valueOf).toList();
    }

    @Test
    void tailsOfTheRunsHaveARange() {
        var figures = Latency.figures("idle", 0, List.of(upTo(100), upTo(200), upTo(50)));
        assertThat(figures.get(0).values()).containsExactly(50.0, 100.0, 25.0);
        assertThat(figures.get(1).name()).isEqualTo("latency on an idle fleet, p99");
        assertThat(figures.get(1).values()).containsExactly(99.0, 198.0, 50.0);
        assertThat(figures.get(1).target()).contains(new Figure.Target(false, 50));
    }

    @Test
    void tailOfAFewJobsIsCalledTheMost() {
        var few = Latency.figures("busy", 2000, List.of(upTo(500), upTo(499))).get(2);
        assertThat(few.name()).isEqualTo("latency on a busy fleet, p99.9, which is the most of 999");
        assertThat(few.median()).isEqualTo(500);
        var many =
                Latency.figures("busy", 2000, List.of(upTo(1000), upTo(1000))).get(2);
        assertThat(many.name()).isEqualTo("latency on a busy fleet, p99.9");
        assertThat(many.median()).isEqualTo(999);
    }

    @Test
    void eachJobIsInTheFigures() {
        assertThat(Latency.figures("idle", 0, List.of(upTo(3), upTo(2)))
                        .getLast()
                        .values())
                .containsExactly(1.0, 2.0, 3.0, 1.0, 2.0);
    }

    @Test
    void busyFleetIsAllowedTwoTasksMore() {
        var figures = Latency.figures("busy", 2000, List.of(upTo(10)));
        assertThat(figures.get(0).target()).contains(new Figure.Target(false, 2015));
        assertThat(figures.get(1).target()).contains(new Figure.Target(false, 2050));
    }
}

package millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class MemoryTest {
    @Test
    void heapIsTheSumOfItsPools() throws IOException {
        var page = """
                # TYPE jvm_memory_used_bytes gauge
                jvm_memory_used_bytes{area="heap",id="Eden Space"} 1.5E7
                jvm_memory_used_bytes{area="heap",id="Tenured Gen"} 250.0
                jvm_memory_used_bytes{area="nonheap",id="Metaspace"} 4.0E7
                jvm_memory_max_bytes{area="heap",id="Eden Space"} 9.0E7
                """;
        assertThat(Memory.usedHeap(page)).isEqualTo(15_000_250);
    }

    @Test
    void pageWithoutHeapIsNoFigure() {
        assertThatThrownBy(() -> Memory.usedHeap("process_cpu_usage 0.1\n")).isInstanceOf(IOException.class);
    }

    @Test
    void targetsAreForTenMillionTasks() {
        assertThat(Memory.figures(peaks(), 10_000_000, OptionalDouble.of(1)).stream()
                        .filter(figure -> figure.target().isPresent())
                        .map(Figure::name))
                .containsExactly(
                        "heap of the producer, the most used",
                        "heap of the aggregator, the most used",
                        "resident memory of the worker, the most");

        var few = Memory.figures(peaks(), 9_999_999, OptionalDouble.of(1));
        assertThat(few).allMatch(figure -> figure.target().isEmpty());
        assertThat(few.getLast().name()).endsWith("of 9,999,999; targets are for 10,000,000");
    }

    @Test
    void roleThatDiedMissesItsTarget() {
        var peaks = peaks();
        Memory.peak(peaks, "aggregator").die(3);

        var figures = Memory.figures(peaks, 200_000, OptionalDouble.empty());

        assertThat(figures.getFirst().name())
                .isEqualTo("the aggregator died with status 3, before 200,000 tasks passed");
        assertThat(figures.getFirst().isMet()).isFalse();
        // Of the others nobody knows what the rest of the tasks would have taken.
        assertThat(Memory.figures(peaks, 10_000_000, OptionalDouble.empty()))
                .filteredOn(figure -> figure.target().isPresent())
                .hasSize(1);
    }

    @Test
    void peakIsTheMostOfAllThatWasSeen() {
        var peaks = peaks();
        Memory.peak(peaks, "worker").see(new Resident(180 << 20, 160 << 20, 50 << 20));
        Memory.peak(peaks, "worker").see(new Resident(190 << 20, 150 << 20, 48 << 20));

        var figures = Memory.figures(peaks, 10_000_000, OptionalDouble.of(1));

        assertThat(figures.subList(2, 5)).extracting(Figure::median).containsExactly(190.0, 50.0, 110.0);
    }

    private static Map<String, Memory.Peak> peaks() {
        return Map.of("producer", new Memory.Peak(), "aggregator", new Memory.Peak(), "worker", new Memory.Peak());
    }
}

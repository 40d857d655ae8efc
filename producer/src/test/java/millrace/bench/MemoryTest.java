package millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
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
}

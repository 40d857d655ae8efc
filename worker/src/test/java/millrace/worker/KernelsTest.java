package millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.TreeMap;
import millrace.proto.Computation;
import millrace.proto.Heartbeat.Offer;
import org.junit.jupiter.api.Test;

class KernelsTest {
    private final Kernels kernels = Kernels.of(List.of(new CountKernel(2), new CountKernel(1)));

    @Test
    void builtInKernelsAreFound() {
        assertThat(Kernels.load().offers()).contains(new Offer("primes", 1), new Offer("mandelbrot", 1));
    }

    @Test
    void everyVersionIsOffered() {
        assertThat(kernels.offers()).containsExactly(new Offer("count", 1), new Offer("count", 2));
        assertThat(kernels).hasToString("count@1, count@2");
    }

    @Test
    void twoKernelsOfOneVersionAreRefused() {
        assertThatThrownBy(() -> Kernels.of(List.of(new CountKernel(1), new CountKernel(1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("kernel count@1 is computed by both");
    }

    @Test
    void parametersThatAreWrongAreRefusedWithAllProblems() {
        var parameters = new TreeMap<String, String>();
        parameters.put("things", "-1");
        parameters.put("colour", "red");
        assertThat(kernels.find(new Computation("count", 1, parameters, 1).bytes()))
                .isInstanceOfSatisfying(
                        Kernels.Found.Refused.class,
                        refused ->
                                assertThat(refused.detail()).contains("things").contains("colour"));
    }

    @Test
    void computationIsParsedOnce() {
        var computation = Computation.of(new Count(9)).bytes();
        assertThat(kernels.find(ByteString.copyFrom(computation.toByteArray()))).isSameAs(kernels.find(computation));
    }

    @Test
    void computationsOfLongAgoAreForgotten() {
        var first = Computation.of(new Count(0)).bytes();
        var found = kernels.find(first);
        for (var things = 1; things <= 256; things++) {
            kernels.find(Computation.of(new Count(things)).bytes());
        }
        assertThat(kernels.find(first)).isNotSameAs(found).isEqualTo(found);
    }
}

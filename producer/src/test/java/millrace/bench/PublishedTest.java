package millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import millrace.proto.kernels.Convolve;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublishedTest {
    @Test
    void formsOfOneConvolutionMustAgree() {
        var workload = new ConvolutionWorkload();
        assertThatCode(() -> Published.checkDigests(workload, Map.of("in full", "0a", "only what is kept", "0a")))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> Published.checkDigests(workload, Map.of("in full", "0a", "only what is kept", "0b")))
                .isInstanceOf(WrongAnswer.class);
    }

    @Test
    void otherWorkloadsNeedNot() {
        assertThatCode(() -> Published.checkDigests(new PrefixWorkload(), Map.of("even", "0a", "uneven", "0b")))
                .doesNotThrowAnyException();
    }

    @Test
    void formsOfTheConvolutionDifferInNothingElse(@TempDir Path folder) throws Exception {
        var workload = new ConvolutionWorkload();
        try (var inputs = new Inputs(folder)) {
            var others = workload.others(inputs, workload.weak(inputs, 1), 1, 1);
            var full = (Convolve) others.get(0).job();
            var kept = (Convolve) others.get(1).job();
            assertThat(full.form()).isEqualTo(Convolve.Form.FULL);
            assertThat(kept.form()).isEqualTo(Convolve.Form.STRIDED);
            assertThat(kept).usingRecursiveComparison().ignoringFields("form").isEqualTo(full);
        }
    }
}

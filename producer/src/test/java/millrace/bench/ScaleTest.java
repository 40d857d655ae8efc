package millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ScaleTest {
    @Test
    void furtherWorkersShareWhatTheyAddInEachRun() {
        assertThat(Scale.ofEachFurther(List.of(58.0, 60.0), List.of(128.0, 46.0), 7))
                .containsExactly(10.0, -2.0);
    }
}

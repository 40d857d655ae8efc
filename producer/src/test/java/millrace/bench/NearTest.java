package millrace.bench;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class NearTest {
    private static final double[] MUST_BE = {0, 100, -1};

    @Test
    void roundingIsRelativeToTheLargestNumber() {
        assertThatCode(() -> Near.check("they", new double[] {9e-11, 100, -1}, MUST_BE, 1e-12))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> Near.check("they", new double[] {0, 100, -1.1}, MUST_BE, 1e-4))
                .isInstanceOf(WrongAnswer.class)
                .hasMessageContaining("number 2 of they is -1.1, must be -1.0");
    }

    @Test
    void nanAndMissingNumbersAreWrong() {
        assertThatThrownBy(() -> Near.check("they", new double[] {Double.NaN, 100, -1}, MUST_BE, 1))
                .isInstanceOf(WrongAnswer.class);
        assertThatThrownBy(() -> Near.check("they", new double[] {0, 100}, MUST_BE, 1))
                .isInstanceOf(WrongAnswer.class);
    }
}

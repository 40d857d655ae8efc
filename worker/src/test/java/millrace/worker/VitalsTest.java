package millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class VitalsTest {
    // A worker died of it: a result does not take negative sizes.
    @Test
    void heapThatGrowsBetweenTwoLooksIsNotUsedByLessThanNothing() {
        assertThat(Vitals.used(100, 30)).isEqualTo(70);
        assertThat(Vitals.used(100, 130)).isZero();
    }
}

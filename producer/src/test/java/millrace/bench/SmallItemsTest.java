package millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SmallItemsTest {
    @Test
    void timeThatOthersTookFromAnItemDoesNotCount() {
        assertThat(SmallItems.efficiency(20, 18, 2, 10)).isEqualTo(0.9);
    }

    @Test
    void timeThatTasksTookBesideTheirItemsDoesNotCount() {
        assertThat(SmallItems.efficiency(16, 18, 2, 10)).isEqualTo(0.8);
    }
}

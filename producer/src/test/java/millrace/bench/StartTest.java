package millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StartTest {
    @Test
    void lastLinesOfWhatACommandSaidAreTold() {
        assertThat(Start.last("1\n2\n3\n4\n5\n6\n\n")).isEqualTo("2\n3\n4\n5\n6");
        assertThat(Start.last("no room\n")).isEqualTo("no room");
        assertThat(Start.last("")).isEmpty();
    }
}

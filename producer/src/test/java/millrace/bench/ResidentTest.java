package millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class ResidentTest {
    @Test
    void peakAndOwnPagesAreWhatTheSystemSays() throws IOException {
        var status = """
                Name:\tjava
                VmPeak:\t 3776000 kB
                VmHWM:\t  192000 kB
                VmRSS:\t  150000 kB
                RssAnon:\t  100000 kB
                RssFile:\t   49000 kB
                RssShmem:\t    1000 kB
                """;

        var resident = Resident.of(status);

        assertThat(resident).isEqualTo(new Resident(192_000 << 10, 150_000 << 10, 49_000 << 10));
        assertThat(resident.own()).isEqualTo(101_000 << 10);
    }

    @Test
    void processThatHasEndedHasNoMemory() {
        assertThatThrownBy(() -> Resident.of("Name:\tjava\nState:\tZ (zombie)\n"))
                .isInstanceOf(IOException.class);
    }
}

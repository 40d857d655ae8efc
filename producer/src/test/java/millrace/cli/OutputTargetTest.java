package millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OutputTargetTest {
    private final Shell shell = new Shell(System.out, System.err, false, false, Map.of());

    private String kept(boolean lasts, String fleet) {
        return new OutputTarget(shell, Path.of("out"), false, false, false, lasts, fleet).kept("job");
    }

    @Test
    void outputThatIsKeptIsFoundByTheCommandThatIsTold() {
        assertThat(kept(true, "millrace")).isEqualTo("; it is kept: millrace output job -o out");
        assertThat(kept(true, "other")).isEqualTo("; it is kept: millrace output job --fleet other -o out");
    }

    /// It was said to be kept.
    @Test
    void outputOfAFleetThatIsTakenDownIsGone() {
        assertThat(kept(false, "millrace")).isEqualTo("; it is gone with the fleet that was started for it");
    }
}

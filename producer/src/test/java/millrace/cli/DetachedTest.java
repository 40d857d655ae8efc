package millrace.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import millrace.proto.ExitCode;
import millrace.proto.Refusal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DetachedTest {
    private static final String MARK = "-Dmillrace.detached=true";

    @TempDir
    Path home;

    @Test
    void processThatIsStartedKnowsThatItIsTheOne() {
        var command = Detached.command(List.of("up", "--detach=true"));

        assertThat(command).contains(MARK).endsWith(Main.class.getName(), "up", "--detach=true");
        assertThat(command.indexOf(MARK)).isLessThan(command.indexOf(Main.class.getName()));
    }

    /// It started itself again without end.
    @Test
    void processThatIsTheOneStartsNoOther() throws Exception {
        var err = new ByteArrayOutputStream();
        var shell = new Shell(System.out, new PrintStream(err, true, UTF_8), false, false, Map.of("HOME", "" + home));
        System.setProperty("millrace.detached", "true");
        try {
            assertThat(Main.run(new String[] {"up", "--detach=true"}, shell)).isEqualTo(ExitCode.MACHINE.number());
        } finally {
            System.clearProperty("millrace.detached");
        }
        // What it says itself: this module has no other roles to start.
        assertThat(err.toString(UTF_8).lines())
                .containsExactly("millrace: role aggregator is not on the class path, found: producer");
    }

    /// It went on, and its fleet came up after all.
    @Test
    void processEndsWithAnInterruptedCommand() {
        var err = new ByteArrayOutputStream();
        var shell = new Shell(System.out, new PrintStream(err, true, UTF_8), false, false, Map.of());
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> new Detached(shell, home, "left").start(List.of("up", "--fleet=left")))
                .isInstanceOf(InterruptedException.class);

        assertThat(ProcessHandle.current()
                        .children()
                        .filter(process ->
                                process.info().commandLine().orElse("").contains("--fleet=left")))
                .isEmpty();
        assertThat(home).isEmptyDirectory();
        assertThat(err.toString(UTF_8).lines())
                .containsExactly("millrace: interrupted; fleet left, which was starting, is taken down");
    }

    @Test
    void reasonOfOneThatFailsIsKeptBesideTheLogOfOneThatIsUp() throws Exception {
        Files.writeString(home.resolve("two.log"), "the other's");
        var err = new ByteArrayOutputStream();
        var shell = new Shell(System.out, new PrintStream(err, true, UTF_8), false, false, Map.of());
        var failed = home.resolve("two.failed.log");

        assertThatThrownBy(() -> new Detached(shell, home, "two").start(List.of("up", "--fleet=two")))
                .isInstanceOf(Refusal.class)
                .hasMessage("fleet two did not come up; all it said is in " + failed);

        assertThat(home.resolve("two.log")).hasContent("the other's");
        assertThat(failed).content().contains("millrace: role aggregator is not on the class path");
        assertThat(err.toString(UTF_8)).contains("millrace: role aggregator is not on the class path");
    }
}

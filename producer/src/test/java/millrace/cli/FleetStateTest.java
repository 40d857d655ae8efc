package millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import millrace.proto.ExitCode;
import millrace.proto.Refusal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FleetStateTest {
    @TempDir
    Path folder;

    @Test
    void whatUpWroteIsReadByOthers() throws IOException {
        var state = FleetState.ofThisProcess("millrace", "127.0.0.1:4711");
        state.write(folder);

        assertThat(FleetState.read(folder, "millrace")).contains(state);
        assertThat(state.process()).contains(ProcessHandle.current());
        assertThat(folder).isDirectoryNotContaining("glob:**.part");
    }

    @Test
    void fieldOfAnotherReleaseIsPassedOver() throws IOException {
        Files.writeString(FleetState.file(folder, "millrace"), """
                {"fleet":"millrace","pid":7,"startedMillis":1,"bootstrapServers":"h:1","workers":3}
                """);

        assertThat(FleetState.read(folder, "millrace")).contains(new FleetState("millrace", 7, 1, "h:1"));
    }

    @Test
    void processThatStartedAtAnotherTimeIsAnotherProcess() {
        var self = FleetState.ofThisProcess("millrace", "127.0.0.1:4711");
        var reused = new FleetState("millrace", self.pid(), self.startedMillis() - 60_000, "127.0.0.1:4711");

        assertThat(reused.process()).isEmpty();
    }

    @Test
    void fleetThatIsNotUpHasNoState() {
        assertThat(FleetState.read(folder, "millrace")).isEqualTo(Optional.empty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{}", "[]", "{\"fleet\":\"other\",\"pid\":1,\"bootstrapServers\":\"h:1\"}"})
    void brokenFileIsRefusedWithItsName(String text) throws IOException {
        Files.writeString(FleetState.file(folder, "millrace"), text);

        assertThatThrownBy(() -> FleetState.read(folder, "millrace"))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(ExitCode.MACHINE))
                .hasMessageContaining(folder.resolve("millrace.json").toString());
    }
}

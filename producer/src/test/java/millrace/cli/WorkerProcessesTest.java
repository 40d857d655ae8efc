package millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import millrace.proto.ExitCode;
import millrace.proto.Refusal;
import org.junit.jupiter.api.Test;

/// With shell commands in the place of workers.
class WorkerProcessesTest {
    private final BlockingQueue<String> said = new LinkedBlockingQueue<>();

    private WorkerProcesses processes(String script) {
        return new WorkerProcesses(List.of("sh", "-c", script), Map.of("NAME", "value"), said::add);
    }

    private String next() throws InterruptedException {
        var line = said.poll(30, TimeUnit.SECONDS);
        assertThat(line).as("a line within 30 s").isNotNull();
        return line;
    }

    @Test
    void processThatEndsIsStartedAgainAfterAPauseThatGrows() throws InterruptedException {
        try (var processes = processes("exit 9")) {
            processes.start(1);

            assertThat(next()).matches("worker 1 \\(process \\d+\\) ended with status 9; started again in 0.2 s");
            assertThat(next()).endsWith("ended with status 9; started again in 0.4 s");
            assertThat(next()).endsWith("ended with status 9; started again in 0.8 s");
        }
    }

    @Test
    void processThatRefusesItsSettingsIsGivenUp() throws InterruptedException {
        try (var processes = processes("exit " + ExitCode.USAGE.number())) {
            processes.start(1);

            assertThat(next()).endsWith("started again in 0.2 s");
            assertThat(next()).endsWith("started again in 0.4 s");
            assertThat(next()).isEqualTo("worker 1 cannot start and is given up");
        }
    }

    @Test
    void processIsHeardWithItsNumberAndSeesItsEnvironment() throws InterruptedException {
        try (var processes = processes("echo $NAME; echo wrong >&2; exec cat")) {
            processes.start(1);

            assertThat(List.of(next(), next())).containsExactlyInAnyOrder("worker 1: value", "worker 1: wrong");
        }
    }

    @Test
    void closedProcessesAreGoneAndStayGone() throws InterruptedException {
        var processes = processes("echo ready; exec cat");
        processes.start(3);
        for (var i = 0; i < 3; i++) {
            assertThat(next()).endsWith("ready");
        }
        var running = processes.processes();
        assertThat(running).hasSize(3);

        processes.close();

        assertThat(running).noneMatch(ProcessHandle::isAlive);
        assertThat(processes.processes()).isEmpty();
    }

    @Test
    void programThatIsMissingIsRefused() {
        try (var processes = new WorkerProcesses(List.of("/no/such/java"), Map.of(), said::add)) {
            assertThatThrownBy(() -> processes.start(1))
                    .isInstanceOfSatisfying(
                            Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(ExitCode.MACHINE))
                    .hasMessageContaining("cannot start a worker process");
        }
    }

    @Test
    void workerGetsTheCollectorThatSuitsItsCores() {
        assertThat(WorkerProcesses.command(2, 1 << 30, List.of(), List.of()))
                .contains("-XX:+UseG1GC", "-Xms32m", "-Xmx1024m");
        assertThat(WorkerProcesses.command(1, 16 << 20, List.of(), List.of())).contains("-Xms16m", "-Xmx16m");
        assertThat(WorkerProcesses.command(3, 1 << 30, List.of(), List.of()))
                .contains("-XX:+UseParallelGC", "-XX:+ExitOnOutOfMemoryError", "-XX:+UseCompactObjectHeaders");
    }

    @Test
    void kernelsOfTheUserComeLastOnTheClassPath() {
        var command = WorkerProcesses.command(1, 1 << 30, List.of(Path.of("/own.jar")), List.of("--fleet", "x"));

        assertThat(command.get(command.indexOf("-cp") + 1)).endsWith(":/own.jar");
        assertThat(command).endsWith("millrace.worker.Main", "--fleet", "x");
    }
}

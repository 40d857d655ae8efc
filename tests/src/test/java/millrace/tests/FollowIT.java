package millrace.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import millrace.cli.EmbeddedBroker;
import millrace.cli.Main;
import millrace.client.Millrace;
import millrace.proto.Cluster;
import millrace.proto.ExitCode;
import millrace.tests.kernels.Grind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// What one who waits for a job is told when its fleet falters: how old the numbers are, what is missing, and the
/// end when it is one.
@Execution(ExecutionMode.CONCURRENT)
class FollowIT {
    @TempDir
    Path folder;

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    private CompletableFuture<Integer> run(String... arguments) {
        var all = new PrintStream(said, true, UTF_8);
        var home = Map.of("HOME", folder.resolve("home").toString());
        return CompletableFuture.supplyAsync(
                () -> Main.run(List.of(arguments), all, all, home),
                Thread.ofPlatform().daemon()::start);
    }

    private void awaitSaid(String pattern) {
        await().atMost(TestFleet.PATIENCE)
                .untilAsserted(() ->
                        assertThat(said.toString(UTF_8).lines()).anyMatch(line -> line.matches(pattern), pattern));
    }

    private static String submit(Cluster cluster) throws InterruptedException {
        try (var client = Millrace.connect(cluster)) {
            return client.submit(new Grind(1000, 1, 1)).id();
        }
    }

    // As `up` leaves it for the commands that come after it.
    private void pretendUp(Process process, Cluster cluster) throws IOException {
        var state = Files.createDirectories(folder.resolve("home/.local/state/millrace"));
        Files.writeString(state.resolve(cluster.fleet() + ".json"), """
                {"fleet": "%s", "pid": %d, "startedMillis": %d, "bootstrapServers": "%s", "workers": 0}
                """.formatted(
                        cluster.fleet(),
                        process.pid(),
                        process.info().startInstant().orElseThrow().toEpochMilli(),
                        cluster.bootstrapServers()));
    }

    @Test
    void endOfTheFleetThatIsUpHereIsTheEndOfTheWait() throws Exception {
        var process = new ProcessBuilder("sleep", "600").start();
        try (var broker = EmbeddedBroker.start(folder.resolve("broker"))) {
            var cluster = Cluster.at(broker.bootstrapServers(), "gone");
            try (var _ = RoleMain.start("producer", cluster, Map.of())) {
                pretendUp(process, cluster);
                var watch = run("watch", submit(cluster), "--fleet", "gone");
                awaitSaid("millrace: grind-.*: 0.0 % as of .* ago; waiting for workers to join");
                process.destroy();

                assertThat(watch).succeedsWithin(TestFleet.PATIENCE).isEqualTo(ExitCode.KAFKA.number());
                awaitSaid("millrace: fleet gone is up no more on this machine, and its jobs and outputs .*");
            }
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void clusterThatDoesNotAnswerIsToldAndWaitedFor() throws Exception {
        CompletableFuture<Integer> watch;
        try (var broker = EmbeddedBroker.start(folder.resolve("broker"))) {
            var cluster = Cluster.at(broker.bootstrapServers(), "away");
            try (var _ = RoleMain.start("producer", cluster, Map.of())) {
                var servers = cluster.bootstrapServers();
                watch = run("watch", submit(cluster), "--fleet=away", "--bootstrap-server=" + servers, "--timeout=75s");
                awaitSaid("millrace: grind-.*: 0.0 % as of .* ago; waiting for workers to join");
            }
        }
        awaitSaid("millrace: grind-.*: 0.0 % as of .* ago; cannot reach Kafka at .*");

        assertThat(watch).succeedsWithin(TestFleet.PATIENCE).isEqualTo(ExitCode.TIMED_OUT.number());
    }
}

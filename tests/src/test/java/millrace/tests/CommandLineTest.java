package millrace.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import millrace.cli.Main;
import millrace.proto.ExitCode;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What the command line says, with all roles on the class path, before it starts anything.
class CommandLineTest {
    private static final int COLUMNS = 80;

    @TempDir
    Path home;

    private final Map<String, String> environment = new HashMap<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeEach
    void liveInAFolderOfItsOwn() {
        environment.put("HOME", home.toString());
    }

    private int run(String... arguments) {
        return Main.run(
                List.of(arguments), new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8), environment);
    }

    private List<String> said() {
        return err.toString(UTF_8).lines().toList();
    }

    @Test
    void benchTellsAllBadSettingsBeforeItMeasures() {
        var results = home.resolve("results");
        assertThat(run(
                        "bench",
                        "small",
                        "--results",
                        results.toString(),
                        "--set=foo=1",
                        "--set=worker.x=1",
                        "--set=worker.cores=-2",
                        "--set=producer.y=1"))
                .isEqualTo(ExitCode.USAGE.number());
        assertThat(said()).hasSize(4);
        assertThat(said().get(0)).startsWith("millrace: setting 'foo' is unknown, allowed: keys that start with");
        assertThat(said().get(1)).startsWith("millrace: setting producer.y is unknown, allowed: ");
        assertThat(said().get(2)).startsWith("millrace: setting worker.x is unknown, allowed: ");
        assertThat(said().get(3)).startsWith("millrace: worker.cores is '-2'");
        assertThat(results).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--workers=1000     | --workers is '1000', allowed: a whole number 0..256",
                "--cores=0          | --cores is '0', allowed: a whole number 1..1024",
                "--kernels=nowhere  | --kernels is 'nowhere', allowed: a jar or folder that can be read",
                "--set=worker.x=1   | setting worker.x is unknown, allowed: worker.blob-cache, worker.",
                "--set=worker.cores=-2 | worker.cores is '-2'",
                "--set=cores=1      | setting 'cores' is unknown, allowed: keys that start with aggregator, producer,",
                "--settings=nowhere | --settings nowhere cannot be read",
            })
    void badOptionOfAnEmbeddedFleetIsToldBeforeItStarts(String option, String message) {
        assertThat(run("run", "primes", "--to=9", option)).isEqualTo(ExitCode.USAGE.number());
        assertThat(said().getFirst()).startsWith("millrace: " + message);
        assertThat(home).isEmptyDirectory();
    }

    @Test
    void brokenSettingsFileStopsTheStart() throws IOException {
        var folder = Files.createDirectories(home.resolve(".config/millrace"));
        Files.writeString(folder.resolve("millrace.properties"), "worker.cores=2\nspeed=high\n");

        assertThat(run("run", "primes", "--to=9")).isEqualTo(ExitCode.USAGE.number());
        assertThat(said().getFirst()).startsWith("millrace: setting 'speed' is unknown");
    }

    @Test
    void badVariableStopsTheStart() {
        environment.put("MILLRACE_PRODUCER_REPLICATION", "many");

        assertThat(run("run", "primes", "--to=9")).isEqualTo(ExitCode.USAGE.number());
        assertThat(said().getFirst()).contains("producer.replication");
    }

    @Test
    void portInUseIsToldBeforeAnythingStarts() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(run("up", "--port", Integer.toString(taken.getLocalPort())))
                    .isEqualTo(ExitCode.MACHINE.number());
            assertThat(said().getLast())
                    .startsWith("millrace: port " + taken.getLocalPort() + " of 127.0.0.1 cannot be used");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"producer", "worker", "aggregator"})
    void helpOfARoleTellsItsSettingsAndFitsATerminal(String role) {
        assertThat(run(role, "--help")).isZero();
        assertThat(out.toString(UTF_8)).contains("  " + role + ".");
        assertThat(out.toString(UTF_8).lines())
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(COLUMNS));
    }

    @Test
    void doctorChecksTheMachineWithoutACluster() {
        assertThat(run("doctor")).isZero();
        assertThat(out.toString(UTF_8)).contains("  ok  Java 25", "roles aggregator, producer, worker");
    }
}

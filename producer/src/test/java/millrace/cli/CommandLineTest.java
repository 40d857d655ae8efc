package millrace.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import millrace.proto.Blob;
import millrace.proto.Descriptions;
import millrace.proto.ExitCode;
import millrace.proto.KernelType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What the command line says and exits with before it needs a fleet.
class CommandLineTest {
    @TempDir
    Path home;

    private final Map<String, String> environment = new HashMap<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeEach
    void liveInAFolderOfItsOwn() {
        environment.put("HOME", home.toString());
    }

    private ExitCode run(boolean terminal, String... arguments) {
        var shell = new Shell(
                new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8), terminal, terminal, environment);
        var status = Main.run(arguments, shell);
        return List.of(ExitCode.values()).stream()
                .filter(code -> code.number() == status)
                .findFirst()
                .orElseThrow();
    }

    private ExitCode run(String... arguments) {
        return run(false, arguments);
    }

    private List<String> said() {
        return err.toString(UTF_8).lines().toList();
    }

    private static List<String> kernels() {
        return Descriptions.load().all().stream().map(KernelType::name).toList();
    }

    private String printed() {
        return out.toString(UTF_8);
    }

    @Test
    void unknownKernelIsToldWithTheNearestAndAll() {
        assertThat(run("run", "prims", "--to", "5")).isEqualTo(ExitCode.USAGE);
        assertThat(said())
                .containsExactly(
                        "millrace: kernel 'prims' is unknown, did you mean primes? Allowed: "
                                + String.join(", ", kernels()),
                        "millrace: see 'millrace run --help'");
    }

    @Test
    void unknownCommandIsToldWithTheNearest() {
        assertThat(run("jbos")).isEqualTo(ExitCode.USAGE);
        assertThat(said().getFirst())
                .startsWith("millrace: command 'jbos' is unknown, did you mean jobs? Allowed: bench, cancel,");
    }

    @Test
    void unknownParameterIsToldWithTheNearest() {
        assertThat(run("run", "primes", "--tto=5")).isEqualTo(ExitCode.USAGE);
        assertThat(said())
                .containsExactly(
                        "millrace: option '--tto' is unknown, did you mean --to?",
                        "millrace: see 'millrace run primes --help'");
    }

    @Test
    void missingKernelIsUsage() {
        assertThat(run("run")).isEqualTo(ExitCode.USAGE);
        assertThat(said().getFirst()).isEqualTo("millrace: which kernel?");
    }

    @Test
    void everythingWrongWithParametersIsToldAtOnce() {
        assertThat(run("run", "primes", "--from", "x", "--to", "-5")).isEqualTo(ExitCode.USAGE);
        assertThat(said())
                .containsExactly(
                        "millrace: --from is 'x', allowed: a whole number 0..1e18",
                        "millrace: --to is '-5', allowed: a whole number 0..1e18");
    }

    @Test
    void everythingWrongWithOptionsIsToldAtOnce() {
        assertThat(run(
                        "run",
                        "primes",
                        "--to=9",
                        "--priority=77",
                        "--task-time=5",
                        "--on-failure=x",
                        "--items=3",
                        "--max-attempts=0",
                        "--deadline=0s",
                        "--task-items=0",
                        "--max-cores=-1"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(said())
                .contains(
                        "millrace: --priority is '77', allowed: a whole number -10..10",
                        "millrace: --deadline is '0s', allowed: 1ms to 14d",
                        "millrace: --max-attempts is '0', allowed: a whole number 1..100",
                        "millrace: --on-failure is 'x', allowed: fail, or skip:K with K from 1",
                        "millrace: --task-time is '5', allowed: a number with ms, s, m, h or d: 10s",
                        "millrace: --task-items is '0', allowed: a whole number 1..9007199254740992",
                        "millrace: --max-cores is '-1', allowed: a whole number 1..1000000",
                        "millrace: --items is '3', allowed: A..B, B not included");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--items=5..2       | items are 5..2, allowed: A..B with 0 <= A <= B, B not included",
                "--items=0..9999    | items are 0..9999, allowed within 0..1, the items of this primes job",
                "--job-id=          | --job-id is '', allowed: an id; leave it out for a random one",
                "--on-failure=skip:0 | --on-failure is 'skip:0', allowed: fail, or skip:K with K from 1",
                "--task-limit=100ms | --task-limit is 100ms, allowed 1s to 14d",
                "--task-time=2h     | --task-time is 2h, allowed 1ms to 1h",
                "--deadline=15d     | --deadline is 15d, allowed 0ms to 14d",
                "--job-id=a/b       | job id is 'a/b', allowed: a letter or digit",
                "--label=a:b=1      | label name is 'a:b', allowed: letters, digits",
                "--fleet=Fleet      | fleet is 'Fleet', allowed: lower-case letters, digits and '-', 40 in all",
                "--timeout=soon     | --timeout is 'soon', allowed: a number with ms, s, m, h or d: 10s",
                "--command-config=nowhere | --command-config nowhere cannot be read",
                "-o=no/such/folder  | -o is 'no/such/folder', allowed: a file in a folder that exists",
                "--blob-store=/mnt  | --blob-store is '/mnt', allowed: file: and the absolute path of a folder",
                "--blob-store=file:/no/such | --blob-store is 'file:/no/such', allowed: a folder that is there",
                "--format=xml       | Invalid value for option '--format'",
            })
    void badOptionIsToldWithItsValueAndWhatIsAllowed(String option, String message) {
        assertThat(run("run", "primes", "--to=9", option)).isEqualTo(ExitCode.USAGE);
        assertThat(said().getFirst()).startsWith("millrace: " + message);
    }

    @Test
    void unknownStateIsToldWithAll() {
        assertThat(run("jobs", "--state=bogus")).isEqualTo(ExitCode.USAGE);
        assertThat(said())
                .containsExactly("millrace: --state is 'bogus', allowed: waiting, running, paused, succeeded, partial,"
                        + " failed, cancelled, expired");
    }

    @Test
    void pipeAsFileIsRefusedAndStays() throws Exception {
        var pipe = home.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        assertThat(run("run", "primes", "--to=9", "-o=" + pipe)).isEqualTo(ExitCode.USAGE);
        assertThat(said())
                .containsExactly("millrace: -o is '" + pipe + "', but " + pipe
                        + " is no regular file, allowed: a new or a regular one; for a pipe or a device leave out -o"
                        + " and redirect standard output");
        assertThat(Files.readAttributes(pipe, BasicFileAttributes.class).isOther())
                .isTrue();
    }

    /// Random words were counted instead.
    @Test
    void emptyFileIsNotTakenForNone() throws Exception {
        var file = Files.createFile(home.resolve("empty.txt"));
        assertThat(run("submit", "prefix-count", "--file=" + file, "--dry-run")).isEqualTo(ExitCode.USAGE);
        assertThat(said())
                .containsExactly("millrace: --file is '" + file + "', an empty file, allowed: one with something in it;"
                        + " without --file the kernel does something else");
    }

    @Test
    void emptyBlobIsNotTakenForNone() {
        assertThat(run("submit", "prefix-count", "--file=" + Blob.EMPTY, "--dry-run"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(said().getFirst()).contains("an empty file, allowed: one with something in it, or none");
    }

    @Test
    void pictureIsNotWrittenToATerminal() {
        assertThat(run(true, "run", "mandelbrot")).isEqualTo(ExitCode.USAGE);
        assertThat(said())
                .containsExactly("millrace: the output of mandelbrot is not text, which a terminal cannot show:"
                        + " name a file with -o mandelbrot.png");
    }

    @Test
    void pictureIsNotPutIntoJson() {
        assertThat(run("run", "mandelbrot", "--format=json")).isEqualTo(ExitCode.USAGE);
        assertThat(said().getFirst()).contains("cannot stand in JSON: name a file with -o mandelbrot.png");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"jobs", "workers", "dead-letters", "job x", "watch x", "output x", "cancel x", "priority x -3"})
    void withoutAFleetCommandsSayHowToGetOne(String command) {
        assertThat(run(command.split(" "))).isEqualTo(ExitCode.KAFKA);
        assertThat(said())
                .containsExactly("millrace: no fleet millrace: none is up on this machine, and no cluster is named;"
                        + " start one with 'millrace up', or give --bootstrap-server");
    }

    @Test
    void downWithoutUpIsNotFound() {
        assertThat(run("down", "--fleet=other")).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(said()).containsExactly("millrace: fleet other is not up on this machine");
    }

    @Test
    void fleetThatIsUpAlreadyIsNamedInTheCommandThatEndsIt() throws IOException {
        FleetState.ofThisProcess("other", "127.0.0.1:9").write(home.resolve(".local/state/millrace"));
        run("up", "--fleet=other");
        assertThat(said().getLast()).contains("end it with 'millrace down --fleet other', or give another --fleet");
    }

    @Test
    void downTellsOfAFleetThatIsStarting() throws IOException {
        var folder = Files.createDirectories(home.resolve(".local/state/millrace"));
        try (var channel = FileChannel.open(
                        folder.resolve("other.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var _ = channel.lock()) {
            assertThat(run("down", "--fleet=other")).isEqualTo(ExitCode.NOT_FOUND);
        }
        assertThat(said())
                .containsExactly("millrace: fleet other is just starting: take it down when it is up, or interrupt what"
                        + " starts it");
    }

    @Test
    void helpOfAKernelTellsEachParameter() {
        assertThat(run("run", "primes", "--help")).isEqualTo(ExitCode.SUCCEEDED);
        assertThat(printed())
                .contains("An item of primes@1 is a block of", "--from=VALUE", "Default: 0", "--to=VALUE", "Must be")
                .contains("whole number 0..1e18");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "run",
                "run primes",
                "run mandelbrot",
                "run montecarlo",
                "submit",
                "submit primes",
                "jobs",
                "job",
                "watch",
                "output",
                "cancel",
                "pause",
                "resume",
                "priority",
                "rm",
                "workers",
                "kernels",
                "dead-letters",
                "up",
                "down",
                "doctor"
            })
    void everyHelpFitsATerminal(String command) {
        assertThat(run((command + " --help").strip().split(" "))).isEqualTo(ExitCode.SUCCEEDED);
        assertThat(printed().lines())
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(Shell.COLUMNS));
    }

    @Test
    void versionNamesMillraceKafkaAndJava() {
        assertThat(run("--version")).isEqualTo(ExitCode.SUCCEEDED);
        assertThat(printed().lines().map(line -> line.split(" ")[0])).containsExactly("millrace", "Kafka", "Java");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"--version", "kernels", "kernels --format=json", "submit primes --to=9 --dry-run", "--help"})
    void outputThatIsLostIsNoSuccess(String command) {
        var full = new OutputStream() {
            @Override
            public void write(int one) throws IOException {
                throw new IOException("No space left on device");
            }
        };
        var status = Main.run(
                List.of(command.split(" ")),
                new PrintStream(full, false, UTF_8),
                new PrintStream(err, true, UTF_8),
                environment);
        assertThat(status).isEqualTo(ExitCode.MACHINE.number());
        assertThat(said())
                .containsExactly("millrace: standard output cannot be written, and what should be there is lost:"
                        + " is its disk full?");
    }

    @Test
    void dryRunNeedsNoFleetAndTellsTheItems() {
        assertThat(run("submit", "primes", "--to=1e9", "--dry-run")).isEqualTo(ExitCode.SUCCEEDED);
        assertThat(printed()).startsWith("items  64 of primes@1").contains("time   not known: no job of primes@1");
    }

    @Test
    void kernelsAreListedForPeopleAndPrograms() {
        assertThat(run("kernels")).isEqualTo(ExitCode.SUCCEEDED);
        assertThat(printed()).contains("primes@1", "Counts the prime numbers");
        out.reset();
        assertThat(run("kernels", "--format=json")).isEqualTo(ExitCode.SUCCEEDED);
        assertThat(Report.JSON.readTree(printed()).findValuesAsString("kernel"))
                .isEqualTo(kernels())
                .contains("mandelbrot", "montecarlo", "prefix-count", "primes");
    }
}

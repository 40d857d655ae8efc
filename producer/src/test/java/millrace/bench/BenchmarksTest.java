package millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import millrace.proto.ExitCode;
import millrace.proto.Refusal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchmarksTest {
    @TempDir
    Path folder;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final List<String> said = new ArrayList<>();

    /// What a benchmark does.
    private interface Measuring {
        List<Figure> measure(Bench bench) throws Exception;
    }

    private record Made(String name, Measuring measuring) implements Benchmark {
        @Override
        public String summary() {
            return "made for a test";
        }

        @Override
        public List<Figure> run(Bench bench) throws Exception {
            return measuring.measure(bench);
        }
    }

    private static Made good(String name) {
        return new Made(name, _ -> List.of(Figure.of("a time", "s", List.of(1.5))));
    }

    private static Made bad(String name, Exception e) {
        return new Made(name, _ -> {
            throw e;
        });
    }

    private Benchmarks.Options options(Path results) {
        return new Benchmarks.Options(1, 1, 1000, folder, results, Map.of(), "1.0");
    }

    private ExitCode run(Benchmark... chosen) throws Exception {
        var out = new PrintStream(printed, true, StandardCharsets.UTF_8);
        return Benchmarks.runAll(List.of(chosen), options(folder.resolve("results")), out, said::add);
    }

    @Test
    void oneThatCannotBeMeasuredIsToldAndTheNextGoesOn() throws Exception {
        assertThat(run(bad("first", new IOException("no disk")), good("second")))
                .isEqualTo(ExitCode.SUCCEEDED);
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains("NOT MEASURED: first: java.io.IOException: no disk")
                .contains("a time");
        assertThat(folder.resolve("results/second.json")).exists();
    }

    @Test
    void wrongAnswerIsTheExitCodeAndTheNextGoesOn() throws Exception {
        assertThat(run(bad("first", new WrongAnswer("1, must be 2")), good("second")))
                .isEqualTo(ExitCode.FAILED);
        assertThat(said).contains("WRONG: first: 1, must be 2", "second: made for a test");
    }

    @Test
    void partThatFailsLeavesTheOthersFigures() throws Exception {
        var parts = new Made("parts", bench -> {
            var figures = new ArrayList<Figure>();
            bench.remarks().attempt("one", () -> figures.add(Figure.of("of one", "s", List.of(1.0))));
            bench.remarks().attempt("two", () -> {
                throw new WrongAnswer("3, must be 4");
            });
            return figures;
        });
        assertThat(run(parts)).isEqualTo(ExitCode.FAILED);
        assertThat(printed.toString(StandardCharsets.UTF_8)).contains("of one").contains("WRONG: two: 3, must be 4");
    }

    @Test
    void figuresThatCannotBeWrittenAreTheExitCode() throws Exception {
        var results = folder.resolve("results");
        var intruder = new Made("first", bench -> {
            Files.createDirectory(results.resolve("first.json"));
            return good("first").run(bench);
        });
        assertThat(run(intruder, good("second"))).isEqualTo(ExitCode.MACHINE);
        assertThat(results.resolve("second.json")).exists();
    }

    @Test
    void folderThatCannotBeWrittenIsRefusedBeforeAnythingIsMeasured() throws Exception {
        var file = Files.createFile(folder.resolve("file"));
        assertThatThrownBy(() -> Benchmarks.runAll(
                        List.of(bad("first", new IllegalStateException("was measured"))),
                        options(file.resolve("results")),
                        new PrintStream(printed, true, StandardCharsets.UTF_8),
                        said::add))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(ExitCode.MACHINE))
                .hasMessageContaining("--results is '" + file);
    }

    @Test
    void patienceGrowsWithTheJobs() {
        assertThat(new Bench(1, 20, 1000, 1, folder, Map.of(), said::add).patience())
                .isEqualTo(Duration.ofMinutes(10));
        assertThat(new Bench(1, 3600, 1000, 1, folder, Map.of(), said::add).patience())
                .isEqualTo(Duration.ofHours(20));
    }
}

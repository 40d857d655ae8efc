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
import millrace.proto.BadInput;
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
    void commandRepeatsWhatWasAskedFor() {
        var settings = Map.of("worker.lane-records", "10", "producer.http", "it's here");
        assertThat(Benchmarks.repeat("b1", new Benchmarks.Options(2, 3, 1000, folder, Path.of("a b"), settings, "1")))
                .isEqualTo("./millrace bench b1 --runs 2 --seconds 3 --tasks 1000 --set 'producer.http=it'\\''s here'"
                        + " --set worker.lane-records=10 --results 'a b'");
        assertThat(Benchmarks.repeat("b1", options(Benchmarks.RESULTS)))
                .isEqualTo("./millrace bench b1 --runs 1 --seconds 1 --tasks 1000");
    }

    @Test
    void settingsThatWereAskedForReplaceABenchmarksOwn() {
        var asked = Map.of("worker.lane-records", "10", "worker.http", "off");
        var bench = new Bench(1, 1, 1000, 1, folder, asked, said::add);
        assertThat(bench.effective(new Tasks().settings()))
                .isEqualTo(Map.of("producer.task-partitions", "2", "worker.lane-records", "10", "worker.http", "off"));
    }

    @Test
    void settingsAreRefusedWhereTheyHaveNoEffect() {
        var options = new Benchmarks.Options(
                1, 1, 1000, folder, folder.resolve("results"), Map.of("worker.lane-records", "10"), "1.0");
        var out = new PrintStream(printed, true, StandardCharsets.UTF_8);
        assertThatThrownBy(() -> Benchmarks.run(List.of("tasks", "memory", "scale"), options, out, said::add))
                .isInstanceOf(BadInput.class)
                .hasMessage("--set has no effect on memory, scale, allowed: with efficiency, small, tasks, latency, b1,"
                        + " b2, b3");
        assertThat(folder.resolve("results")).doesNotExist();
    }

    @Test
    void coresAreTheMachines() {
        var options = new Benchmarks.Options(
                1, 1, 1000, folder, folder.resolve("results"), Map.of("worker.cores", "1"), "1.0");
        assertThatThrownBy(() -> Benchmarks.runAll(List.of(good("first")), options, System.out, said::add))
                .isInstanceOf(BadInput.class)
                .hasMessageStartingWith("--set worker.cores has no effect");
    }

    @Test
    void patienceGrowsWithTheJobs() {
        assertThat(new Bench(1, 20, 1000, 1, folder, Map.of(), said::add).patience())
                .isEqualTo(Duration.ofMinutes(10));
        assertThat(new Bench(1, 3600, 1000, 1, folder, Map.of(), said::add).patience())
                .isEqualTo(Duration.ofHours(20));
    }
}

package millrace.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import millrace.proto.BadInput;
import millrace.proto.ExitCode;
import millrace.proto.Refusal;

/// All benchmarks, by name.
public final class Benchmarks {
    private static final List<Benchmark> ALL = List.of(
            new Efficiency(),
            new SmallItems(),
            new Tasks(),
            new Latency(),
            new Published(new ConvolutionWorkload()),
            new Published(new PrefixWorkload()),
            new Published(new InferenceWorkload()),
            new NativeKernels(),
            new Start(),
            new Memory(),
            new Scale(),
            new Faults());

    /// Their fleets are not embedded, or they start Millrace as users do, or they have no fleet.
    private static final Set<String> WITHOUT_SETTINGS = Set.of("native", "start", "memory", "scale", "faults");

    private static final String CORES = "worker.cores";

    /// Where figures and charts go unless another folder is asked for.
    public static final Path RESULTS = Path.of("bench-results");

    /// How to measure.
    ///
    /// @param runs     how often, 1 to 1,000
    /// @param seconds  about how long one job takes, 1 to 3,600
    /// @param tasks    that pass where memory is measured, 1,000 to 1,000,000,000
    /// @param data     where embedded brokers keep their data
    /// @param results  where figures and charts go
    /// @param settings of the roles, by key
    /// @param version  of Millrace
    public record Options(
            int runs, int seconds, long tasks, Path data, Path results, Map<String, String> settings, String version) {
        public Options {
            if (runs < 1 || runs > 1000) {
                throw new BadInput("--runs is " + runs + ", allowed 1..1000");
            }
            if (seconds < 1 || seconds > 3600) {
                throw new BadInput("--seconds is " + seconds + ", allowed 1..3600");
            }
            if (tasks < 1_000 || tasks > 1_000_000_000) {
                throw new BadInput("--tasks is " + tasks + ", allowed 1000..1000000000");
            }
            settings = Map.copyOf(settings);
        }
    }

    private Benchmarks() {}

    /// The command that runs a benchmark in this way, for a shell.
    static String repeat(String name, Options options) {
        var command = new StringBuilder("./millrace bench %s --runs %d --seconds %d --tasks %d"
                .formatted(name, options.runs(), options.seconds(), options.tasks()));
        new TreeMap<>(options.settings())
                .forEach((key, value) -> command.append(" --set ").append(quoted(key + "=" + value)));
        if (!options.results().equals(RESULTS)) {
            command.append(" --results ").append(quoted(options.results().toString()));
        }
        return command.toString();
    }

    private static String quoted(String word) {
        return word.matches("[\\w./:=,@%+-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }

    public static List<String> names() {
        return ALL.stream().map(Benchmark::name).toList();
    }

    /// A line for each.
    public static List<String> summaries() {
        return ALL.stream()
                .map(one -> "%-12s %s".formatted(one.name(), one.summary()))
                .toList();
    }

    /// Runs those that are named, all when none is. What one cannot measure, the others do.
    ///
    /// @param out takes the reports
    /// @param say takes what goes on
    /// @return [ExitCode#FAILED] when an answer was wrong, [ExitCode#MACHINE] when figures could not be written,
    ///     otherwise [ExitCode#SUCCEEDED], however long anything took
    /// @throws BadInput when there is none of a name, or settings are given to one that cannot use them
    /// @throws Refusal when figures cannot be written; nothing has been measured then
    public static ExitCode run(List<String> names, Options options, PrintStream out, Consumer<String> say)
            throws Exception {
        return runAll(
                names.isEmpty() ? ALL : names.stream().map(Benchmarks::find).toList(), options, out, say);
    }

    static ExitCode runAll(List<Benchmark> chosen, Options options, PrintStream out, Consumer<String> say)
            throws Exception {
        checkSettings(chosen, options.settings());
        makeWritable(options.results());
        var machine = Machine.here();
        var version = version(options.version());
        var right = true;
        var written = true;
        for (var one : chosen) {
            say.accept(one.name() + ": " + one.summary());
            var bench = new Bench(
                    options.runs(),
                    options.seconds(),
                    options.tasks(),
                    machine.cores(),
                    options.data(),
                    options.settings(),
                    say);
            var figures = new ArrayList<Figure>();
            bench.remarks().attempt(one.name(), () -> figures.addAll(one.run(bench)));
            var report = new BenchReport(
                    one.name(),
                    figures,
                    bench.remarks().lines(),
                    bench.effective(one.settings()),
                    machine.toString(),
                    version,
                    repeat(one.name(), options));
            out.println(report);
            right &= bench.remarks().right();
            written &= write(report, options.results(), say);
        }
        return right ? written ? ExitCode.SUCCEEDED : ExitCode.MACHINE : ExitCode.FAILED;
    }

    private static void checkSettings(List<Benchmark> chosen, Map<String, String> settings) {
        if (settings.containsKey(CORES)) {
            throw new BadInput(
                    "--set " + CORES + " has no effect, benchmarks compute on all cores; allowed: other settings");
        }
        var without = chosen.stream()
                .map(Benchmark::name)
                .filter(WITHOUT_SETTINGS::contains)
                .toList();
        if (!settings.isEmpty() && !without.isEmpty()) {
            throw new BadInput("--set has no effect on %s, allowed: with %s"
                    .formatted(
                            String.join(", ", without),
                            names().stream()
                                    .filter(name -> !WITHOUT_SETTINGS.contains(name))
                                    .collect(Collectors.joining(", "))));
        }
    }

    private static void makeWritable(Path folder) {
        try {
            Files.createDirectories(folder);
            Files.delete(Files.createTempFile(folder, "bench-", ".tmp"));
        } catch (IOException e) {
            throw new Refusal(
                    ExitCode.MACHINE, "--results is '%s', allowed: a folder to write to (%s)".formatted(folder, e), e);
        }
    }

    private static boolean write(BenchReport report, Path folder, Consumer<String> say) {
        try {
            report.write(folder);
            return true;
        } catch (IOException e) {
            say.accept("the figures of %s cannot be written: %s".formatted(report.benchmark(), e));
            return false;
        }
    }

    private static Benchmark find(String name) {
        return ALL.stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new BadInput("no benchmark '" + name + "', allowed: " + String.join(", ", names())));
    }

    /// The folder of the launcher and the sources, two above that of what was built.
    static Path home() {
        var jar = Path.of(System.getProperty("java.class.path").split(System.getProperty("path.separator"))[0]);
        return jar.toAbsolutePath().resolve("../../..").normalize();
    }

    // With the commit, where the launcher is in a working tree of Git.
    private static String version(String release) throws InterruptedException {
        var git = new ProcessBuilder("git", "-C", home().toString(), "describe", "--always", "--dirty", "--abbrev=12")
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        try {
            var process = git.start();
            try (var answer = process.inputReader(StandardCharsets.UTF_8)) {
                var commit = answer.readLine();
                return process.waitFor() == 0 && commit != null ? release + ", commit " + commit : release;
            }
        } catch (IOException e) { // there is no Git
            return release;
        }
    }
}

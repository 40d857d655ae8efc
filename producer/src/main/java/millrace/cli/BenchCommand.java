package millrace.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import millrace.bench.Benchmarks;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Measures Millrace on this machine.
@Command(
        name = "bench",
        description = "Measures Millrace on this machine. Each benchmark checks its answer; the exit status is 1 when"
                + " one is wrong, never because a time was long; what cannot be measured is told. Figures and charts"
                + " go to --results.")
final class BenchCommand implements Callable<Integer> {
    @Mixin
    Help help = new Help();

    @Parameters(
            paramLabel = "NAME",
            arity = "0..*",
            completionCandidates = Names.class,
            description = "Which. Default: all.")
    List<String> names = new ArrayList<>();

    @Option(names = "--runs", paramLabel = "N", description = "How often each figure is measured. Default: 5.")
    int runs = 5;

    @Option(names = "--seconds", paramLabel = "N", description = "About how long one job takes. Default: 20.")
    int seconds = 20;

    @Option(names = "--tasks", paramLabel = "N", description = "How many pass in 'memory'. Default: 10000000.")
    long tasks = 10_000_000;

    @Option(
            names = "--results",
            paramLabel = "FOLDER",
            description = "Where NAME.json and NAME.png go. Default: bench-results here.")
    Path results = Benchmarks.RESULTS;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description =
                    "A setting of a role, such as worker.lane-records=100, in front of the benchmark's own; may be"
                            + " repeated.")
    Map<String, String> settings = new LinkedHashMap<>();

    /// What shells complete.
    static final class Names extends ArrayList<String> {
        private static final long serialVersionUID = 1;

        Names() {
            super(Benchmarks.names());
        }
    }

    private final Shell shell;

    private BenchCommand(Shell shell) {
        this.shell = shell;
    }

    static CommandLine line(Shell shell) {
        var line = new CommandLine(new BenchCommand(shell));
        var footer = new ArrayList<>(List.of("", "Benchmarks:"));
        Benchmarks.summaries().forEach(one -> footer.add("  " + one.replace("%", "%%")));
        line.getCommandSpec().usageMessage().footer(footer.toArray(String[]::new));
        return line;
    }

    @Override
    public Integer call() throws Exception {
        EmbeddedFleet.check(settings);
        var data = Folders.cache(shell);
        var options = new Benchmarks.Options(runs, seconds, tasks, data, results, settings, Version.millrace());
        return Benchmarks.run(names, options, shell.out(), shell::say).number();
    }
}

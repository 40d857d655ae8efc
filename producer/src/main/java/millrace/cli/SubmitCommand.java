package millrace.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import millrace.client.Millrace;
import millrace.client.WorkerSummary;
import millrace.proto.Description;
import millrace.proto.ExitCode;
import millrace.proto.JobSpec;
import millrace.proto.KernelType;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/// Submits a job and leaves it to the fleet.
@Command(
        name = "submit",
        description = "Submits a job and prints its id.",
        synopsisSubcommandLabel = "KERNEL",
        commandListHeading = "%nKernels ('millrace submit KERNEL --help' tells their parameters):%n")
final class SubmitCommand implements Callable<Integer> {
    @Mixin
    Help help = new Help();

    @Mixin
    ClusterOptions cluster = new ClusterOptions();

    @Mixin
    SubmitOptions submit = new SubmitOptions();

    @Mixin
    Format format = new Format();

    @Option(
            names = "--dry-run",
            scope = ScopeType.INHERIT,
            description = "Prints items, estimated time and bytes instead; submits nothing.")
    boolean dryRun;

    private static final Duration LISTEN = Duration.ofMillis(1500);

    private final Shell shell;

    @Spec
    @Nullable
    CommandSpec spec;

    SubmitCommand(Shell shell) {
        this.shell = shell;
    }

    static CommandLine line(Shell shell) {
        var command = new SubmitCommand(shell);
        var line = new CommandLine(command);
        KernelCommands.add(line, command::submit);
        return line;
    }

    @Override
    public Integer call() {
        throw new ParameterException(Objects.requireNonNull(spec).commandLine(), "which kernel?");
    }

    private ExitCode submit(Description description, InputFiles files) throws InterruptedException, IOException {
        var options = submit.jobOptions();
        var checked = Millrace.spec(description, options, options.id().isEmpty() ? "dry-run" : options.id(), 1);
        if (dryRun) {
            return estimate(description, checked);
        }
        try (var view = new ProgressView(shell, false, System.nanoTime());
                var millrace = submit.connect(cluster.require(shell), shell)) {
            files.put(millrace, view);
            view.clear();
            var job = millrace.submit(description, options);
            shell.out()
                    .println(
                            format.json()
                                    ? Report.JSON
                                            .createObjectNode()
                                            .put("job", job.id())
                                            .toString()
                                    : job.id());
            if (shell.out().checkError()) {
                shell.say("job " + job.id() + " is submitted, although its id cannot be printed");
            }
        }
        return ExitCode.SUCCEEDED;
    }

    // With a fleet, from its history and for its cores; without one, from what was measured here and for this
    // machine.
    private ExitCode estimate(Description description, JobSpec wanted) {
        var measured = Measured.recall(Folders.state(shell), wanted);
        var cores = Runtime.getRuntime().availableProcessors();
        var fleet = cluster.find(shell);
        if (fleet.isPresent()) {
            try (var millrace = Millrace.connect(fleet.get())) {
                measured =
                        Measured.among(millrace.jobs(), wanted).or(() -> Measured.recall(Folders.state(shell), wanted));
                cores = millrace.workers(LISTEN).stream()
                        .filter(WorkerSummary::live)
                        .mapToInt(worker -> worker.heartbeat().cores())
                        .sum();
            }
        }
        var estimate = new Estimate(wanted, KernelType.of(description).item(), measured, Math.max(1, cores));
        shell.out().print(format.json() ? estimate.json() + "\n" : estimate.text());
        return ExitCode.SUCCEEDED;
    }
}

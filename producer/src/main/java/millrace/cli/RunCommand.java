package millrace.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import millrace.client.Job;
import millrace.client.JobFailed;
import millrace.client.JobOptions;
import millrace.client.Millrace;
import millrace.proto.Cluster;
import millrace.proto.Description;
import millrace.proto.Durations;
import millrace.proto.Ending;
import millrace.proto.ExitCode;
import millrace.proto.Refusal;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/// Submits a job, follows it and writes its output: on the cluster that is named, on the fleet that is up here,
/// or on an embedded one that is taken down afterwards.
@Command(
        name = "run",
        description = "Computes a job and writes its output.",
        synopsisSubcommandLabel = "KERNEL",
        commandListHeading = "%nKernels ('millrace run KERNEL --help' tells their parameters):%n")
final class RunCommand implements Callable<Integer> {
    @Mixin
    Help help = new Help();

    @Mixin
    ClusterOptions cluster = new ClusterOptions();

    @Mixin
    SubmitOptions submit = new SubmitOptions();

    @Mixin
    EmbeddedOptions embedded = new EmbeddedOptions();

    @Mixin
    Format format = new Format();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "Writes the output to a file, and beside it what made it. Default: standard output.")
    @Nullable
    Path file;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            scope = ScopeType.INHERIT,
            description = "How long to wait for the job to end: 30s, 2h. Default: as long as it takes.")
    @Nullable
    String timeout;

    @Option(
            names = {"-q", "--quiet"},
            scope = ScopeType.INHERIT,
            description = "Shows no progress and no summary.")
    boolean quiet;

    @Option(
            names = "--verbose",
            scope = ScopeType.INHERIT,
            description = "Shows what the processes log, and stack traces.")
    boolean verbose;

    static final Duration FOREVER = Duration.ofDays(3650);

    private final Shell shell;

    @Spec
    @Nullable
    CommandSpec spec;

    RunCommand(Shell shell) {
        this.shell = shell;
    }

    static CommandLine line(Shell shell) {
        var command = new RunCommand(shell);
        var line = new CommandLine(command);
        KernelCommands.add(line, command::run);
        return line;
    }

    @Override
    public Integer call() {
        throw new ParameterException(Objects.requireNonNull(spec).commandLine(), "which kernel?");
    }

    private ExitCode run(Description description, InputFiles files) throws InterruptedException, IOException {
        var options = submit.jobOptions();
        var patience = timeout == null ? FOREVER : Durations.parse("--timeout", timeout);
        var named = cluster.find(shell);
        var target =
                new OutputTarget(shell, file, format.json(), false, quiet, named.isPresent(), cluster.fleet(shell));
        target.check(description);
        // What is wrong with the job is told before a fleet is started for it.
        Millrace.spec(description, options, options.id().isEmpty() ? "dry-run" : options.id(), 1);
        if (named.isPresent()) {
            if (embedded.given() && !quiet) {
                shell.say("the fleet at " + named.get().bootstrapServers()
                        + " is used as it is: --workers, --cores, --data,"
                        + " --kernels and --set are for one that is started here");
            }
            return onCluster(named.get(), description, files, options, patience, target);
        }
        return onEmbedded(description, files, options, patience, target);
    }

    private ExitCode onCluster(
            Cluster cluster,
            Description description,
            InputFiles files,
            JobOptions options,
            Duration patience,
            OutputTarget target)
            throws InterruptedException, IOException {
        try (var view = new ProgressView(shell, quiet, System.nanoTime());
                var millrace = submit.connect(cluster, shell)) {
            files.put(millrace, view);
            var job = millrace.submit(description, options);
            try (var _ = new OnInterrupt(() -> {
                view.clear();
                shell.say("interrupted; job " + job.id() + " goes on");
                var id = job.id() + ClusterOptions.flag(cluster.fleet());
                shell.say("follow it with 'millrace watch " + id + "', end it with 'millrace cancel " + id + "'");
            })) {
                return finish(millrace, job, view, this.cluster.end(shell), patience, target, false);
            }
        }
    }

    private ExitCode onEmbedded(
            Description description, InputFiles files, JobOptions options, Duration patience, OutputTarget target)
            throws InterruptedException, IOException {
        var plan = submit.withBlobStore(embedded.plan(shell, cluster.fleet(shell), 0), shell);
        try (var view = new ProgressView(shell, quiet, System.nanoTime());
                var start = new EmbeddedStart(shell, view, () -> {})) {
            view.show("starting a fleet on this machine ...");
            var fleet = start.start(plan);
            try (var millrace = submit.connect(fleet.cluster(), shell)) {
                files.put(millrace, view);
                var job = millrace.submit(description, options);
                return finish(millrace, job, view, fleet.trouble(), patience, target, true);
            }
        }
    }

    private ExitCode finish(
            Millrace millrace,
            Job job,
            ProgressView view,
            CompletableFuture<Refusal> trouble,
            Duration patience,
            OutputTarget target,
            boolean endsWithUs)
            throws InterruptedException, IOException {
        if (!quiet && !shell.errIsTerminal()) {
            shell.say("job " + job.id() + " is submitted: "
                    + Units.plural(job.spec().items(), "item", "items"));
        }
        Ending ending;
        try {
            ending = new Follower(millrace, view, trouble).follow(job, patience);
        } catch (TimeoutException e) {
            view.clear();
            shell.say("job " + job.id() + " has not ended in " + Units.time(patience)
                    + (endsWithUs
                            ? ", and is given up with the fleet that was started for it"
                            : "; it goes on: millrace watch " + job.id() + ClusterOptions.flag(cluster.fleet(shell))));
            return givenUp(shell, millrace, job.id(), format.json());
        }
        view.clear();
        Measured.remember(Folders.state(shell), ending);
        return conclude(shell, millrace, job, ending, Optional.of(target), quiet, verbose, format.json());
    }

    /// Ends the waiting for a job that goes on.
    static ExitCode givenUp(Shell shell, Millrace millrace, String id, boolean json) {
        if (json) {
            shell.out()
                    .println(Report.of(Connection.summary(millrace, id), millrace.workers(Duration.ZERO))
                            .json(null));
        }
        return ExitCode.TIMED_OUT;
    }

    /// Writes the output of an ended job, if there is one, and what it was and cost.
    ///
    /// @param target where the output goes; empty for nowhere
    static ExitCode conclude(
            Shell shell,
            Millrace millrace,
            Job job,
            Ending ending,
            Optional<OutputTarget> target,
            boolean quiet,
            boolean verbose,
            boolean json)
            throws IOException {
        var report = Report.of(ending, quiet && !json ? List.of() : millrace.workers(Duration.ZERO));
        try {
            if (target.isPresent()) {
                target.get().write(job.output(ending), report);
            } else if (json) {
                shell.out().println(report.json(null));
            }
        } catch (JobFailed e) {
            if (json) {
                shell.out().println(report.json(null));
            }
        }
        EndingText.tell(shell, ending, report, quiet, verbose);
        return Report.exitCode(ending.state());
    }
}

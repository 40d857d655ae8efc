package millrace.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import millrace.proto.ExitCode;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The `millrace` command line.
@Command(
        name = "millrace",
        description =
                "A worker fleet for CPU-bound math over Kafka: jobs are cut into tasks, computed on all cores of all"
                        + " workers, and joined into one exact output.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        footer = {
            "",
            "Exit status: 0 succeeded, 1 failed or expired, 2 usage or settings, 3 finished"
                    + " with dead letters, 4 timed out waiting, 5 cannot reach Kafka or it is unfit,"
                    + " 6 not found, 7 this machine (port, disk, JDK), 8 cancelled, 70 a bug of ours,"
                    + " 130 interrupted (on a cluster the job goes on)."
        })
public final class Main implements Callable<Integer> {
    @Spec
    @Nullable
    CommandSpec spec;

    private Main() {}

    public static void main(String[] arguments) {
        Logging.setUp(arguments);
        System.exit(run(arguments, Shell.ofProcess()));
    }

    /// Runs one command line inside this process, as a script would run it: no stream is a terminal.
    ///
    /// @param out         takes outputs and lists
    /// @param err         takes progress and messages
    /// @param environment variables
    /// @return the exit status, see [millrace.proto.ExitCode]
    public static int run(List<String> arguments, PrintStream out, PrintStream err, Map<String, String> environment) {
        return run(arguments.toArray(String[]::new), new Shell(out, err, false, false, environment));
    }

    static int run(String[] arguments, Shell shell) {
        var line = line(shell);
        var status = line.execute(arguments);
        line.getOut().flush();
        // A print stream keeps its troubles to itself, so commands do not notice. Where one did, it has said more.
        if (status == ExitCode.MACHINE.number() || !shell.outIsLost()) {
            return status;
        }
        shell.say("standard output cannot be written, and what should be there is lost: is its disk full?");
        return status == ExitCode.SUCCEEDED.number() ? ExitCode.MACHINE.number() : status;
    }

    static CommandLine line(Shell shell) {
        var line = new CommandLine(new Main());
        line.addSubcommand("run", RunCommand.line(shell));
        line.addSubcommand("submit", SubmitCommand.line(shell));
        line.addSubcommand(new JobsCommand(shell));
        line.addSubcommand(new JobCommand(shell));
        line.addSubcommand(new WatchCommand(shell));
        line.addSubcommand(new OutputCommand(shell));
        OrderCommands.add(line, shell);
        line.addSubcommand(new WorkersCommand(shell));
        line.addSubcommand(new KernelsCommand(shell));
        line.addSubcommand(new DeadLettersCommand(shell));
        line.addSubcommand(new ReplayCommand(shell));
        line.addSubcommand(new UpCommand(shell));
        line.addSubcommand(new DownCommand(shell));
        RoleCommand.add(line, shell);
        line.addSubcommand(new DoctorCommand(shell));
        line.addSubcommand("bench", BenchCommand.line(shell));
        line.addSubcommand(new AutoComplete.GenerateCompletion());
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setUsageHelpLongOptionsMaxWidth(30);
        line.setOut(new PrintWriter(shell.out(), true, StandardCharsets.UTF_8));
        line.setErr(new PrintWriter(shell.err(), true, StandardCharsets.UTF_8));
        return Failures.wire(line, shell);
    }

    @Override
    public Integer call() {
        throw new ParameterException(Objects.requireNonNull(spec).commandLine(), "which command?");
    }
}

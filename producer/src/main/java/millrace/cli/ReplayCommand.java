package millrace.cli;

import java.util.Objects;
import java.util.concurrent.Callable;
import millrace.proto.ExitCode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Goes on from where a job ended without all its items.
@Command(
        name = "replay",
        description = "Goes on from where a job ended that did not succeed: a new job computes only what is missing."
                + " Prints its id; 'millrace output' with either id waits for the whole output.")
final class ReplayCommand implements Callable<Integer> {
    @Mixin
    Help help = new Help();

    @Mixin
    ClusterOptions cluster = new ClusterOptions();

    @Option(names = "--dry-run", description = "Shows what would be computed and submits nothing.")
    boolean dryRun;

    @Parameters(paramLabel = "ID", description = "The job's id.")
    String id = "";

    private final Shell shell;

    ReplayCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws InterruptedException {
        try (var millrace = Connection.open(cluster, shell)) {
            Connection.summary(millrace, id);
            var spec = millrace.replaySpec(id);
            var parent = Connection.summary(millrace, spec.parent());
            var ending = Objects.requireNonNull(parent.ending(), "a replay's parent has ended");
            shell.say((dryRun ? "to be computed: " : "computes ")
                    + "%s of %s items of job %s, which ended %s: %s"
                            .formatted(
                                    Units.count(spec.items() - ending.done().items()),
                                    Units.count(spec.items()),
                                    spec.parent(),
                                    ending.state(),
                                    OutputCommand.missing(ending)));
            if (!dryRun) {
                var replay = millrace.replay(id).id();
                shell.out().println(replay);
                if (shell.out().checkError()) {
                    shell.say("job " + replay + " is submitted, although its id cannot be printed");
                }
            }
        }
        return ExitCode.SUCCEEDED.number();
    }
}

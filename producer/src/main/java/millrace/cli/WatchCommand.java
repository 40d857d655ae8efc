package millrace.cli;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import millrace.proto.Durations;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Follows a job until it ends.
@Command(name = "watch", description = "Follows a job until it ends; the exit status tells how.")
final class WatchCommand implements Callable<Integer> {
    @Mixin
    Help help = new Help();

    @Mixin
    ClusterOptions cluster = new ClusterOptions();

    @Mixin
    Format format = new Format();

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            description = "How long to wait: 30s, 2h. Default: as long as it takes.")
    @Nullable
    String timeout;

    @Option(names = "--verbose", description = "Shows stack traces.")
    boolean verbose;

    @Parameters(paramLabel = "ID", description = "The job's id.")
    String id = "";

    private final Shell shell;

    WatchCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
        var patience = timeout == null ? RunCommand.FOREVER : Durations.parse("--timeout", timeout);
        try (var view = new ProgressView(shell, false, System.nanoTime());
                var millrace = Connection.open(cluster, shell)) {
            var job = Connection.job(millrace, id);
            try (var _ = new OnInterrupt(() -> {
                view.clear();
                shell.say("interrupted; job " + id + " goes on");
            })) {
                var ending = new Follower(millrace, view, cluster.end(shell)).follow(job, patience);
                view.clear();
                return RunCommand.conclude(
                                shell, millrace, job, ending, Optional.empty(), false, verbose, format.json())
                        .number();
            } catch (TimeoutException e) {
                view.clear();
                shell.say("job " + id + " has not ended in " + Units.time(patience) + "; it goes on");
                return RunCommand.givenUp(shell, millrace, id, format.json()).number();
            }
        }
    }
}

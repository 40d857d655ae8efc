package millrace.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import millrace.client.JobFailed;
import millrace.proto.Descriptions;
import millrace.proto.Durations;
import millrace.proto.ExitCode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Writes a job's output, waiting for it when the job has not ended.
@Command(name = "output", description = "Writes a job's output; waits for it when the job has not ended.")
final class OutputCommand implements Callable<Integer> {
    @Mixin
    Help help = new Help();

    @Mixin
    ClusterOptions cluster = new ClusterOptions();

    @Mixin
    Format format = new Format();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Writes it to a file, and beside it what made it. Default: standard output.")
    @Nullable
    Path file;

    @Option(names = "--raw", description = "Writes the canonical bytes, which the digest is over, as they are.")
    boolean raw;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            description = "How long to wait for the job. Default: as long as it takes.")
    @Nullable
    String timeout;

    @Parameters(paramLabel = "ID", description = "The job's id.")
    String id = "";

    private final Shell shell;

    OutputCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
        var patience = timeout == null ? RunCommand.FOREVER : Durations.parse("--timeout", timeout);
        try (var view = new ProgressView(shell, false, System.nanoTime());
                var millrace = Connection.open(cluster, shell)) {
            var job = Connection.job(millrace, id);
            var target = new OutputTarget(shell, file, format.json(), raw);
            var description = Descriptions.load().read(job.spec().computation());
            description.ifPresent(target::check);
            var ending = new Follower(millrace, view, new CompletableFuture<>()).follow(job, patience);
            view.clear();
            target.write(job.output(ending), Report.of(ending, millrace.workers(Duration.ZERO)));
            return Report.exitCode(ending.state()).number();
        } catch (JobFailed e) {
            shell.say(e.getMessage() + "; it has no output");
            return Report.exitCode(e.ending().state()).number();
        } catch (TimeoutException e) {
            shell.say("job " + id + " has not ended in " + Units.time(patience) + "; it goes on");
            return ExitCode.TIMED_OUT.number();
        }
    }
}

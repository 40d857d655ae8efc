package millrace.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import millrace.client.Job;
import millrace.client.JobFailed;
import millrace.client.Millrace;
import millrace.proto.Descriptions;
import millrace.proto.Durations;
import millrace.proto.Ending;
import millrace.proto.ExitCode;
import millrace.proto.Ranges;
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
            names = "--partial",
            description = "Writes what there is of the output of a job that failed or was cancelled, and tells which"
                    + " items are in it.")
    boolean partial;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            description = "How long to wait for the job. Default: as long as it takes.")
    @Nullable
    String timeout;

    @Parameters(paramLabel = "ID", description = "The job's id.")
    String id = "";

    private static final int GAPS_SHOWN = 5;

    private final Shell shell;

    OutputCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
        var patience = timeout == null ? RunCommand.FOREVER : Durations.parse("--timeout", timeout);
        try (var view = new ProgressView(shell, false, System.nanoTime());
                var millrace = Connection.open(cluster, shell)) {
            var job = Connection.job(millrace, latest(millrace));
            var target = new OutputTarget(shell, file, format.json(), raw, false, true, cluster.fleet(shell));
            var description = Descriptions.load().read(job.spec().computation());
            description.ifPresentOrElse(target::check, target::check);
            return write(millrace, job, view, patience, target).number();
        }
    }

    private ExitCode write(Millrace millrace, Job job, ProgressView view, Duration patience, OutputTarget target)
            throws InterruptedException, IOException {
        try {
            var ending = new Follower(millrace, view, cluster.end(shell)).follow(job, patience);
            view.clear();
            var output = partial ? job.partialOutput(ending) : job.output(ending);
            target.write(output, Report.of(ending, millrace.workers(Duration.ZERO)));
            if (!output.complete()) {
                shell.say("this is a partial output: " + ending.done().items() + " of "
                        + ending.spec().items()
                        + " items are in it, the last job ended " + ending.state() + "; missing: "
                        + missing(ending));
            }
            return Report.exitCode(ending.state());
        } catch (JobFailed e) {
            if (format.json()) {
                shell.out()
                        .println(Report.of(e.ending(), millrace.workers(Duration.ZERO))
                                .json(null));
            }
            shell.say(e.getMessage() + "; " + instead(e.ending()));
            return Report.exitCode(e.ending().state());
        } catch (TimeoutException e) {
            view.clear();
            shell.say("job " + id + " has not ended in " + Units.time(patience) + "; it goes on");
            return RunCommand.givenUp(shell, millrace, job.id(), format.json());
        }
    }

    // The output of a job that was replayed is its replay's.
    private String latest(Millrace millrace) {
        var latest = millrace.latest(id).map(job -> job.spec().job()).orElse(id);
        if (!latest.equals(id)) {
            shell.say("job " + latest + " went on from " + id + ": the output is its");
        }
        return latest;
    }

    private static String instead(Ending ending) {
        return ending.output() == null
                ? "it has no output"
                : "what there is of its output: millrace output --partial " + ending.job();
    }

    static String missing(Ending ending) {
        var spec = ending.spec();
        var gaps = ending.done().gaps(spec.first(), spec.end());
        return gaps.stream().limit(GAPS_SHOWN).map(Ranges.Range::toString).collect(Collectors.joining(", "))
                + (gaps.size() > GAPS_SHOWN ? " and " + (gaps.size() - GAPS_SHOWN) + " more ranges" : "");
    }
}

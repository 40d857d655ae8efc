package millrace.cli;

import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import millrace.proto.BadInput;
import millrace.proto.Ending;
import millrace.proto.ExitCode;
import millrace.proto.Text;
import millrace.proto.view.JobSummary;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/// Lists jobs.
@Command(name = "jobs", description = "Lists the fleet's jobs, newest first.")
final class JobsCommand implements Callable<Integer> {
    @Mixin
    Help help = new Help();

    private static final List<String> STATES = Stream.concat(
                    Stream.of("waiting", "running", "paused"),
                    Arrays.stream(Ending.State.values())
                            .map(ending -> ending.name().toLowerCase(Locale.ROOT)))
            .toList();

    @Mixin
    ClusterOptions cluster = new ClusterOptions();

    @Mixin
    Format format = new Format();

    @Option(
            names = "--state",
            paramLabel = "STATE",
            description = "Only those that are waiting, running, succeeded, ...")
    @Nullable
    String state;

    @Option(names = "--label", paramLabel = "K=V", description = "Only those with this label; may be repeated.")
    Map<String, String> labels = new LinkedHashMap<>();

    private final Shell shell;

    JobsCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        if (state != null && !STATES.contains(state.toLowerCase(Locale.ROOT))) {
            throw new BadInput("--state is '" + Text.line(state, 60) + "', allowed: " + String.join(", ", STATES));
        }
        try (var millrace = Connection.open(cluster, shell)) {
            var jobs = millrace.jobs().stream()
                    .filter(job -> state == null || job.state().equalsIgnoreCase(state))
                    .filter(job -> job.spec().labels().entrySet().containsAll(labels.entrySet()))
                    .toList();
            if (format.json()) {
                var array = Report.JSON.createArrayNode();
                jobs.forEach(job -> array.add(json(job)));
                shell.out().println(array);
            } else if (jobs.isEmpty()) {
                shell.say("no jobs");
            } else {
                var table = new Table("JOB", "STATE", "DONE", "PRIO", "AGE", "KERNEL");
                var now = System.currentTimeMillis();
                jobs.forEach(job -> table.row(
                        Text.line(job.spec().job(), 30),
                        job.state(),
                        done(job),
                        job.priority(),
                        Units.time(Duration.ofMillis(Math.max(0, now - job.submittedMillis()))),
                        what(job)));
                table.print(shell.out());
            }
        }
        return ExitCode.SUCCEEDED.number();
    }

    static String done(JobSummary job) {
        return String.format(
                Locale.ROOT, "%.0f%%", Math.floor(100 * job.progress().fraction()));
    }

    private static String what(JobSummary job) {
        var labels = job.spec().labels().entrySet().stream()
                .map(label -> " " + label.getKey() + "=" + label.getValue())
                .collect(Collectors.joining());
        return job.spec().computation().kernel() + labels;
    }

    private static ObjectNode json(JobSummary job) {
        var json = Report.JSON
                .createObjectNode()
                .put("job", job.spec().job())
                .put(
                        "kernel",
                        job.spec().computation().kernel() + "@"
                                + job.spec().computation().version())
                .put("state", job.state().toUpperCase(Locale.ROOT))
                .put("items", job.spec().items())
                .put("done", job.progress().done())
                .put("failed", job.progress().dead())
                .put("priority", job.priority())
                .put("submittedMillis", job.submittedMillis());
        json.put(
                "endedMillis",
                job.ending() == null
                        ? null
                        : (Long) Objects.requireNonNull(job.ending()).endedMillis());
        var labels = json.putObject("labels");
        job.spec().labels().forEach(labels::put);
        return json;
    }
}

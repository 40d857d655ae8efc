package millrace.cli;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import millrace.client.WorkerSummary;
import millrace.proto.ExitCode;
import millrace.proto.Obstacle;
import millrace.proto.Text;
import millrace.proto.view.JobSummary;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Tells all that is known of one job.
@Command(name = "job", description = "Tells what is known of a job.")
final class JobCommand implements Callable<Integer> {
    @Mixin
    Help help = new Help();

    private static final Duration LISTEN = Duration.ofMillis(1500);

    @Mixin
    ClusterOptions cluster = new ClusterOptions();

    @Mixin
    Format format = new Format();

    @Parameters(paramLabel = "ID", description = "The job's id.")
    String id = "";

    private final Shell shell;

    JobCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        try (var millrace = Connection.open(cluster, shell)) {
            var job = Connection.summary(millrace, id);
            // An ended job needs no listening: what its workers last said is enough.
            var workers = millrace.workers(job.ending() == null ? LISTEN : Duration.ZERO);
            var report = Report.of(job, workers);
            if (format.json()) {
                shell.out()
                        .println(report.json(null)
                                .set("report", full(job, report).json()));
            } else {
                print(job, report, workers);
            }
        }
        return ExitCode.SUCCEEDED.number();
    }

    private static JobReport full(JobSummary job, Report report) {
        var ending = job.ending();
        return ending != null
                ? JobReport.of(ending, report.cores())
                : JobReport.of(report.tally(), report.cores(), job.submittedMillis(), System.currentTimeMillis());
    }

    private void print(JobSummary job, Report report, List<WorkerSummary> workers) {
        var spec = job.spec();
        var tally = report.tally();
        line("job", spec.job());
        line(
                "kernel",
                spec.computation().kernel() + "@" + spec.computation().version() + " " + Sidecar.parameters(spec));
        line("state", state(job, report, workers));
        line(
                "items",
                "%,d of %,d done%s"
                        .formatted(
                                job.progress().done(),
                                spec.items(),
                                job.progress().dead() == 0
                                        ? ""
                                        : ", %,d failed"
                                                .formatted(job.progress().dead())));
        line("tasks", "%,d counted of %,d computed".formatted(tally.tasks(), tally.attempts()));
        if (!report.mended().isEmpty()) {
            line("mended", report.mended());
        }
        line(
                "time",
                "%s, %s of CPU time%s"
                        .formatted(Units.time(report.wallSeconds()), Units.time(report.cpuSeconds()), report.share()));
        line("workers", Integer.toString(tally.workers().size()));
        for (var told : full(job, report).lines()) {
            line(told.name(), told.text());
        }
        line("priority", Integer.toString(job.priority()));
        if (!spec.labels().isEmpty()) {
            line("labels", spec.labels().toString());
        }
        var ending = job.ending();
        if (ending != null) {
            if (!ending.reason().isEmpty()) {
                line("reason", ending.reason());
            }
            if (report.digest() != null) {
                line("digest", report.digest());
            }
            var place = ending.output();
            if (place != null) {
                line("output", Units.bytes(place.bytes()) + ": millrace output " + spec.job());
            }
        }
    }

    private static String state(JobSummary job, Report report, List<WorkerSummary> workers) {
        if (job.ending() != null) {
            return job.state() + " in " + Units.time(report.wallSeconds());
        }
        var live = workers.stream()
                .filter(WorkerSummary::live)
                .map(WorkerSummary::heartbeat)
                .toList();
        return job.state()
                + Obstacle.of(job.spec().computation(), job.paused(), live)
                        .filter(_ -> !job.paused())
                        .map(why -> ": " + why)
                        .orElse("");
    }

    private void line(String name, String value) {
        shell.out()
                .println(String.format(Locale.ROOT, "%-9s %s", name, Text.line(value, 400))
                        .stripTrailing());
    }
}

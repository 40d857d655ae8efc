package millrace.cli;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import millrace.client.WorkerSummary;
import millrace.proto.ExitCode;
import millrace.proto.Heartbeat;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.node.ObjectNode;

/// Lists workers.
@Command(
        name = "workers",
        description = "Lists the fleet's workers. Listens for signs of life, which takes up to 2.5 s.")
final class WorkersCommand implements Callable<Integer> {
    @Mixin
    Help help = new Help();

    private static final Duration LISTEN = Duration.ofMillis(2500);

    @Mixin
    ClusterOptions cluster = new ClusterOptions();

    @Mixin
    Format format = new Format();

    private final Shell shell;

    WorkersCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        try (var millrace = Connection.open(cluster, shell)) {
            var workers = millrace.workers(LISTEN);
            if (format.json()) {
                var array = Report.JSON.createArrayNode();
                workers.forEach(worker -> array.add(json(worker)));
                shell.out().println(array);
            } else if (workers.isEmpty()) {
                shell.say("no workers; start one with 'millrace worker'");
            } else {
                var table = new Table("WORKER", "STATE", "CORES", "BUSY", "TASKS", "MEMORY", "KERNELS");
                workers.forEach(worker -> table.row(
                        worker.heartbeat().worker(),
                        state(worker),
                        worker.heartbeat().cores(),
                        worker.heartbeat().coresBusy(),
                        Units.count(worker.heartbeat().tasks()),
                        Units.bytes(worker.heartbeat().residentBytes()),
                        kernels(worker.heartbeat())));
                table.print(shell.out());
                var releases = releases(workers);
                if (releases.size() > 1) {
                    shell.say("releases: "
                            + releases.entrySet().stream()
                                    .map(release -> release.getKey() + " (" + release.getValue() + ")")
                                    .collect(Collectors.joining(", ")));
                }
                workers.stream()
                        .map(WorkerSummary::heartbeat)
                        .filter(heartbeat -> !heartbeat.trouble().isEmpty())
                        .forEach(heartbeat -> shell.say(heartbeat.worker() + ": " + heartbeat.trouble()));
            }
        }
        return ExitCode.SUCCEEDED.number();
    }

    // More than one while the fleet is upgraded.
    private static Map<String, Long> releases(List<WorkerSummary> workers) {
        return workers.stream()
                .filter(WorkerSummary::live)
                .collect(Collectors.groupingBy(
                        worker -> worker.heartbeat().release(), TreeMap::new, Collectors.counting()));
    }

    private static String state(WorkerSummary worker) {
        return worker.live() ? worker.heartbeat().state().name().toLowerCase(Locale.ROOT) : "silent";
    }

    private static String kernels(Heartbeat heartbeat) {
        return heartbeat.offers().stream()
                .map(offer -> offer.kernel() + "@" + offer.version())
                .collect(Collectors.joining(" "));
    }

    private static ObjectNode json(WorkerSummary worker) {
        var heartbeat = worker.heartbeat();
        var json = Report.JSON
                .createObjectNode()
                .put("worker", heartbeat.worker())
                .put("live", worker.live())
                .put("state", heartbeat.state().name())
                .put("trouble", heartbeat.trouble())
                .put("host", heartbeat.host())
                .put("pid", heartbeat.pid())
                .put("release", heartbeat.release())
                .put("cores", heartbeat.cores())
                .put("busy", heartbeat.coresBusy())
                .put("tasks", heartbeat.tasks())
                .put("cpuSeconds", heartbeat.cpuNanos() / 1e9)
                .put("memoryBytes", heartbeat.residentBytes());
        var kernels = json.putArray("kernels");
        heartbeat.offers().forEach(offer -> kernels.add(offer.kernel() + "@" + offer.version()));
        return json;
    }
}

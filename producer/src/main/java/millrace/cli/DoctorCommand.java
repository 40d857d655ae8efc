package millrace.cli;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import millrace.client.Millrace;
import millrace.client.WorkerSummary;
import millrace.proto.Cluster;
import millrace.proto.ClusterCheck;
import millrace.proto.ClusterCheck.Finding;
import millrace.proto.ExitCode;
import millrace.proto.Heartbeat;
import millrace.proto.Refusal;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Checks what Millrace needs of this machine and of the cluster, changes nothing, and says how to mend each
/// thing.
@Command(
        name = "doctor",
        description =
                "Checks this machine and the cluster: versions, topics, group settings, rights, who is there; says how"
                        + " to mend what is wrong. Changes nothing.")
final class DoctorCommand implements Callable<Integer> {
    @Mixin
    Help help = new Help();

    @Mixin
    ClusterOptions cluster = new ClusterOptions();

    @Mixin
    Format format = new Format();

    @Option(names = "--no-color", description = "Never uses colours.")
    boolean noColor;

    private static final Duration LISTEN = Duration.ofMillis(2500);

    private final Shell shell;

    DoctorCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        var findings = MachineCheck.run(shell);
        var named = cluster.find(shell);
        if (named.isPresent()) {
            try {
                findings.addAll(ClusterCheck.run(named.get(), () -> live(named.get())));
            } catch (Refusal e) {
                findings.add(Finding.wrong(
                        e.code(), "cluster", String.valueOf(e.getMessage()), "check address and network"));
            }
        }
        print(findings);
        if (named.isEmpty() && !format.json()) {
            shell.say("no cluster is named and no fleet is up, so only this machine was checked");
        }
        return findings.stream()
                .filter(finding -> finding.problem() != null)
                .map(Finding::code)
                .findFirst()
                .orElse(ExitCode.SUCCEEDED)
                .number();
    }

    private static List<Heartbeat> live(Cluster cluster) {
        try (var millrace = Millrace.connect(cluster)) {
            return millrace.workers(LISTEN).stream()
                    .filter(WorkerSummary::live)
                    .map(WorkerSummary::heartbeat)
                    .toList();
        }
    }

    private void print(List<Finding> findings) {
        if (format.json()) {
            var array = Report.JSON.createArrayNode();
            findings.forEach(finding -> array.addObject()
                    .put("what", finding.what())
                    .put("fit", finding.problem() == null)
                    .put("problem", finding.problem())
                    .put("fix", finding.fix()));
            shell.out().println(array);
            return;
        }
        for (var finding : findings) {
            if (finding.problem() == null) {
                shell.out().println(coloured("32", "  ok  ") + finding.what());
            } else {
                shell.out().println(coloured("31", "unfit ") + finding.what() + ": " + finding.problem());
                shell.out().println("      " + finding.fix());
            }
        }
    }

    private String coloured(String colour, String text) {
        var plain = noColor
                || !shell.outIsTerminal()
                || !shell.variable("NO_COLOR", "").isEmpty();
        return plain ? text : "\033[" + colour + "m" + text + "\033[0m";
    }
}

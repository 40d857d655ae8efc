package millrace.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import millrace.proto.Role;
import millrace.proto.Settings;
import org.apache.kafka.common.config.ConfigDef;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Runs one role against a cluster until it is told to stop: what containers run.
@Command
final class RoleCommand implements Callable<Integer> {
    @Mixin
    Help help = new Help();

    @Mixin
    ClusterOptions cluster = new ClusterOptions();

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "A setting, see below; may be repeated.")
    Map<String, String> settings = new LinkedHashMap<>();

    @Option(
            names = "--settings",
            paramLabel = "FILE",
            description = "Settings: lines of KEY=VALUE. Default: millrace.properties in the configuration folder.")
    @Nullable
    Path settingsFile;

    @Option(names = "--verbose", description = "Logs more, Kafka's client too.")
    boolean verbose;

    private final Shell shell;
    private final Role role;

    private RoleCommand(Shell shell, Role role) {
        this.shell = shell;
        this.role = role;
    }

    static void add(CommandLine parent, Shell shell) {
        for (var role : EmbeddedFleet.roles().values()) {
            var line = new CommandLine(new RoleCommand(shell, role));
            line.getCommandSpec()
                    .name(role.name())
                    .usageMessage()
                    .description(purpose(role))
                    .footer(footer(role.settings()));
            parent.addSubcommand(role.name(), line);
        }
    }

    private static String purpose(Role role) {
        return switch (role.name()) {
            case "producer" -> "Runs a producer: feeds the tasks of jobs to the workers. Others stand by.";
            case "worker" -> "Runs a worker: computes tasks on all cores.";
            case "aggregator" -> "Runs an aggregator: joins results into outputs and ends jobs.";
            default -> "Runs the role " + role.name() + ".";
        };
    }

    private static String[] footer(ConfigDef settings) {
        var lines = new ArrayList<String>();
        lines.add("");
        lines.add("Settings (or variables such as "
                + Settings.variable(
                        settings.names().stream().sorted().findFirst().orElse("")) + "):");
        new TreeMap<>(settings.configKeys()).forEach((name, key) -> {
            lines.add("  " + name + "=" + key.defaultValue);
            wrap(key.documentation).forEach(line -> lines.add("      " + line.replace("%", "%%")));
        });
        return lines.toArray(String[]::new);
    }

    private static List<String> wrap(String text) {
        var lines = new ArrayList<String>();
        var line = new StringBuilder();
        for (var word : text.split(" ")) {
            if (line.length() + 1 + word.length() > Shell.COLUMNS - 8) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }

    @Override
    public Integer call() throws InterruptedException {
        var file = new EmbeddedOptions();
        file.settingsFile = settingsFile;
        var resolved = Settings.resolve(role.settings(), settings, shell.environment(), file.file(shell));
        var running = role.start(cluster.require(shell), resolved);
        try (var _ = new OnInterrupt(() -> stop(running))) {
            return running.await().number();
        }
    }

    // A process that was asked to stop and did has succeeded; the JVM would say 143.
    private static void stop(Role.Running running) {
        running.close();
        try {
            Runtime.getRuntime().halt(Objects.requireNonNull(running.await()).number());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

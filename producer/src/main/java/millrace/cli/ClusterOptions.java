package millrace.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import millrace.proto.BadInput;
import millrace.proto.Cluster;
import millrace.proto.ExitCode;
import millrace.proto.Refusal;
import millrace.proto.Topics;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/// The options that say which fleet on which cluster, and how they are resolved.
final class ClusterOptions {
    static final String SERVERS_VARIABLE = "MILLRACE_BOOTSTRAP_SERVERS";
    static final String FLEET_VARIABLE = "MILLRACE_FLEET";
    static final String FLEET_DEFAULT = "millrace";

    @Option(
            names = "--bootstrap-server",
            paramLabel = "HOST:PORT",
            scope = ScopeType.INHERIT,
            description =
                    "Kafka cluster, 4.3 or newer. Default: MILLRACE_BOOTSTRAP_SERVERS, else the fleet that is up here.")
    @Nullable
    String bootstrapServers;

    @Option(
            names = "--fleet",
            paramLabel = "NAME",
            scope = ScopeType.INHERIT,
            description = "Prefix of the fleet's topics. Default: MILLRACE_FLEET, else millrace.")
    @Nullable
    String fleet;

    @Option(
            names = "--command-config",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "Properties of Kafka's clients: security and the like.")
    @Nullable
    Path commandConfig;

    @Option(
            names = "--command-property",
            paramLabel = "KEY=VALUE",
            scope = ScopeType.INHERIT,
            description = "One such property; may be repeated.")
    Map<String, String> commandProperties = new LinkedHashMap<>();

    private CompletableFuture<ProcessHandle> end = new CompletableFuture<>();

    /// The fleet's name: flag, environment, default.
    String fleet(Shell shell) {
        var name = fleet != null ? fleet : shell.variable(FLEET_VARIABLE, FLEET_DEFAULT);
        try {
            return Topics.checkFleet(name);
        } catch (IllegalArgumentException e) {
            throw new BadInput(String.valueOf(e.getMessage()));
        }
    }

    /// What a command that is told to people needs to find a fleet again: nothing, or the option after a space.
    static String flag(String fleet) {
        return fleet.equals(FLEET_DEFAULT) ? "" : " --fleet " + fleet;
    }

    /// The cluster that flags or environment name; empty when they name none.
    ///
    /// @throws BadInput when the properties cannot be read
    Optional<Cluster> named(Shell shell) {
        var properties = new TreeMap<String, String>();
        if (commandConfig != null) {
            properties.putAll(properties("--command-config", commandConfig));
        }
        properties.putAll(commandProperties);
        var servers = bootstrapServers != null
                ? bootstrapServers
                : shell.variable(SERVERS_VARIABLE, properties.getOrDefault("bootstrap.servers", ""));
        if (servers.isBlank()) {
            return Optional.empty();
        }
        properties.put("bootstrap.servers", servers);
        return Optional.of(new Cluster(fleet(shell), properties));
    }

    /// The cluster that is named, else the fleet that is up on this machine; empty when there is neither.
    Optional<Cluster> find(Shell shell) {
        return named(shell)
                .or(() -> FleetState.read(Folders.state(shell), fleet(shell))
                        .flatMap(state -> state.process().map(process -> {
                            end = process.onExit();
                            return Cluster.at(state.bootstrapServers(), state.fleet());
                        })));
    }

    /// Completes when the fleet that [#find] found up on this machine ends; never for a cluster that is named, which
    /// may come back.
    CompletableFuture<Refusal> end(Shell shell) {
        var message =
                "fleet " + fleet(shell) + " is up no more on this machine, and its jobs and outputs are gone with it";
        return end.thenApply(_ -> new Refusal(ExitCode.KAFKA, message));
    }

    /// As [#find], for commands that need one.
    ///
    /// @throws Refusal when there is none ([ExitCode#KAFKA])
    Cluster require(Shell shell) {
        return find(shell)
                .orElseThrow(() -> new Refusal(
                        ExitCode.KAFKA,
                        "no fleet " + fleet(shell) + ": none is up on this machine, and no cluster is named;"
                                + " start one with 'millrace up', or give --bootstrap-server"));
    }

    /// The entries of a properties file.
    ///
    /// @throws BadInput when it cannot be read
    static Map<String, String> properties(String option, Path file) {
        var properties = new Properties();
        try (var text = Files.newBufferedReader(file)) {
            properties.load(text);
        } catch (IOException | IllegalArgumentException e) {
            throw new BadInput(option + " " + file + " cannot be read: "
                    + e.getClass().getSimpleName() + ": " + e.getMessage() + ", allowed: lines of key=value");
        }
        var entries = new TreeMap<String, String>();
        properties.stringPropertyNames().forEach(key -> entries.put(key, properties.getProperty(key)));
        return entries;
    }
}

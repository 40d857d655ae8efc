package millrace.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import millrace.proto.BadInput;
import millrace.proto.Settings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/// The options of a fleet that is started on this machine.
final class EmbeddedOptions {
    @Option(
            names = "--workers",
            paramLabel = "N",
            scope = ScopeType.INHERIT,
            description = "Worker processes of the fleet that is started here. Default: 1.")
    @Nullable
    String workers;

    @Option(
            names = "--cores",
            paramLabel = "N",
            scope = ScopeType.INHERIT,
            description = "Cores of each of them. Default: this machine's, divided among them.")
    @Nullable
    String cores;

    @Option(
            names = "--data",
            paramLabel = "FOLDER",
            scope = ScopeType.INHERIT,
            description = "Where the broker's data folder is made, on a disk. Default: in the cache folder.")
    @Nullable
    Path data;

    @Option(
            names = "--kernels",
            paramLabel = "JAR",
            scope = ScopeType.INHERIT,
            description = "A jar or folder with kernels of your own, for the workers; may be repeated.")
    List<Path> kernels = new ArrayList<>();

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            scope = ScopeType.INHERIT,
            description = "A setting of a role, such as worker.drain-timeout=5s; may be repeated.")
    Map<String, String> settings = new LinkedHashMap<>();

    @Option(
            names = "--settings",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description =
                    "Settings of the roles: lines of KEY=VALUE. Default: millrace.properties in the configuration folder.")
    @Nullable
    Path settingsFile;

    /// Whether any of them was given: they say nothing to a fleet that runs already.
    boolean given() {
        return workers != null || cores != null || data != null || !kernels.isEmpty() || !settings.isEmpty();
    }

    /// What is to be started.
    ///
    /// @throws BadInput with all that is wrong
    EmbeddedFleet.Plan plan(Shell shell, String fleet, int port) {
        for (var path : kernels) {
            if (!Files.isReadable(path)) {
                throw new BadInput("--kernels is '" + path + "', allowed: a jar or folder that can be read");
            }
        }
        return new EmbeddedFleet.Plan(
                fleet,
                workers == null ? 1 : (int) Numbers.whole("--workers", workers, 0, EmbeddedFleet.Plan.WORKERS_MAX),
                cores == null ? 0 : (int) Numbers.whole("--cores", cores, 1, 1024),
                port,
                data == null ? Folders.cache(shell) : data,
                kernels,
                settings(shell),
                shell.environment());
    }

    /// Settings of all roles: those of the file that the environment does not replace, and the flags in front.
    ///
    /// @throws BadInput when a key belongs to no role, or the file cannot be read
    Map<String, String> settings(Shell shell) {
        var all = new TreeMap<>(file(shell));
        all.keySet().removeIf(key -> shell.environment().containsKey(Settings.variable(key)));
        all.putAll(settings);
        var problems = EmbeddedFleet.ofNoRole(all.keySet());
        if (!problems.isEmpty()) {
            throw new BadInput(problems);
        }
        return all;
    }

    /// The entries of the settings file; none when there is no such file and none was named.
    Map<String, String> file(Shell shell) {
        if (settingsFile != null) {
            return ClusterOptions.properties("--settings", settingsFile);
        }
        var usual = Folders.settings(shell);
        return Files.exists(usual) ? ClusterOptions.properties("settings file", usual) : Map.of();
    }
}

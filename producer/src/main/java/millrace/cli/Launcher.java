package millrace.cli;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What the launcher has made for the JVMs that are started from the one it has started.
public final class Launcher {
    private Launcher() {}

    /// The option with which a JVM starts from an archive of loaded classes, several times faster; empty when there is
    /// none. A JVM does without an archive that does not fit.
    ///
    /// @param name its file
    public static Optional<String> archive(String name) {
        return Optional.ofNullable(System.getProperty("millrace.aot"))
                .map(folder -> "-XX:AOTCache=" + Path.of(folder, name));
    }

    /// The options about compilers that this JVM was started with, for one that is to compile as it does.
    public static List<String> compilers() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.startsWith("-XX:Tier4") || option.startsWith("-XX:CompileCommand"))
                .toList();
    }
}

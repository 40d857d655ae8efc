package millrace.cli;

import java.nio.file.Path;
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
}

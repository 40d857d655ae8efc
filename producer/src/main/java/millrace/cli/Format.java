package millrace.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/// How a command prints.
final class Format {
    /// For people, or for programs.
    enum Kind {
        TEXT,
        JSON
    }

    @Option(
            names = "--format",
            paramLabel = "text|json",
            scope = ScopeType.INHERIT,
            description = "How to print: text (default), or json for programs.")
    @Nullable
    Kind kind;

    boolean json() {
        return kind == Kind.JSON;
    }
}

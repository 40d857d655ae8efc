package millrace.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/// Where a command runs: its streams, and what the environment says. Tests give their own.
///
/// @param out            the output and lists
/// @param err            progress and messages
/// @param outIsTerminal  whether a person looks at `out`
/// @param errIsTerminal  whether a person looks at `err`
/// @param environment    variables
record Shell(
        PrintStream out,
        PrintStream err,
        boolean outIsTerminal,
        boolean errIsTerminal,
        Map<String, String> environment) {
    /// What lines are made for: terminals are rarely narrower, and wider ones lose nothing.
    static final int COLUMNS = 80;

    Shell {
        environment = Map.copyOf(environment);
    }

    /// The process's own.
    static Shell ofProcess() {
        return new Shell(System.out, System.err, isTerminal(1), isTerminal(2), System.getenv());
    }

    // Java tells only whether both ends are a terminal, not which.
    private static boolean isTerminal(int descriptor) {
        var link = Path.of("/proc/self/fd/" + descriptor);
        try {
            return Files.isSymbolicLink(link)
                    ? Files.readSymbolicLink(link).toString().matches("/dev/(pts/\\d+|tty.*|console)")
                    : Objects.requireNonNull(System.console()).isTerminal();
        } catch (IOException e) {
            return false;
        }
    }

    /// Whether something that was to go to `out` is lost. Not meant is a pipe whose reader has seen enough.
    boolean outIsLost() {
        return out.checkError() && !(out.equals(System.out) && isPipe(1));
    }

    private static boolean isPipe(int descriptor) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString()
                    .matches("(pipe|socket):.*");
        } catch (IOException e) {
            return false;
        }
    }

    /// A variable's value, or `otherwise` when it is not set or empty.
    String variable(String name, String otherwise) {
        var value = environment.getOrDefault(name, "");
        return value.isEmpty() ? otherwise : value;
    }

    /// A message for people, after the program's name.
    void say(String message) {
        err.println("millrace: " + message);
    }
}

package millrace.cli;

import java.util.stream.Collectors;
import millrace.proto.BadInput;
import millrace.proto.ExitCode;
import millrace.proto.Refusal;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// What a command that did not come to its end tells, and with which status the process exits. One place for
/// all of them; a stack trace is only for a bug of ours, and only when it is asked for.
final class Failures {
    private Failures() {}

    static int tell(Shell shell, Exception failure) {
        return switch (failure) {
            case BadInput bad -> {
                bad.problems().forEach(shell::say);
                yield ExitCode.USAGE.number();
            }
            case Refusal refusal -> {
                // Whoever interrupted it knows; what goes on was said then.
                if (refusal.code() != ExitCode.INTERRUPTED) {
                    String.valueOf(refusal.getMessage()).lines().forEach(shell::say);
                }
                yield refusal.code().number();
            }
            case InterruptedException _ -> ExitCode.INTERRUPTED.number();
            default -> {
                LoggerFactory.getLogger(Failures.class).info("a bug", failure);
                var where = failure.getStackTrace().length == 0 ? "" : " (" + failure.getStackTrace()[0] + ")";
                shell.say("a bug of Millrace: " + failure + where);
                shell.say("run it again with --verbose for the whole trace, and report it");
                yield ExitCode.BUG.number();
            }
        };
    }

    /// Wrong usage: one message, the nearest names, and where to read on.
    static int tell(Shell shell, ParameterException failure) {
        var line = failure.getCommandLine();
        shell.say(message(failure));
        shell.say("see '" + line.getCommandSpec().qualifiedName() + " --help'");
        return ExitCode.USAGE.number();
    }

    private static String message(ParameterException failure) {
        var line = failure.getCommandLine();
        if (failure instanceof UnmatchedArgumentException unmatched
                && !unmatched.getUnmatched().isEmpty()) {
            var argument = unmatched.getUnmatched().getFirst();
            var option = argument.startsWith("-");
            var name = option ? argument.split("=", 2)[0] : argument;
            var known = option
                    ? line.getCommandSpec().optionsMap().keySet()
                    : line.getSubcommands().keySet();
            if (!option && known.isEmpty()) {
                return "'" + argument + "' is one argument too many";
            }
            var near = Nearest.to(name, known);
            var kind = option ? "option" : line.getCommandName().equals("millrace") ? "command" : "kernel";
            return kind + " '" + name + "' is unknown"
                    + (near.isEmpty() ? "" : ", did you mean " + String.join(" or ", near) + "?")
                    + (option
                            ? ""
                            : (near.isEmpty() ? ", allowed: " : " Allowed: ")
                                    + known.stream().sorted().collect(Collectors.joining(", ")));
        }
        return String.valueOf(failure.getMessage()).lines().findFirst().orElse("wrong usage");
    }

    /// Wires these answers into a command line.
    static CommandLine wire(CommandLine line, Shell shell) {
        line.setParameterExceptionHandler((failure, _) -> tell(shell, failure));
        line.setExecutionExceptionHandler((failure, command, _) ->
                failure instanceof ParameterException usage ? tell(shell, usage) : tell(shell, failure));
        return line;
    }
}

package millrace.cli;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import millrace.proto.DeadLetter;
import millrace.proto.ExitCode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/// Lists tasks that were given up.
@Command(name = "dead-letters", description = "Lists tasks that were given up, with the cause of every attempt.")
final class DeadLettersCommand implements Callable<Integer> {
    @Mixin
    Help help = new Help();

    @Mixin
    ClusterOptions cluster = new ClusterOptions();

    @Mixin
    Format format = new Format();

    @Option(names = "--verbose", description = "Shows every attempt's stack trace.")
    boolean verbose;

    @Parameters(arity = "0..1", paramLabel = "ID", description = "Only those of this job.")
    @Nullable
    String id;

    private final Shell shell;

    DeadLettersCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        try (var millrace = Connection.open(cluster, shell)) {
            if (id != null) {
                Connection.summary(millrace, id);
            }
            var letters = millrace.deadLetters(Optional.ofNullable(id));
            if (format.json()) {
                var array = Report.JSON.createArrayNode();
                letters.forEach(letter -> array.add(json(letter)));
                shell.out().println(array);
            } else if (letters.isEmpty()) {
                shell.say("no dead letters");
            } else {
                letters.forEach(this::print);
            }
        }
        return ExitCode.SUCCEEDED.number();
    }

    private void print(DeadLetter letter) {
        var ago = Duration.ofMillis(Math.max(0, System.currentTimeMillis() - letter.atMillis()));
        shell.out()
                .println("%s  %s  items %d..%d  given up %s ago"
                        .formatted(letter.job(), letter.kernel(), letter.first(), letter.end(), Units.time(ago)));
        for (var cause : letter.causes()) {
            shell.out()
                    .println("  attempt %d on %s: %s: %s"
                            .formatted(cause.attempt(), cause.worker(), cause.kind(), cause.message()));
            if (verbose) {
                cause.stack().lines().forEach(line -> shell.out().println("      " + line.strip()));
            }
        }
    }

    private static ObjectNode json(DeadLetter letter) {
        var json = Report.JSON
                .createObjectNode()
                .put("job", letter.job())
                .put("kernel", letter.kernel())
                .put("first", letter.first())
                .put("end", letter.end())
                .put("atMillis", letter.atMillis());
        var causes = json.putArray("attempts");
        letter.causes()
                .forEach(cause -> causes.addObject()
                        .put("first", cause.first())
                        .put("end", cause.end())
                        .put("attempt", cause.attempt())
                        .put("worker", cause.worker())
                        .put("kind", cause.kind().name())
                        .put("message", cause.message())
                        .put("stack", cause.stack()));
        return json;
    }
}

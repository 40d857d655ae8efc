package millrace.cli;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/// Decides what is logged, before the first logger is made: commands log warnings only, roles tell what they do.
final class Logging {
    private static final List<String> ROLES = List.of("producer", "worker", "aggregator");

    private Logging() {}

    static void setUp(String[] arguments) {
        // Not under a name that logback looks for: users of the Java client have this jar on their class path
        // too.
        var json = "json".equals(System.getenv("MILLRACE_LOG_FORMAT"));
        setUnlessSet("logback.configurationFile", json ? "millrace/cli/logging-json.xml" : "millrace/cli/logging.xml");
        var verbose = Arrays.asList(arguments).contains("--verbose");
        var role = arguments.length > 0 && ROLES.contains(arguments[0]);
        setUnlessSet("millrace.log.level", verbose ? "DEBUG" : role ? "INFO" : "WARN");
        setUnlessSet("millrace.log.level.kafka", verbose ? "INFO" : role ? "WARN" : "OFF");
        setUnlessSet("millrace.log.traces", verbose || role ? "%ex" : "%nopex");
    }

    /// Options for another JVM that is to log as this one does.
    static List<String> asHere() {
        return Stream.of(
                        "logback.configurationFile",
                        "millrace.log.level",
                        "millrace.log.level.kafka",
                        "millrace.log.traces")
                .filter(property -> System.getProperty(property) != null)
                .map(property -> "-D" + property + "=" + System.getProperty(property))
                .toList();
    }

    private static void setUnlessSet(String property, String value) {
        System.setProperty(property, System.getProperty(property, value));
    }
}

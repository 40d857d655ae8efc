package millrace.tests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The files for people who operate a fleet: dashboards, rules, manifests.
final class OpsFiles {
    static final Path ROOT = Path.of("..", "ops");

    // Not the rules' own names, which have a colon, and not names of jobs, which have a dash.
    private static final Pattern OWN = Pattern.compile("(?<![\\w:-])(?:millrace|kafka)_[a-z0-9_]+(?![\\w:-])");

    private OpsFiles() {}

    static List<Path> dashboards() throws IOException {
        try (var files = Files.list(ROOT.resolve("grafana/dashboards"))) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        }
    }

    static JsonNode json(Path file) throws IOException {
        return new JsonMapper().readTree(Files.readString(file));
    }

    /// The metrics of the fleet that dashboards, rules and manifests name.
    static SortedSet<String> metricsNamed() throws IOException {
        var names = new TreeSet<String>();
        try (var files = Files.walk(ROOT)) {
            for (var file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                OWN.matcher(Files.readString(file))
                        .results()
                        .map(match -> match.group())
                        .forEach(names::add);
            }
        }
        return names;
    }
}

package millrace.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Each row of the list of faults names a test that there is.
class FaultListTest {
    private static final Path PAGE = Path.of("../docs/faults.md");
    private static final Pattern NAMED = Pattern.compile("`(\\w+(?:Test|IT))\\.(\\w+)`");

    @Test
    void everyFaultNamesTheTestThatShowsIt() throws IOException {
        var rows = Files.readAllLines(PAGE).stream()
                .filter(line -> line.startsWith("| ") && !line.startsWith("| **") && !line.startsWith("| fault "))
                .toList();
        assertThat(rows)
                .hasSizeGreaterThan(50)
                .allSatisfy(row -> assertThat(NAMED.matcher(row).find()).isTrue());
        for (var row : rows) {
            var named = NAMED.matcher(row);
            while (named.find()) {
                assertThat(sources(named.group(1))).as(row).contains(" void " + named.group(2) + "(");
            }
        }
    }

    // Two modules may have tests of one name.
    private static String sources(String test) throws IOException {
        var sources = new StringBuilder();
        for (var module : List.of("proto", "producer", "worker", "aggregator", "tests")) {
            try (Stream<Path> files = Files.walk(Path.of("..", module, "src", "test"))) {
                for (var file :
                        files.filter(file -> file.endsWith(test + ".java")).toList()) {
                    sources.append(Files.readString(file));
                }
            }
        }
        return sources.toString();
    }
}

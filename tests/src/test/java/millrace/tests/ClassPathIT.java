package millrace.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.TreeMap;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;

/// The folder of jars that the launcher starts from, as `package` has filled it.
final class ClassPathIT {
    private static final Path LIB = Path.of("..", "target", "lib");

    @Test
    void everyRoleIsOnIt() throws IOException {
        assertThat(jars().stream()
                        .map(jar -> jar.getFileName().toString())
                        .filter(name -> name.startsWith("millrace-")))
                .map(name -> name.replaceFirst("-[0-9].*", ""))
                .containsExactly("millrace-aggregator", "millrace-producer", "millrace-proto", "millrace-worker");
    }

    @Test
    void noClassIsOnItTwice() throws IOException {
        var holders = new HashMap<String, Path>();
        var twice = new TreeMap<String, List<Path>>();
        for (var path : jars()) {
            try (var jar = new JarFile(path.toFile())) {
                jar.stream()
                        .map(entry -> entry.getName())
                        .filter(name -> name.endsWith(".class"))
                        .filter(name -> !name.startsWith("META-INF/") && !name.equals("module-info.class"))
                        .forEach(name -> {
                            var other = holders.putIfAbsent(name, path);
                            if (other != null) {
                                twice.put(name, List.of(other, path));
                            }
                        });
            }
        }
        assertThat(holders).containsKey("org/apache/kafka/clients/consumer/KafkaShareConsumer.class");
        assertThat(twice).isEmpty();
    }

    private static List<Path> jars() throws IOException {
        try (var files = Files.list(LIB)) {
            return files.filter(file -> file.toString().endsWith(".jar"))
                    .sorted()
                    .toList();
        }
    }
}

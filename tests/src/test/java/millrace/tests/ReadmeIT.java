package millrace.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import millrace.cli.EmbeddedBroker;
import millrace.proto.Cluster;
import millrace.proto.Role;
import millrace.proto.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The README's Java example compiles as it stands there, and computes what it says.
class ReadmeIT {
    private static final int PRIMES_BELOW_10_000_000 = 664_579;

    @TempDir
    Path folder;

    @Test
    void theExampleCompilesAndRuns() throws IOException, InterruptedException {
        var source = Files.writeString(folder.resolve("Count.java"), example());
        var errors = new java.io.ByteArrayOutputStream();
        var compiled = ToolProvider.getSystemJavaCompiler()
                .run(null, null, errors, "-cp", classPath(), "-d", folder.toString(), source.toString());
        assertThat(compiled)
                .as(errors.toString(java.nio.charset.StandardCharsets.UTF_8))
                .isZero();

        try (var broker = EmbeddedBroker.start(folder.resolve("broker"));
                var producer = start("producer", broker);
                var aggregator = start("aggregator", broker);
                var worker = start("worker", broker)) {
            assertThat(List.of(producer, aggregator, worker)).doesNotContainNull();
            var output = folder.resolve("out");
            var errorOutput = folder.resolve("err");
            var process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            folder + java.io.File.pathSeparator + classPath(),
                            "Count",
                            broker.bootstrapServers())
                    .redirectOutput(output.toFile())
                    .redirectError(errorOutput.toFile())
                    .start();
            try {
                assertThat(process.waitFor(3, TimeUnit.MINUTES))
                        .as("ends in time")
                        .isTrue();
                assertThat(process.exitValue())
                        .as(Files.readString(errorOutput))
                        .isZero();
                assertThat(Files.readString(output).strip()).isEqualTo(Integer.toString(PRIMES_BELOW_10_000_000));
            } finally {
                process.destroyForcibly();
            }
        }
    }

    private static String example() throws IOException {
        var block =
                Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(Path.of("../README.md")));
        assertThat(block.find()).as("the README has a Java example").isTrue();
        return block.group(1);
    }

    private static Role.Running start(String name, EmbeddedBroker broker) {
        var role = ServiceLoader.load(Role.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(candidate -> candidate.name().equals(name))
                .findFirst()
                .orElseThrow();
        var settings = Settings.resolve(role.settings(), Map.of(), Map.of(), Map.of());
        return role.start(Cluster.at(broker.bootstrapServers(), "millrace"), settings);
    }

    private static String classPath() {
        return System.getProperty("java.class.path");
    }
}

package millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import millrace.proto.BadInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {
    @Test
    void commandLineNamesTheClusterAndTheSettings(@TempDir Path folder) throws IOException {
        var file = folder.resolve("client.properties");
        Files.writeString(file, "security.protocol=SSL\nclient.dns.lookup=use_all_dns_ips\n");
        var line = read(
                "--bootstrap-server",
                "kafka:9092",
                "--fleet",
                "tides",
                "--command-property",
                "security.protocol=PLAINTEXT",
                "--command-config",
                file.toString(),
                "--set",
                "worker.cores=3",
                "--exit-with-parent");
        assertThat(line.cluster().fleet()).isEqualTo("tides");
        assertThat(line.cluster().properties())
                .isEqualTo(Map.of(
                        "bootstrap.servers", "kafka:9092",
                        "security.protocol", "PLAINTEXT",
                        "client.dns.lookup", "use_all_dns_ips"));
        assertThat(line.settings()).isEqualTo(Map.of("worker.cores", "3"));
        assertThat(line.exitsWithParent()).isTrue();
    }

    @Test
    void environmentNamesTheClusterWhereTheCommandLineDoesNot() {
        var environment = Map.of("MILLRACE_BOOTSTRAP_SERVERS", "kafka:9092", "MILLRACE_FLEET", "tides");
        var line = Main.Line.read(new String[0], environment);
        assertThat(line.cluster().bootstrapServers()).isEqualTo("kafka:9092");
        assertThat(line.cluster().fleet()).isEqualTo("tides");
        var given = Main.Line.read(new String[] {"--bootstrap-server", "other:1"}, environment);
        assertThat(given.cluster().bootstrapServers()).isEqualTo("other:1");
    }

    @Test
    void allProblemsAreToldAtOnce() {
        assertThatThrownBy(() -> read("--command-config", "/no/such/file", "--set", "worker.cores", "--colour", "red"))
                .isInstanceOfSatisfying(
                        BadInput.class,
                        bad -> assertThat(bad.problems())
                                .hasSize(3)
                                .anyMatch(
                                        problem -> problem.startsWith("--command-config /no/such/file cannot be read"))
                                .anyMatch(problem -> problem.equals("--set is 'worker.cores', allowed: key=value"))
                                .anyMatch(problem -> problem.startsWith("option '--colour' is unknown")));
    }

    @Test
    void missingServersAreTold() {
        assertThatThrownBy(() -> read()).isInstanceOf(BadInput.class).hasMessageContaining("bootstrap.servers");
        assertThatThrownBy(() -> read("--bootstrap-server"))
                .isInstanceOf(BadInput.class)
                .hasMessageContaining("'--bootstrap-server' is unknown or lacks its value");
    }

    private static Main.Line read(String... args) {
        return Main.Line.read(args, Map.of());
    }
}

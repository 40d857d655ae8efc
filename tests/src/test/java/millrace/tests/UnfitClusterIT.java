package millrace.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import millrace.cli.EmbeddedBroker;
import millrace.cli.Main;
import millrace.proto.ExitCode;
import millrace.proto.Topics;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.FeatureUpdate;
import org.apache.kafka.clients.admin.FeatureUpdate.UpgradeType;
import org.apache.kafka.clients.admin.UpdateFeaturesOptions;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What every command and role says of a cluster that is no use to it: one message, the documented status, no stack
/// trace, and an end instead of a wait.
@Execution(ExecutionMode.CONCURRENT)
class UnfitClusterIT {
    private static final int KAFKA = ExitCode.KAFKA.number();

    @TempDir
    Path folder;

    private record Said(int status, List<String> lines) {
        void saysOnce(String... parts) {
            assertThat(lines).allSatisfy(line -> assertThat(line).doesNotContain("\tat ", "Exception:"));
            assertThat(String.join("\n", lines)).contains(parts);
        }
    }

    private Said run(String... arguments) {
        var all = new ByteArrayOutputStream();
        var both = new PrintStream(all, true, UTF_8);
        var status = Main.run(
                List.of(arguments),
                both,
                both,
                Map.of("HOME", folder.resolve("home").toString()));
        return new Said(status, all.toString(UTF_8).lines().toList());
    }

    private Said runAt(String servers, String command, String... more) {
        var arguments = new ArrayList<String>();
        arguments.addAll(List.of(command.split(" ")));
        arguments.addAll(List.of("--bootstrap-server", servers));
        arguments.addAll(List.of(more));
        return run(arguments.toArray(String[]::new));
    }

    @ParameterizedTest
    @ValueSource(strings = {"run primes --to 9", "doctor", "worker"})
    void nobodyThereIsToldWithTheAddress(String command) throws IOException {
        String nobody;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = "127.0.0.1:" + socket.getLocalPort();
        }
        var said = runAt(nobody, command);

        assertThat(said.status).isEqualTo(KAFKA);
        said.saysOnce(nobody);
    }

    @Test
    void brokerWithoutShareGroupsIsTooOld() throws Exception {
        try (var broker = EmbeddedBroker.start(folder.resolve("broker"));
                var admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.updateFeatures(
                            Map.of("share.version", new FeatureUpdate((short) 0, UpgradeType.SAFE_DOWNGRADE)),
                            new UpdateFeaturesOptions())
                    .all()
                    .get();
            for (var role : List.of("producer", "worker", "aggregator", "doctor")) {
                var said = runAt(broker.bootstrapServers(), role);

                assertThat(said.status).as(role).isEqualTo(KAFKA);
                said.saysOnce("share.version 0, allowed 1 and up (Kafka 4.3 or newer)", "kafka-features.sh");
            }
        }
    }

    @Test
    void settingsOfTheGroupThatWouldLoseTasksStopTheStart() throws Exception {
        try (var broker = EmbeddedBroker.start(folder.resolve("broker"));
                var admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            var group = new ConfigResource(ConfigResource.Type.GROUP, Topics.workersGroup("millrace"));
            admin.incrementalAlterConfigs(Map.of(
                            group,
                            List.of(new AlterConfigOp(
                                    new ConfigEntry("share.record.lock.duration.ms", "60000"),
                                    AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
            var said = runAt(broker.bootstrapServers(), "doctor");

            assertThat(said.status).isEqualTo(KAFKA);
            said.saysOnce("share.record.lock.duration.ms", "60000", "15000");
        }
    }

    @Test
    void missingRightsAreToldByName() throws Exception {
        var ports = NamedUsers.freePorts(3);
        var clients = "127.0.0.1:" + ports.getFirst();
        try (var _ = EmbeddedBroker.start(folder.resolve("broker"), ports.get(1), NamedUsers.broker(ports, "joe"))) {
            var file = Files.writeString(
                    folder.resolve("joe.properties"),
                    NamedUsers.client("joe").entrySet().stream()
                            .map(property -> property.getKey() + "=" + property.getValue())
                            .collect(Collectors.joining("\n")));
            for (var command : List.of("producer", "worker", "aggregator", "run primes --to 9", "doctor", "jobs")) {
                var said = runAt(clients, command, "--command-config", file.toString());

                assertThat(said.status).as(command + ": " + said.lines).isEqualTo(KAFKA);
                said.saysOnce("millrace", "uthoriz");
            }
        }
    }
}

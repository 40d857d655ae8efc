package millrace.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import millrace.cli.EmbeddedBroker;
import millrace.client.Millrace;
import millrace.proto.Cluster;
import millrace.proto.FleetSetup;
import millrace.proto.Topics;
import millrace.tests.kernels.Grind;
import millrace.tests.kernels.Spell;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// A fleet whose roles have the rights that docs/operations.md names, and no others.
@Execution(ExecutionMode.CONCURRENT)
class RightsIT {
    private static final String FLEET = "millrace";
    private static final List<String> ROLES = List.of("producer", "worker", "aggregator");
    private static final Path DOCUMENT = Path.of("..", "docs", "operations.md");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| (?:its )?([a-z]+) \\| (`.*) \\| (`.*) \\| (.*) \\|$");
    private static final Pattern NAME = Pattern.compile("`([a-z-]+)`");
    private static final Pattern GROUP = Pattern.compile("`FLEET\\.([a-z]+)` (read|describe)");

    @TempDir
    Path folder;

    @Test
    void everyRoleDoesItsPartWithTheRightsThatTheDocumentNames() throws Exception {
        var ports = NamedUsers.freePorts(4);
        var console = "127.0.0.1:" + ports.get(3);
        var settings = NamedUsers.broker(ports, "client", "producer", "worker", "aggregator");
        try (var broker = EmbeddedBroker.start(folder.resolve("broker"), ports.get(1), settings);
                var admin = Admin.create(Map.of("bootstrap.servers", "127.0.0.1:" + ports.get(1)))) {
            new FleetSetup(admin, Cluster.at("127.0.0.1:" + ports.get(1), FLEET), Duration.ofSeconds(30))
                    .prepare(new FleetSetup.Wanted(1, 1, (short) -1));
            admin.createAcls(documented()).all().get();
            var clients = "127.0.0.1:" + ports.getFirst();
            assertThat(broker.bootstrapServers()).isNotEqualTo(clients);
            var flags = Map.of(
                    "worker", Map.of("worker.cores", "1"),
                    "aggregator", Map.of("aggregator.console", console));
            var running = ROLES.stream()
                    .map(role -> RoleMain.start(role, as(role, clients), flags.getOrDefault(role, Map.of())))
                    .toList();
            try (var client = Millrace.connect(as("client", clients))) {
                var grind = new Grind(200, 1000, 1);
                assertThat(client.submit(grind).get(TestFleet.PATIENCE).text())
                        .isEqualTo(Long.toString(grind.expected()));
                // Too long for its ending.
                assertThat(client.submit(new Spell(1_000))
                                .get(TestFleet.PATIENCE)
                                .canonical()
                                .readAll())
                        .isEqualTo(Spell.lines(0, 1_000));
                assertThat(client.workers(Duration.ofSeconds(3))).hasSize(1);
                await("the console has read all").atMost(TestFleet.PATIENCE).until(() -> isCaughtUp(console));
                assertThat(running).allSatisfy(role -> {
                    assertThat(role.trouble()).isEmpty();
                    assertThat(role.ready()).isTrue();
                });
            } finally {
                running.forEach(role -> role.close());
            }
        }
    }

    private static Cluster as(String user, String servers) {
        var properties = new HashMap<>(NamedUsers.client(user));
        properties.put("bootstrap.servers", servers);
        return new Cluster(FLEET, properties);
    }

    private static boolean isCaughtUp(String console) throws IOException, InterruptedException {
        try (var http = HttpClient.newHttpClient()) {
            var at = URI.create("http://" + console + "/api/v1/overview");
            return http.send(HttpRequest.newBuilder(at).build(), HttpResponse.BodyHandlers.ofString())
                    .body()
                    .contains("\"caughtUp\":true");
        }
    }

    /// The table's rows, and what its text says of every role.
    private static List<AclBinding> documented() throws IOException {
        var all = new ArrayList<AclBinding>();
        var text = Files.readString(DOCUMENT);
        var table = text.substring(text.indexOf("## Rights"), text.indexOf("## Alerts"));
        var rows = ROW.matcher(table).results().toList();
        assertThat(rows)
                .extracting(row -> row.group(1))
                .contains("client", "console")
                .containsAll(ROLES);
        for (var row : rows) {
            var user = row.group(1).equals("console") ? "aggregator" : row.group(1);
            topics(all, user, row.group(2), AclOperation.READ);
            topics(all, user, row.group(3), AclOperation.WRITE);
            GROUP.matcher(row.group(4))
                    .results()
                    .forEach(group -> all.add(right(
                            user,
                            ResourceType.GROUP,
                            FLEET + "." + group.group(1),
                            PatternType.LITERAL,
                            group.group(2).equals("read") ? AclOperation.READ : AclOperation.DESCRIBE)));
        }
        for (var role : ROLES) {
            all.add(right(role, ResourceType.TOPIC, FLEET + ".", PatternType.PREFIXED, AclOperation.DESCRIBE));
            all.add(right(
                    role,
                    ResourceType.GROUP,
                    Topics.workersGroup(FLEET),
                    PatternType.LITERAL,
                    AclOperation.DESCRIBE_CONFIGS));
        }
        return all;
    }

    private static void topics(List<AclBinding> all, String user, String cell, AclOperation operation) {
        for (var part : cell.split(";")) {
            var wanted = part.contains("describe ") ? AclOperation.DESCRIBE : operation;
            NAME.matcher(part)
                    .results()
                    .map(name -> FLEET + "." + name.group(1))
                    .forEach(topic -> all.add(right(user, ResourceType.TOPIC, topic, PatternType.LITERAL, wanted)));
            if (part.contains("transactional ids `FLEET-*`")) {
                all.add(right(
                        user, ResourceType.TRANSACTIONAL_ID, FLEET + "-", PatternType.PREFIXED, AclOperation.WRITE));
            }
        }
    }

    private static AclBinding right(
            String user, ResourceType type, String name, PatternType pattern, AclOperation operation) {
        return new AclBinding(
                new ResourcePattern(type, name, pattern),
                new AccessControlEntry("User:" + user, "*", operation, AclPermissionType.ALLOW));
    }
}

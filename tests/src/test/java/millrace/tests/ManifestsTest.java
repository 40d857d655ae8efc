package millrace.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import millrace.proto.Role;
import millrace.proto.Settings;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The manifests in `ops/kubernetes`, as far as they can be checked without a cluster, and what they have in common
/// with the other places that start a fleet.
class ManifestsTest {
    private static final Path FOLDER = OpsFiles.ROOT.resolve("kubernetes");

    private static final Set<String> ROLES = Set.of("producer", "worker", "aggregator");

    /// Members that a share group has room for unless the brokers say otherwise, and lanes of a worker.
    private static final int MEMBERS_MAX = 200;

    private static final int LANES = 4;

    private static final Pattern VARIABLE = Pattern.compile("\\bMILLRACE_[A-Z_]+");

    // Not settings of a role: all processes know these, or only the compose file does.
    private static final Set<String> OTHER_VARIABLES = Set.of(
            "MILLRACE_BOOTSTRAP_SERVERS",
            "MILLRACE_FLEET",
            "MILLRACE_LOG_FORMAT",
            "MILLRACE_IMAGE",
            "MILLRACE_CONSOLE_PORT",
            "MILLRACE_CONSOLE_TOKEN",
            "MILLRACE_KAFKA_PORT",
            "MILLRACE_PROMETHEUS_PORT",
            "MILLRACE_PROMETHEUS_RULES",
            "MILLRACE_GRAFANA_PORT");

    @Test
    void everyRoleHasADeploymentAServiceAndADisruptionBudget() throws IOException {
        for (var kind : List.of("Deployment", "Service", "PodDisruptionBudget")) {
            assertThat(all(kind).stream().map(ManifestsTest::component))
                    .as(kind)
                    .containsExactlyInAnyOrderElementsOf(ROLES);
        }
    }

    @Test
    void theListNamesEveryFileThatIsApplied() throws IOException {
        var listed = read(FOLDER.resolve("kustomization.yaml"))
                .getFirst()
                .path("resources")
                .valueStream()
                .toList();
        assertThat(listed)
                .isNotEmpty()
                .allSatisfy(file -> assertThat(FOLDER.resolve(file.asString())).exists());
        assertThat(listed).hasSize(files().size() - 1);
    }

    @Test
    void selectorsFindThePodsOfTheirRole() throws IOException {
        for (var deployment : all("Deployment")) {
            var labels = deployment.at("/spec/template/metadata/labels");
            assertThat(deployment.at("/spec/selector/matchLabels")).isEqualTo(labels);
            assertThat(one("Service", component(deployment)).at("/spec/selector"))
                    .isEqualTo(labels);
            assertThat(one("PodDisruptionBudget", component(deployment)).at("/spec/selector/matchLabels"))
                    .isEqualTo(labels);
        }
    }

    @Test
    void containersMayWriteOnlyWhereTheyMustAndGetWholeCores() throws IOException {
        for (var deployment : all("Deployment")) {
            var pod = deployment.at("/spec/template/spec");
            var container = pod.at("/containers/0");
            assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
            assertThat(container.at("/securityContext/readOnlyRootFilesystem").asBoolean())
                    .isTrue();
            assertThat(container.at("/securityContext/allowPrivilegeEscalation").asBoolean(true))
                    .isFalse();
            assertThat(container.at("/resources/requests")).isEqualTo(container.at("/resources/limits"));
            assertThat(container.at("/resources/limits/cpu").isIntegralNumber()).isTrue();
            assertThat(container.at("/args/0").asString()).isEqualTo(component(deployment));
            var mounted = names(container.path("volumeMounts"));
            assertThat(mounted).isEqualTo(names(pod.path("volumes")));
        }
    }

    @Test
    void probesAskWhereTheImageServes() throws IOException {
        var image = Files.readString(Path.of("..", "Dockerfile"));
        for (var deployment : all("Deployment")) {
            var container = deployment.at("/spec/template/spec/containers/0");
            var port = container.at("/ports/0");
            assertThat(image)
                    .contains("MILLRACE_" + component(deployment).toUpperCase(java.util.Locale.ROOT) + "_HTTP=0.0.0.0:"
                            + port.path("containerPort").asInt());
            assertThat(container.at("/livenessProbe/httpGet/path").asString()).isEqualTo("/livez");
            assertThat(container.at("/readinessProbe/httpGet/path").asString()).isEqualTo("/readyz");
            assertThat(container.at("/livenessProbe/httpGet/port")).isEqualTo(port.path("name"));
            assertThat(container.at("/readinessProbe/httpGet/port")).isEqualTo(port.path("name"));
        }
    }

    @Test
    void workersGetMoreTimeToGoThanTheyTakeToDrain() throws IOException {
        var pod = one("Deployment", "worker").at("/spec/template/spec");
        var drain = pod.at("/containers/0/env/0");
        assertThat(drain.path("name").asString()).isEqualTo(Settings.variable("worker.drain-timeout"));
        var seconds = Integer.parseInt(drain.path("value").asString().replace("s", ""));
        assertThat(pod.path("terminationGracePeriodSeconds").asInt()).isGreaterThan(seconds + 10);
    }

    @Test
    void theScalerAsksForWhatIsRecordedAndKeepsToTheRoomOfTheShareGroup() throws IOException {
        var scaler = one("ScaledObject", "worker").path("spec");
        assertThat(scaler.at("/scaleTargetRef/name"))
                .isEqualTo(one("Deployment", "worker").at("/metadata/name"));
        assertThat(one("Deployment", "worker").at("/spec/replicas").isMissingNode())
                .as("a number of replicas would undo the scaler's at each apply")
                .isTrue();
        assertThat(scaler.path("maxReplicaCount").asInt() * LANES).isLessThanOrEqualTo(MEMBERS_MAX);
        var queries = scaler.path("triggers")
                .valueStream()
                .map(trigger -> trigger.at("/metadata/query").asString())
                .toList();
        var recorded = Files.readString(OpsFiles.ROOT.resolve("prometheus/recording.yml"));
        assertThat(queries).hasSize(2);
        assertThat(recorded).contains("record: " + queries.getFirst() + "\n");
        assertThat(queries.getLast()).contains("millrace_jobs_open");
    }

    @Test
    void everyVariableThatAFleetIsStartedWithIsASetting() throws IOException {
        var known = ServiceLoader.load(Role.class).stream()
                .flatMap(role -> role.get().settings().names().stream())
                .map(Settings::variable)
                .collect(Collectors.toSet());
        known.addAll(OTHER_VARIABLES);
        var files = Stream.concat(
                files().stream(), Stream.of(Path.of("..", "Dockerfile"), Path.of("..", "docker-compose.yml")));
        for (var file : files.toList()) {
            assertThat(VARIABLE.matcher(Files.readString(file)).results().map(MatchResult::group))
                    .as("variables in %s", file)
                    .isSubsetOf(known);
        }
    }

    private static List<Path> files() throws IOException {
        try (var files = Files.list(FOLDER)) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        }
    }

    private static List<JsonNode> all(String kind) throws IOException {
        var all = new java.util.ArrayList<JsonNode>();
        for (var file : files()) {
            read(file).stream()
                    .filter(object -> object.path("kind").asString().equals(kind))
                    .forEach(all::add);
        }
        return all;
    }

    private static JsonNode one(String kind, String role) throws IOException {
        return all(kind).stream()
                .filter(object -> component(object).equals(role))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + kind + " of " + role));
    }

    private static String component(JsonNode object) {
        return object.path("metadata")
                .path("labels")
                .path("app.kubernetes.io/component")
                .asString("");
    }

    private static Set<String> names(JsonNode objects) {
        return objects.valueStream()
                .map(object -> object.path("name").asString())
                .collect(Collectors.toSet());
    }

    private static List<JsonNode> read(Path file) throws IOException {
        var json = new JsonMapper();
        var objects = new Yaml(new SafeConstructor(new LoaderOptions())).loadAll(Files.readString(file));
        return StreamSupport.stream(objects.spliterator(), false)
                .<JsonNode>map(json::valueToTree)
                .toList();
    }
}

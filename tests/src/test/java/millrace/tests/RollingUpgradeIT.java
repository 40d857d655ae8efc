package millrace.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import millrace.cli.Main;
import millrace.client.JobOptions;
import millrace.client.Millrace;
import millrace.client.WorkerSummary;
import millrace.proto.Policy;
import millrace.tests.kernels.Dated;
import millrace.tests.kernels.Vigil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// A fleet is upgraded in mid-job as docs/operations.md says: every process is told to leave, and one of the next release
/// takes its place. The next release has the same classes in jars of another version, and a new version of a kernel
/// beside the old one. `-Dmillrace.upgrade.from=FOLDER` starts from another release, whose jars are in that folder.
@Execution(ExecutionMode.CONCURRENT)
class RollingUpgradeIT {
    @RegisterExtension
    static final TestBroker BROKER = new TestBroker();

    private static final Duration PATIENCE = TestFleet.PATIENCE;
    private static final Path LIB = Path.of("..", "target", "lib");
    private static final Pattern SERVES = Pattern.compile("serves /metrics, /livez and /readyz at \\S*?:(\\d+)");
    private static final int EACH = 2;
    private static final int TASK_ITEMS = 20;

    // Five minutes of two cores, unless the file appears.
    private static final int ITEMS = 60_000;
    private static final int MICROS = 10_000;

    // A new worker is slow at first: copies of its tasks would be duplicates that are not the upgrade's doing.
    private static final Map<String, List<String>> SETTINGS = Map.of(
            "aggregator",
            List.of(),
            "producer",
            List.of("producer.job-partitions=2", "producer.task-partitions=1", "producer.straggler-copies=false"),
            "worker",
            List.of("worker.cores=1"));

    private final TestFleet fleet = BROKER.fleet();
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<Member> members = new ArrayList<>();

    @TempDir
    Path folder;

    private Release before;
    private Release after;

    /// One process of the fleet.
    private record Member(String role, Release release, Child child) {
        boolean isOf(String wanted, Release one) {
            return role.equals(wanted) && release.equals(one);
        }
    }

    @BeforeEach
    void prepare() throws IOException {
        var from = Path.of(System.getProperty("millrace.upgrade.from", LIB.toString()));
        before = Release.of(from, folder.resolve("before"), List.of(Dated.OlderMill.class, Vigil.Mill.class));
        after = Release.renamed(
                before.version() + "-next",
                LIB,
                folder.resolve("after"),
                List.of(Dated.OlderMill.class, Dated.Mill.class, Vigil.Mill.class));
    }

    @AfterEach
    void stop() {
        fleet.close();
        http.close();
    }

    @Test
    void jobsRunThroughARollingUpgrade() throws Exception {
        for (var role : List.of("aggregator", "producer", "worker")) {
            for (var number = 0; number < EACH; number++) {
                start(role, before);
            }
        }
        members.forEach(this::awaitReady);
        var client = fleet.client();
        var olderWorkers = Set.copyOf(fleet.awaitWorkers(client, EACH));
        var held = client.workers(Duration.ofSeconds(2)).stream()
                .mapToInt(worker -> worker.heartbeat().holds())
                .sum();
        var file = folder.resolve("done");
        var vigil = new Vigil(ITEMS, MICROS, file.toString());
        var options = JobOptions.DEFAULT.withPolicy(Policy.DEFAULT.withTaskItems(TASK_ITEMS));
        var throughout = client.submit(vigil, options);
        var tooNew = client.submit(new Dated(1000), options);
        TestFleet.awaitDone(throughout, 0.002);

        replaceAll("aggregator");
        replaceAll("producer");
        assertThat(tooNew.progress().fraction())
                .as("done of a job of a version that nobody offers")
                .isZero();
        replaceOne("worker");

        var middle = client.submit(new Vigil(100, 1, file.toString()), options);
        awaitReleases(client, before, after);
        assertThat(said("workers")).contains("releases: " + before.version() + " (1), " + after.version() + " (1)");
        var ofMiddle = middle.get(PATIENCE);
        assertThat(ofMiddle.canonical().readAll()).isEqualTo(Vigil.bytes(0, 100));
        var ofTooNew = tooNew.get(PATIENCE);
        assertThat(ofTooNew.text())
                .as("of the version that was asked for, whoever was asked")
                .isEqualTo("1000");

        replaceAll("worker");
        assertThat(throughout.progress().fraction())
                .as("done when all are replaced")
                .isLessThan(1);
        Files.createFile(file);
        var disturbed = throughout.get(PATIENCE);
        var undisturbed = client.submit(vigil, options).get(PATIENCE);

        assertThat(disturbed.canonical().readAll()).isEqualTo(Vigil.bytes(0, ITEMS));
        assertThat(disturbed.digest()).isEqualTo(undisturbed.digest());
        assertThat(lost()).as("tasks lost").isZero();
        for (var output : List.of(disturbed, ofMiddle, ofTooNew, undisturbed)) {
            var costs = output.ending().tally();
            assertThat(costs.duplicates()).as("duplicates of %s", costs).isZero();
            assertThat(costs.failures()).as("failures of %s", costs).isZero();
        }
        var tally = disturbed.ending().tally();
        assertThat(tally.attempts()).isEqualTo(tally.tasks());
        assertThat(tally.redeliveries()).isLessThanOrEqualTo(held);
        assertThat(tally.workers()).containsAll(olderWorkers).hasSize(2 * EACH);
        awaitReleases(client, after);
        assertThat(client.submit(new FleetIT.OlderDated(1000), options)
                        .get(PATIENCE)
                        .text())
                .as("of the kernel's older version, which the new workers offer too")
                .isEqualTo("1000000000");
    }

    private Member start(String role, Release release) {
        var command = new ArrayList<>(List.of(
                Tethered.class.getName(),
                Main.class.getName(),
                role,
                "--bootstrap-server",
                fleet.cluster().bootstrapServers(),
                "--fleet",
                fleet.cluster().fleet(),
                "--set",
                role + ".http=127.0.0.1:0"));
        SETTINGS.getOrDefault(role, List.of()).forEach(setting -> command.addAll(List.of("--set", setting)));
        var name = role + "@" + release.version();
        var member = new Member(role, release, fleet.process(name, release.classPath(), command));
        members.add(member);
        return member;
    }

    private void awaitReady(Member member) {
        await(member.role() + " is ready").atMost(PATIENCE).until(() -> isReady(member));
    }

    private boolean isReady(Member member) throws IOException, InterruptedException {
        assertThat(member.child().isAlive()).as("%s lives", member.role()).isTrue();
        return SERVES.matcher(member.child().log()).find()
                && get(member, "/readyz").statusCode() == 200;
    }

    private HttpResponse<String> get(Member member, String path) throws IOException, InterruptedException {
        var address = SERVES.matcher(member.child().log());
        assertThat(address.find()).as("%s says where it serves", member.role()).isTrue();
        var at = URI.create("http://127.0.0.1:" + address.group(1) + path);
        return http.send(HttpRequest.newBuilder(at).build(), HttpResponse.BodyHandlers.ofString());
    }

    // A worker is ready a moment before it is heard of.
    private static void awaitReleases(Millrace client, Release... expected) {
        var versions = Stream.of(expected).map(Release::version).collect(Collectors.toSet());
        await("workers of " + versions)
                .atMost(PATIENCE)
                .until(
                        () -> client.workers(Duration.ofSeconds(2)).stream()
                                .filter(WorkerSummary::live)
                                .map(worker -> worker.heartbeat().release())
                                .collect(Collectors.toSet()),
                        versions::equals);
    }

    /// What a command of the command line says beside its output.
    private String said(String command) {
        var err = new ByteArrayOutputStream();
        var cluster = fleet.cluster();
        var status = Main.run(
                List.of(command, "--bootstrap-server", cluster.bootstrapServers(), "--fleet", cluster.fleet()),
                new PrintStream(OutputStream.nullOutputStream(), true, UTF_8),
                new PrintStream(err, true, UTF_8),
                Map.of("HOME", folder.toString()));
        assertThat(status).as("status of %s", command).isZero();
        return err.toString(UTF_8);
    }

    // By the producers that are left, which have fed since the beginning of the upgrade of the workers.
    private double lost() throws IOException, InterruptedException {
        var lost = 0.0;
        for (var member : members) {
            if (member.role().equals("producer")) {
                lost += get(member, "/metrics")
                        .body()
                        .lines()
                        .filter(line -> line.startsWith("millrace_tasks_lost_total "))
                        .mapToDouble(line -> Double.parseDouble(line.split(" ")[1]))
                        .sum();
            }
        }
        return lost;
    }

    private void replaceAll(String role) throws InterruptedException {
        while (members.stream().anyMatch(member -> member.isOf(role, before))) {
            replaceOne(role);
        }
    }

    private void replaceOne(String role) throws InterruptedException {
        var leaving = members.stream()
                .filter(member -> member.isOf(role, before))
                .findFirst()
                .orElseThrow();
        leaving.child().terminate();
        assertThat(leaving.child().status())
                .as("status of a process that was told to leave: %s", role)
                .isZero();
        members.remove(leaving);
        awaitReady(start(role, after));
    }
}

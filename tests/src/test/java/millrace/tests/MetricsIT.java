package millrace.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import millrace.proto.kernels.Primes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What the roles show over HTTP, while they compute a job.
class MetricsIT {
    @RegisterExtension
    static final TestBroker BROKER = new TestBroker();

    private static final List<String> ROLES = List.of("producer", "worker", "aggregator");

    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<String, Integer> ports = new HashMap<>();

    @Test
    void everyRoleShowsWhatItDoes() throws Exception {
        var fleet = BROKER.fleet();
        for (var role : ROLES) {
            var port = freePort();
            ports.put(role, port);
            fleet.role(role, Map.of(role + ".http", "127.0.0.1:" + port));
        }
        var client = fleet.client();
        fleet.awaitWorkers(client, 1);
        await().atMost(TestFleet.PATIENCE).untilAsserted(() -> {
            for (var role : ROLES) {
                assertThat(get(role, "/readyz").statusCode()).as(role).isEqualTo(200);
                assertThat(get(role, "/livez").statusCode()).as(role).isEqualTo(200);
            }
        });
        assertThat(value("worker", "millrace_tasks_total{kernel=\"primes\",result=\"done\"}"))
                .as("counters are there before the first event")
                .isZero();
        assertThat(value("aggregator", "millrace_jobs_ended_total{state=\"succeeded\"}"))
                .isZero();
        for (var counter : List.of("orders_clashing", "orders_repeated", "orders_void", "jobs_removed")) {
            assertThat(value("aggregator", "millrace_" + counter + "_total"))
                    .as(counter)
                    .isZero();
        }
        assertThat(value("producer", "millrace_producer_records_refused_total")).isZero();

        var job = client.submit(new Primes(0, 10_000_000));
        assertThat(job.get(TestFleet.PATIENCE).text()).startsWith("664579");

        assertThat(value("aggregator", "millrace_jobs_ended_total{state=\"succeeded\"}"))
                .isEqualTo(1);
        assertThat(value("aggregator", "millrace_aggregator_results_total{result=\"counted\"}"))
                .isPositive();
        assertThat(value("worker", "millrace_tasks_total{kernel=\"primes\",result=\"done\"}"))
                .isEqualTo(value("worker", "millrace_task_compute_seconds_count{kernel=\"primes\",result=\"done\"}"))
                .isPositive();
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            assertThat(value("producer", "millrace_tasks_emitted_total")).isPositive();
            assertThat(value("producer", "millrace_workers_live")).isEqualTo(1);
            assertThat(value("producer", "millrace_work_left_core_seconds{kernel=\"primes\"}"))
                    .isZero();
            assertThat(value(
                            "producer",
                            "millrace_share_group_members{group=\""
                                    + fleet.cluster().fleet() + ".workers\"}"))
                    .isPositive();
        });
        var served = new TreeSet<String>();
        for (var role : ROLES) {
            var page = get(role, "/metrics").body();
            page.lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split("[ {]", 2)[0])
                    .forEach(served::add);
            assertThat(page).contains("jvm_memory_used_bytes", "process_cpu_usage", "kafka_");
            assertThat(page).as("labels of %s carry no ids of jobs", role).doesNotContain(job.id());
            assertThat(undescribed(page))
                    .as("meters of %s without a description", role)
                    .isEmpty();
        }
        assertThat(served)
                .as("metrics that dashboards, rules and manifests in ops/ name")
                .containsAll(OpsFiles.metricsNamed());
        assertThat(get("worker", "/jobs").statusCode()).isEqualTo(404);
    }

    private static Set<String> undescribed(String page) {
        var all = page.lines()
                .filter(line -> line.startsWith("# TYPE "))
                .map(line -> line.split(" ")[2])
                .collect(Collectors.toCollection(TreeSet::new));
        page.lines()
                .filter(line -> line.startsWith("# HELP ") && line.split(" ", 4).length == 4)
                .filter(line -> !line.split(" ", 4)[3].isBlank())
                .forEach(line -> all.remove(line.split(" ")[2]));
        return all;
    }

    private double value(String role, String series) throws IOException, InterruptedException {
        var page = get(role, "/metrics").body();
        return page.lines()
                .filter(line -> line.startsWith(series + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError(series + " is not in\n" + page));
    }

    private HttpResponse<String> get(String role, String path) throws IOException, InterruptedException {
        var at = URI.create("http://127.0.0.1:" + ports.get(role) + path);
        return http.send(HttpRequest.newBuilder(at).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}

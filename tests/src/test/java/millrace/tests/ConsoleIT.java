package millrace.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import millrace.client.JobOptions;
import millrace.client.Millrace;
import millrace.proto.Ending;
import millrace.proto.Policy;
import millrace.proto.Role;
import millrace.proto.kernels.Mandelbrot;
import millrace.tests.kernels.Nap;
import millrace.tests.kernels.Trap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

/// A person at the console, in a real browser, on a real fleet: with `-Dmillrace.console=short`, and with
/// `-Dmillrace.console=full` for every page on two screens in two themes. Pictures are left in `target/console`.
@EnabledIfSystemProperty(named = "millrace.console", matches = "short|full")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConsoleIT {
    @RegisterExtension
    static final TestBroker BROKER = new TestBroker();

    private static final String TOKEN = "token-of-the-tests-1234";
    private static final String HOSTILE = "<img src=x onerror=document.title='owned'>";
    private static final List<String> PAGES =
            List.of("overview", "jobs", "workers", "dead-letters", "queue", "cluster");

    @TempDir
    static Path folder;

    private final HttpClient http = HttpClient.newHttpClient();
    private TestFleet fleet;
    private Millrace client;
    private Role.Running aggregator;
    private Browser browser;
    private int port;

    @BeforeAll
    void start() throws Exception {
        if (!Browser.isThere()) {
            System.out.println("ConsoleIT is skipped: no /usr/bin/chromium with its driver");
            throw new TestAbortedException("no /usr/bin/chromium with /usr/bin/chromedriver");
        }
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        fleet = BROKER.fleet();
        fleet.role("producer", Map.of("producer.job-partitions", "2", "producer.task-partitions", "1"));
        aggregator = aggregator();
        fleet.worker(2);
        client = fleet.client();
        fleet.awaitWorkers(client, 1);
        browser = new Browser("http://127.0.0.1:" + port + "/");
        browser.open("#token=" + TOKEN);
        browser.awaitText("Cores busy");
    }

    private Role.Running aggregator() {
        return fleet.role(
                "aggregator", Map.of("aggregator.console", "127.0.0.1:" + port, "aggregator.console-token", TOKEN));
    }

    @AfterAll
    void stop() {
        if (browser != null) {
            browser.close();
        }
        if (fleet != null) {
            fleet.close();
        }
    }

    @Test
    void jobIsSubmittedWatchedAndCancelled() throws Exception {
        browser.open("#/jobs");
        browser.press("Submit a job");
        browser.one("dialog select[name=kernel] option[value=spin]").click();
        browser.type("dialog input[name=count]", "100000");
        browser.type("dialog input[name=micros]", "2000");
        browser.press("Submit");
        browser.awaitText("Task map");
        browser.awaitText("resident");
        var id = String.valueOf(browser.run("return decodeURIComponent(location.hash.split('/')[2])"));
        assertThat(id).startsWith("spin-");

        var first = doneItems();
        await("progress moves").atMost(TestFleet.PATIENCE).until(() -> doneItems() > first);

        browser.one("canvas.map").click();
        browser.awaitText("held by");
        browser.one("dialog button[aria-label=Close]").click();

        browser.press("cancel");
        browser.awaitText("Dry run: 1 job");
        browser.press("Cancel 1 job");
        var ending = client.job(id).orElseThrow().ending(TestFleet.PATIENCE);
        assertThat(ending.state()).isEqualTo(Ending.State.CANCELLED);
        browser.one("dialog button[aria-label=Close]").click();
        browser.awaitText("cancelled");
        browser.open("#/cluster");
        browser.awaitText("cancel of " + id);
    }

    private long doneItems() {
        var label = String.valueOf(
                browser.run(
                        "return document.querySelector('.big + .bar')?.getAttribute('aria-label')?.replace(/^.*?: /, '') || '0'"));
        return Long.parseLong(label.split(" ", 2)[0].replace(",", ""));
    }

    @Test
    void deadLettersAreReplayedAfterADryRun() throws Exception {
        var job = client.submit(
                new Trap(
                        20_000,
                        4_234,
                        Trap.Trick.THROW_ONCE,
                        folder.resolve("marker").toString()),
                JobOptions.DEFAULT.withPolicy(
                        Policy.DEFAULT.withTaskItems(1_000).withMaxAttempts(1).withSkipMax(10_000)));
        assertThat(job.ending(TestFleet.PATIENCE).state()).isEqualTo(Ending.State.PARTIAL);

        browser.open("#/dead-letters?text=" + job.id());
        browser.awaitText("cannot be computed");
        browser.press("replay");
        browser.awaitText("Dry run: 1 job");
        browser.press("Replay 1 job");
        browser.awaitText("Begun");

        await("the replay has ended well")
                .atMost(TestFleet.PATIENCE)
                .untilAsserted(
                        () -> assertThat(client.latest(job.id()).orElseThrow().state())
                                .isEqualTo("succeeded"));
    }

    @Test
    void hostileTextIsShownAsText() throws Exception {
        var job = client.submit(new Nap(10, 1, false), JobOptions.DEFAULT.withLabel("note", HOSTILE));
        job.ending(TestFleet.PATIENCE);

        browser.open("#/jobs/" + job.id());
        browser.awaitText(HOSTILE);
        browser.open("#/jobs?text=" + URLEncoder.encode(HOSTILE, UTF_8));
        browser.awaitText(job.id());

        assertThat(browser.all("img[src=x]")).isEmpty();
        assertThat(browser.run("return document.title")).isNotEqualTo("owned");
    }

    @Test
    void pageSaysThatItIsStaleWhileItsAggregatorIsAwayAndThenGoesOn() {
        browser.open("#/overview");
        browser.awaitText("Cores busy");
        aggregator.close();
        browser.awaitText("Stale");
        aggregator = aggregator();
        await("it goes on")
                .atMost(TestFleet.PATIENCE)
                .until(() -> !browser.text().contains("Stale"));
        browser.awaitText("1\nall heard of");
    }

    @Test
    void nobodyElseChangesAnything() throws Exception {
        var change = "{\"action\":\"cancel\",\"dryRun\":true,\"filter\":{}}";
        assertThat(post(change, Map.of()).statusCode()).as("no token").isEqualTo(401);
        assertThat(post(change, Map.of("Authorization", "Bearer wrong")).statusCode())
                .isEqualTo(401);
        var ours = "Bearer " + TOKEN;
        assertThat(post(change, Map.of("Authorization", ours, "Origin", "http://elsewhere.example"))
                        .statusCode())
                .as("another origin")
                .isEqualTo(403);
        assertThat(post(change, Map.of("Authorization", ours, "Content-Type", "text/plain"))
                        .statusCode())
                .isEqualTo(415);
        assertThat(post(change, Map.of("Authorization", ours)).statusCode()).isEqualTo(200);

        var page = http.send(HttpRequest.newBuilder(uri("/")).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("default-src 'none'", "frame-ancestors 'none'")
                .doesNotContain("unsafe");
        assertThat(page.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(askedAs("evil.example")).as("a name bound to our address").startsWith("HTTP/1.1 421");
        assertThat(askedAs("localhost:" + port)).startsWith("HTTP/1.1 200");
    }

    // The client sets the Host itself.
    private String askedAs(String host) throws Exception {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            var request = "GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(UTF_8));
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        }
    }

    private HttpResponse<String> post(String body, Map<String, String> headers) throws Exception {
        var request = HttpRequest.newBuilder(uri("/api/v1/operations")).POST(HttpRequest.BodyPublishers.ofString(body));
        request.setHeader("Content-Type", "application/json");
        headers.forEach(request::setHeader);
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    @Test
    void everyPageFitsAndIsUsableByAll() throws Exception {
        var full = "full".equals(System.getProperty("millrace.console"));
        var running = client.submit(new Nap(3_000, 20, false));
        var drawn = client.submit(new Mandelbrot(600, 400, -0.6, 0, 3, 500, 1));
        drawn.ending(TestFleet.PATIENCE);
        TestFleet.awaitDone(running, 0.02);
        running.pause(); // or the pages change while they are looked at
        var pages = new java.util.ArrayList<>(PAGES);
        pages.addAll(List.of("jobs/" + running.id(), "jobs/" + drawn.id()));
        for (var dark : full ? List.of(false, true) : List.of(false)) {
            for (var width : full ? List.of(1280, 360) : List.of(360)) {
                for (var page : pages) {
                    look(page, width, dark);
                }
            }
        }
        running.cancel("the pictures are taken");
    }

    private void look(String page, int width, boolean dark) throws Exception {
        browser.screen(width, width > 600 ? 1600 : 2400, dark);
        browser.open("#/" + page);
        await(page + " has data")
                .atMost(TestFleet.PATIENCE)
                .until(() -> !browser.all("main .page-body").isEmpty()
                        && browser.all("main .loading").isEmpty());
        var name = page.replaceAll("jobs/([a-z]+)-.*", "job-$1") + "-" + width + (dark ? "-dark" : "-light");
        browser.picture(Path.of("target", "console", name + ".png"));
        assertThat(browser.seriousFindings()).as("axe on %s", name).isEmpty();
        assertThat(browser.isTooWide()).as("%s is wider than its screen", name).isFalse();
    }
}

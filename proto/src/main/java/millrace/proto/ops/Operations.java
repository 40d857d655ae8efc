package millrace.proto.ops;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import millrace.proto.ExitCode;
import millrace.proto.Refusal;
import millrace.proto.Role;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Shows over HTTP how one role is, on the JDK's own server:
///
/// - `/metrics`: what it counts and measures, for Prometheus;
/// - `/livez`: 200 while its loops turn, else 503 with one line for each that hangs. Brokers that are away do not
///   matter: starting the process again would not bring them back;
/// - `/readyz`: 200 while it does its part, else 503 with what keeps it from that.
///
/// Any thread may call it.
public final class Operations implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Operations.class);

    /// Adds a role's own meters.
    public interface Meters {
        void bind(MeterRegistry registry);
    }

    private final PrometheusMeterRegistry registry;
    private final JvmGcMetrics collections;
    private final HttpServer server;
    private final ExecutorService requests;

    private Operations(
            PrometheusMeterRegistry registry, JvmGcMetrics collections, HttpServer server, ExecutorService requests) {
        this.registry = registry;
        this.collections = collections;
        this.server = server;
        this.requests = requests;
    }

    /// Starts to serve.
    ///
    /// @param role    its name
    /// @param running asked for each answer
    /// @throws Refusal when the address cannot be had ([ExitCode#MACHINE])
    public static Operations start(HttpAddress address, String role, Role.Running running, Loops loops, Meters meters) {
        var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        var collections = bindProcess(registry, role, running);
        meters.bind(registry);
        try {
            var server = HttpServer.create(address.socket(), 0);
            var requests = Executors.newVirtualThreadPerTaskExecutor();
            server.setExecutor(requests);
            server.createContext("/", exchange -> answer(exchange, 404, "there are /metrics, /livez and /readyz\n"));
            server.createContext("/metrics", exchange -> metrics(exchange, registry));
            server.createContext("/livez", exchange -> health(exchange, loops.hanging(), "loops", loops.names()));
            server.createContext("/readyz", exchange -> health(exchange, unready(running), "role", List.of(role)));
            server.start();
            LOG.info("{} serves /metrics, /livez and /readyz at {}", role, server.getAddress());
            return new Operations(registry, collections, server, requests);
        } catch (IOException | IllegalArgumentException e) {
            collections.close();
            throw new Refusal(
                    ExitCode.MACHINE,
                    role + ".http is " + address.host() + ":" + address.port() + " and cannot be had: "
                            + e.getMessage(),
                    e);
        }
    }

    private static JvmGcMetrics bindProcess(MeterRegistry registry, String role, Role.Running running) {
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        var collections = new JvmGcMetrics();
        collections.bindTo(registry);
        var release = Operations.class.getPackage().getImplementationVersion();
        Gauge.builder("millrace.build.info", () -> 1)
                .description("Always 1; its labels say what runs")
                .tags(List.of(
                        Tag.of("role", role),
                        Tag.of("version", release == null ? "unreleased" : release),
                        Tag.of("jdk", Runtime.version().toString())))
                .register(registry);
        Gauge.builder("millrace.ready", running, now -> now.ready() ? 1 : 0)
                .description("1 while the role does its part, else 0")
                .tag("role", role)
                .register(registry);
        return collections;
    }

    private static List<String> unready(Role.Running running) {
        var trouble = running.trouble();
        return running.ready() ? List.of() : List.of(trouble.isEmpty() ? "not ready" : trouble);
    }

    @Override
    public void close() {
        server.stop(0);
        requests.close();
        collections.close();
        registry.close();
    }

    private static void metrics(HttpExchange exchange, PrometheusMeterRegistry registry) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
        send(exchange, 200, registry.scrape());
    }

    private static void health(HttpExchange exchange, List<String> problems, String what, List<String> names)
            throws IOException {
        var lines = new ArrayList<String>();
        problems.forEach(problem -> lines.add("[-] " + problem));
        if (problems.isEmpty()) {
            names.forEach(name -> lines.add("[+] " + what + " " + name + " ok"));
        }
        answer(exchange, problems.isEmpty() ? 200 : 503, String.join("\n", lines) + "\n");
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
        send(exchange, status, text);
    }

    private static void send(HttpExchange exchange, int status, String text) throws IOException {
        try (exchange) {
            var reads = exchange.getRequestMethod().equals("GET")
                    || exchange.getRequestMethod().equals("HEAD");
            var body = text.getBytes(StandardCharsets.UTF_8);
            var none = !exchange.getRequestMethod().equals("GET");
            exchange.sendResponseHeaders(reads ? status : 405, none ? -1 : body.length);
            if (!none) {
                exchange.getResponseBody().write(body);
            }
        }
    }
}

package millrace.aggregator.console;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.javalin.Javalin;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.Optional;
import java.util.function.Supplier;
import millrace.proto.BadInput;
import millrace.proto.Cluster;
import millrace.proto.ExitCode;
import millrace.proto.Refusal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ObjectNode;

/// The operator console: pages at `/`, their data at `/api/v1/...` and as a stream at `/api/v1/stream`. It follows
/// the fleet's topics itself, so the console of any aggregator shows the whole fleet.
///
/// Any thread may call it.
public final class Console implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Console.class);
    private static final long BODY_MAX = 200_000;

    private final FleetTail tail;
    private final OrderSender sender;
    private final AuditLog audit = new AuditLog();
    private final Operations operations;
    private final Submission submission;
    private final ClusterState clusterState;
    private final LivePictures pictures;
    private final Stream stream;
    private final Guard guard;
    private final Javalin server;

    private Console(Cluster cluster, ConsoleConfig config, String id) {
        tail = new FleetTail(cluster, id);
        sender = new OrderSender(cluster, tail.wire().jobs(), id);
        operations = new Operations(tail, sender, audit);
        submission = new Submission(tail, sender, audit);
        clusterState = new ClusterState(cluster, tail);
        pictures = new LivePictures(cluster, tail, id);
        stream = new Stream(tail);
        guard = new Guard(config.hosts(), config.token());
        var assets = Assets.load();
        server = Javalin.create(javalin -> {
            javalin.startup.showJavalinBanner = false;
            javalin.startup.showOldJavalinVersionWarning = false;
            javalin.concurrency.useVirtualThreads = true;
            javalin.http.maxRequestSize = BODY_MAX;
            javalin.jetty.modifyHttpConfiguration(http -> http.setSendServerVersion(false));
            routes(javalin.routes, assets);
        });
    }

    /// Starts to serve, and to follow the fleet.
    ///
    /// @param id the aggregator's, names Kafka clients
    /// @throws Refusal when the address cannot be had ([ExitCode#MACHINE])
    public static Console start(Cluster cluster, ConsoleConfig config, String id) {
        var console = new Console(cluster, config, id);
        var address = config.address();
        try {
            console.server.start(address.host(), address.port());
        } catch (RuntimeException e) {
            console.close();
            throw new Refusal(
                    ExitCode.MACHINE,
                    "aggregator.console is " + address.host() + ":" + address.port() + " and cannot be had: "
                            + e.getMessage(),
                    e);
        }
        Thread.ofPlatform().daemon().name("console-tail").start(console.tail);
        LOG.info("the console is at http://{}:{}/", address.host(), console.port());
        return console;
    }

    /// The port that it serves at.
    public int port() {
        return server.port();
    }

    /// The state of the circuit breaker around what it asks the cluster, for meters.
    public CircuitBreaker.State breaker() {
        return clusterState.breaker();
    }

    private void routes(RoutesConfig routes, Assets assets) {
        routes.before(request -> {
            headers(request, assets);
            guard.checkHost(request);
        });
        assets.files()
                .forEach((path, asset) -> routes.get(
                        path,
                        request -> request.contentType(asset.type())
                                .header("Cache-Control", "no-cache")
                                .result(asset.bytes())));
        routes.get("/api/v1/stream/{page}", request -> stream.serve(request, page(request)));
        routes.get("/api/v1/jobs/{id}/map", this::map);
        routes.get("/api/v1/jobs/{id}/picture", this::picture);
        routes.get("/api/v1/kernels", request -> {
            var page = Json.object();
            submission.write(page.putArray("kernels"));
            answer(request, page);
        });
        routes.get("/api/v1/{page}", request -> answer(request, page(request).get()));
        routes.post("/api/v1/submit", this::submit);
        routes.post("/api/v1/operations", this::operate);
        routes.exception(Guard.Refused.class, (refused, request) -> fail(request, refused.status(), refused));
        routes.exception(BadInput.class, (bad, request) -> fail(request, 400, bad));
        routes.exception(
                JacksonException.class,
                (_, request) -> fail(request, 400, new BadInput("the body is no JSON of ours")));
        routes.exception(Exception.class, (e, request) -> {
            LOG.error("the console failed to answer {} {}", request.method(), request.path(), e);
            fail(request, 500, new IllegalStateException("the console has a bug; its log says more"));
        });
    }

    private static void headers(Context request, Assets assets) {
        request.header("Content-Security-Policy", assets.policy())
                .header("X-Content-Type-Options", "nosniff")
                .header("X-Frame-Options", "DENY")
                .header("Referrer-Policy", "no-referrer")
                .header("Cross-Origin-Opener-Policy", "same-origin")
                .header("Cross-Origin-Resource-Policy", "same-origin")
                .header("Cache-Control", "no-store");
    }

    // What a page shows, now and whenever it is asked again.
    private Supplier<ObjectNode> page(Context request) {
        var name = request.pathParam("page");
        var text = query(request, "text");
        return switch (name) {
            case "overview" -> () -> tail.look(view -> Pages.overview(view, System.nanoTime()));
            case "jobs" -> {
                var filter = filter(request);
                yield () -> {
                    var page = tail.look(view -> Pages.jobs(view, filter));
                    operations.write(page.putArray("operations"));
                    return page;
                };
            }
            case "job" -> {
                var id = query(request, "id");
                yield () -> job(id);
            }
            case "workers" -> () -> tail.look(view -> Pages.workers(view, System.nanoTime()));
            case "dead-letters" ->
                () -> {
                    var page = tail.look(view -> Pages.letters(view, text));
                    operations.write(page.putArray("operations"));
                    return page;
                };
            case "queue" -> () -> tail.look(view -> Pages.queue(view, System.nanoTime()));
            case "cluster" -> this::cluster;
            default -> throw new Guard.Refused(404, "there is no page of this name");
        };
    }

    private ObjectNode job(String id) {
        return tail.look(view -> view.job(id)
                .map(job -> Pages.job(view, job, System.nanoTime()).put("live", LivePictures.kind(job)))
                .orElseGet(
                        () -> Json.object().put("caughtUp", view.isCaughtUp()).put("missing", id)));
    }

    private ObjectNode cluster() {
        var page = clusterState.show();
        page.put("changes", guard.hasToken());
        var entries = page.putArray("audit");
        audit.latest()
                .forEach(entry -> entries.addObject()
                        .put("at", entry.millis())
                        .put("from", entry.from())
                        .put("what", entry.what())
                        .put("reason", entry.reason())
                        .put("outcome", entry.outcome()));
        return page;
    }

    private void map(Context request) {
        var id = request.pathParam("id");
        answer(
                request,
                tail.look(view -> view.job(id).map(job -> TaskMap.of(view, job)))
                        .orElseThrow(() -> new Guard.Refused(404, "there is no job of this id")));
    }

    private void picture(Context request) {
        var id = request.pathParam("id");
        var job =
                tail.look(view -> view.job(id)).orElseThrow(() -> new Guard.Refused(404, "there is no job of this id"));
        switch (LivePictures.kind(job)) {
            case "picture" -> request.contentType("image/png").result(pictures.png(job));
            case "estimate" -> answer(request, pictures.estimate(job));
            default -> throw new Guard.Refused(404, "jobs of this kernel show no output while they run");
        }
    }

    private void submit(Context request) throws InterruptedException {
        guard.checkChange(request);
        var body = Body.read(request.bodyAsBytes(), "kernel", "parameters", "priority", "dryRun");
        answer(
                request,
                submission.submit(
                        body.text("kernel"),
                        body.texts("parameters"),
                        body.whole("priority", 0, -10, 10),
                        body.is("dryRun", false),
                        request.ip()));
    }

    private void operate(Context request) {
        guard.checkChange(request);
        var order = Operations.Order.of(request.bodyAsBytes());
        answer(
                request,
                order.dryRun()
                        ? operations.dryRun(order.wanted())
                        : operations.begin(order.wanted(), order.expected(), request.ip()));
    }

    private static JobFilter filter(Context request) {
        return new JobFilter(
                Body.split(query(request, "states")),
                query(request, "kernel"),
                query(request, "text"),
                Body.split(query(request, "ids")));
    }

    private static String query(Context request, String name) {
        return Optional.ofNullable(request.queryParam(name)).orElse("");
    }

    private static void answer(Context request, ObjectNode node) {
        request.contentType("application/json").result(Json.bytes(node));
    }

    private static void fail(Context request, int status, Exception why) {
        request.status(status)
                .contentType("application/json")
                .result(Json.bytes(Json.object().put("error", String.valueOf(why.getMessage()))));
    }

    @Override
    public void close() {
        stream.stop();
        tail.stop();
        pictures.close();
        server.stop();
        sender.close();
    }
}

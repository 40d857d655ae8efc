package millrace.cli;

import com.yammer.metrics.core.Stoppable;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import millrace.proto.Cluster;
import millrace.proto.ExitCode;
import millrace.proto.Refusal;
import millrace.proto.Topics;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.internals.Exit;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;
import org.apache.kafka.server.common.MetadataVersion;
import org.apache.kafka.server.metrics.KafkaYammerMetrics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One Kafka node, broker and controller, inside this JVM and on 127.0.0.1 only. Tuned for a fleet on one
/// machine: small buffers, short heartbeats of groups, no waiting for members.
///
/// Its data stays in its folder; a broker started on the same folder and port again goes on with it. Any thread
/// may call the methods.
public final class EmbeddedBroker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedBroker.class);
    private static final int NODE = 1;

    /// Between the heartbeats of a lane of a fleet that has settled: a worker that comes later is let in within this
    /// time.
    private static final Duration HEARTBEATS = Duration.ofSeconds(2);

    // A free port is found by opening it, so another process may take it before the broker does.
    private static final int STARTS_MAX = 5;

    private static final Set<EmbeddedBroker> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        // A broker that cannot write to its disk ends the whole process, without a word. Here others live in it.
        Exit.setHaltProcedure((_, message) -> died(message));
        Exit.setExitProcedure((_, message) -> died(message));
    }

    private final KafkaRaftServer server;
    private final String bootstrapServers;
    private final CompletableFuture<String> death = new CompletableFuture<>();

    private EmbeddedBroker(KafkaRaftServer server, String bootstrapServers) {
        this.server = server;
        this.bootstrapServers = bootstrapServers;
    }

    /// Starts a broker on a free port.
    ///
    /// @param folder where its data is or will be; created when missing
    /// @throws Refusal when it cannot start ([ExitCode#MACHINE])
    public static EmbeddedBroker start(Path folder) {
        return start(folder, 0, Map.of());
    }

    /// Starts a broker; it takes requests when this returns.
    ///
    /// @param folder   where its data is or will be; created when missing
    /// @param port     1 to 65,535, or 0 for a free one
    /// @param settings Kafka's broker settings in front of ours
    /// @throws Refusal when it cannot start ([ExitCode#MACHINE]), a port in use for one
    public static EmbeddedBroker start(Path folder, int port, Map<String, String> settings) {
        for (var starts = 1; ; starts++) {
            var brokerPort = port == 0 ? freePort() : port;
            try {
                if (port != 0) {
                    checkFree(port);
                }
                return start(folder, brokerPort, freePort(), settings);
            } catch (KafkaException e) {
                if (port != 0 || starts == STARTS_MAX) {
                    throw new Refusal(
                            ExitCode.MACHINE,
                            "the embedded broker cannot start on 127.0.0.1:" + brokerPort + " with its data in "
                                    + folder + ": " + e.getMessage(),
                            e);
                }
            }
        }
    }

    private static EmbeddedBroker start(Path folder, int brokerPort, int controllerPort, Map<String, String> settings) {
        format(folder);
        var bootstrapServers = "127.0.0.1:" + brokerPort;
        var properties = new Properties();
        properties.putAll(ours(folder, bootstrapServers, "127.0.0.1:" + controllerPort));
        properties.putAll(settings);
        var server = new KafkaRaftServer(KafkaConfig.fromProps(properties, false), Time.SYSTEM);
        var broker = new EmbeddedBroker(server, bootstrapServers);
        RUNNING.add(broker);
        try {
            server.startup();
            createInternalTopics(bootstrapServers);
            return broker;
        } catch (Throwable e) {
            broker.close();
            throw e;
        }
    }

    /// Where clients reach it: `127.0.0.1:port`.
    public String bootstrapServers() {
        return bootstrapServers;
    }

    /// Completes with one sentence when the broker has given up, as it does when it cannot write to its disk.
    public CompletableFuture<String> death() {
        return death.copy();
    }

    /// Spares the cores that are to compute, once a fleet's first workers have come: the heartbeats of its lanes are
    /// rare from now on, as short ones are for joining the share group only and each costs more than a millisecond,
    /// and the rates of the meters of all brokers of this JVM, which nobody reads, stand still, as each of some two
    /// hundred has a timer.
    ///
    /// @param cluster at such a broker
    public static void settle(Cluster cluster) {
        for (var metric : KafkaYammerMetrics.defaultRegistry().allMetrics().values()) {
            if (metric instanceof Stoppable meter) {
                meter.stop();
            }
        }
        var group = new ConfigResource(ConfigResource.Type.GROUP, Topics.workersGroup(cluster.fleet()));
        var interval = new ConfigEntry("share.heartbeat.interval.ms", Long.toString(HEARTBEATS.toMillis()));
        try (var admin =
                Admin.create(cluster.client(Map.of("default.api.timeout.ms", 5_000, "request.timeout.ms", 5_000)))) {
            admin.incrementalAlterConfigs(Map.of(group, List.of(new AlterConfigOp(interval, AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
        } catch (ExecutionException | KafkaException e) {
            LOG.info("The share group's heartbeats stay short: {}", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Stops it and waits until it has; its data stays. May be called again.
    @Override
    public void close() {
        if (RUNNING.remove(this)) {
            server.shutdown();
            server.awaitShutdown();
        }
    }

    private static void died(String message) {
        var sentence = message == null || message.isBlank() ? "the embedded broker has given up" : message;
        RUNNING.forEach(broker -> broker.death.complete(sentence));
    }

    private static void format(Path folder) {
        if (Files.exists(folder.resolve("meta.properties"))) {
            return; // has data, which its identity must go on with
        }
        try {
            Files.createDirectories(folder);
            new Formatter()
                    .setPrintStream(new PrintStream(PrintStream.nullOutputStream(), false))
                    .setNodeId(NODE)
                    .setClusterId(Uuid.randomUuid().toString())
                    .setControllerListenerName("CONTROLLER")
                    .setMetadataLogDirectory(folder.toString())
                    .addDirectory(folder.toString())
                    .setSupportedFeatures(Feature.PRODUCTION_FEATURES)
                    .setReleaseVersion(MetadataVersion.LATEST_PRODUCTION)
                    .run();
        } catch (IOException e) {
            throw new Refusal(ExitCode.MACHINE, "cannot write to " + folder + ": " + e.getMessage(), e);
        } catch (Exception e) { // as Formatter declares
            throw new Refusal(ExitCode.MACHINE, "cannot prepare " + folder + " for a broker: " + e.getMessage(), e);
        }
    }

    private static Map<String, String> ours(Path folder, String broker, String controller) {
        var few = Runtime.getRuntime().availableProcessors() <= WorkerProcesses.FEW_CORES;
        return Map.ofEntries(
                Map.entry("process.roles", "broker,controller"),
                Map.entry("node.id", Integer.toString(NODE)),
                Map.entry("listeners", "PLAINTEXT://" + broker + ",CONTROLLER://" + controller),
                Map.entry("advertised.listeners", "PLAINTEXT://" + broker),
                Map.entry("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT"),
                Map.entry("inter.broker.listener.name", "PLAINTEXT"),
                Map.entry("controller.listener.names", "CONTROLLER"),
                Map.entry("controller.quorum.voters", NODE + "@" + controller),
                Map.entry("log.dirs", folder.toString()),
                Map.entry("auto.create.topics.enable", "false"),
                // Kafka's own topics want three brokers unless told.
                Map.entry("offsets.topic.replication.factor", "1"),
                Map.entry("transaction.state.log.replication.factor", "1"),
                Map.entry("transaction.state.log.min.isr", "1"),
                Map.entry("share.coordinator.state.topic.replication.factor", "1"),
                Map.entry("share.coordinator.state.topic.min.isr", "1"),
                // Their 50 partitions each are a second of start.
                Map.entry("offsets.topic.num.partitions", "1"),
                Map.entry("transaction.state.log.num.partitions", "1"),
                Map.entry("share.coordinator.state.topic.num.partitions", "1"),
                // A group is complete when its first member is there.
                Map.entry("group.initial.rebalance.delay.ms", "0"),
                // A member gets its partitions with its second heartbeat, five seconds after its first unless
                // told.
                Map.entry("group.share.min.heartbeat.interval.ms", "50"),
                Map.entry("group.share.heartbeat.interval.ms", "200"),
                Map.entry("group.share.assignment.interval.ms", "0"),
                // A killed worker's lanes keep their share of the partitions until their sessions end.
                Map.entry("group.share.min.session.timeout.ms", "3000"),
                Map.entry("group.share.session.timeout.ms", "6000"),
                Map.entry("group.share.max.size", "1000"),
                // One machine's traffic needs few threads, and small buffers: the cleaner's is 128 MiB of heap
                // unless told. Threads wake up for nothing three times a second, and the fewer take a request in
                // turn, the warmer are the caches that it finds.
                Map.entry("num.network.threads", few ? "1" : "2"),
                Map.entry("num.io.threads", few ? "2" : "4"),
                Map.entry("background.threads", "2"),
                Map.entry("num.recovery.threads.per.data.dir", "1"),
                Map.entry("group.coordinator.threads", "1"),
                Map.entry("log.cleaner.dedupe.buffer.size", "2097152"),
                Map.entry("log.index.size.max.bytes", "2097152"),
                // Nobody else follows the controller's log: what shows that it is alive is twice a second written in
                // vain.
                Map.entry("metadata.max.idle.interval.ms", "0"),
                Map.entry("metric.reporters", ""));
    }

    // Kafka creates these when the first member asks for them, which costs that member seconds. Settings as
    // Kafka's own.
    private static void createInternalTopics(String bootstrapServers) {
        var segmentBytes = "104857600";
        var topics = List.of(
                internal("__consumer_offsets", Map.of("cleanup.policy", "compact", "segment.bytes", segmentBytes)),
                internal("__transaction_state", Map.of("cleanup.policy", "compact", "segment.bytes", segmentBytes)),
                internal(
                        "__share_group_state",
                        Map.of("cleanup.policy", "delete", "retention.ms", "-1", "segment.bytes", segmentBytes)));
        try (var admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers, "enable.metrics.push", "false"))) {
            for (var created : admin.createTopics(topics).values().values()) {
                try {
                    created.get();
                } catch (ExecutionException e) {
                    if (!(e.getCause() instanceof TopicExistsException)) {
                        throw new KafkaException(e.getCause());
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Refusal(ExitCode.INTERRUPTED, "interrupted", e);
        }
    }

    private static NewTopic internal(String name, Map<String, String> settings) {
        return new NewTopic(name, 1, (short) 1).configs(settings);
    }

    static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new Refusal(ExitCode.MACHINE, "127.0.0.1 has no free port: " + e.getMessage(), e);
        }
    }

    static boolean isFree(int port) {
        try {
            checkFree(port);
            return true;
        } catch (Refusal e) {
            return false;
        }
    }

    static void checkFree(int port) {
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true); // as the broker does: a port of a broker that has just ended is free
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        } catch (IOException e) {
            throw new Refusal(
                    ExitCode.MACHINE,
                    "port " + port + " of 127.0.0.1 cannot be used (" + e.getMessage()
                            + "), allowed: a port that is free, or 0 to have one found",
                    e);
        }
    }
}

package millrace.aggregator.console;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import millrace.proto.Cluster;
import millrace.proto.ClusterCheck;
import millrace.proto.Heartbeat;
import millrace.proto.Refusal;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// What `doctor` would find, looked at when somebody asks, at most every ten seconds. While the cluster does not
/// answer it is left in peace for a while, and the last findings are shown with their age. Any thread.
final class ClusterState {
    private static final long FRESH_MILLIS = 10_000;

    private record Found(List<ClusterCheck.Finding> findings, long millis) {}

    private final Cluster cluster;
    private final FleetTail tail;
    private final AtomicBoolean looking = new AtomicBoolean();
    private final CircuitBreaker breaker = CircuitBreaker.of(
            "console-cluster",
            CircuitBreakerConfig.custom()
                    .slidingWindowSize(4)
                    .minimumNumberOfCalls(2)
                    .waitDurationInOpenState(Duration.ofSeconds(20))
                    .build());
    private volatile @Nullable Found found;
    private volatile String trouble = "";

    ClusterState(Cluster cluster, FleetTail tail) {
        this.cluster = cluster;
        this.tail = tail;
    }

    /// What was found last; looks again in the background when that is old.
    ObjectNode show() {
        var last = found;
        if (last == null || System.currentTimeMillis() - last.millis() > FRESH_MILLIS) {
            look();
        }
        var node = Json.object();
        node.put("fleet", cluster.fleet());
        node.put("servers", cluster.bootstrapServers());
        node.put("trouble", trouble);
        node.put("breaker", breaker.getState().name().toLowerCase(java.util.Locale.ROOT));
        node.put("looking", looking.get());
        if (last != null) {
            node.put("at", last.millis());
            var findings = node.putArray("findings");
            last.findings()
                    .forEach(finding -> findings.addObject()
                            .put("what", finding.what())
                            .put("problem", finding.problem())
                            .put("fix", finding.fix()));
        }
        return node;
    }

    CircuitBreaker.State breaker() {
        return breaker.getState();
    }

    private void look() {
        if (!looking.compareAndSet(false, true)) {
            return;
        }
        Thread.ofVirtual().name("console-cluster").start(() -> {
            try {
                found = new Found(
                        breaker.executeSupplier(() -> ClusterCheck.run(cluster, this::live)),
                        System.currentTimeMillis());
                trouble = "";
            } catch (CallNotPermittedException e) {
                trouble = "the cluster did not answer lately and is not asked for a while";
            } catch (Refusal | KafkaException e) {
                trouble = String.valueOf(e.getMessage());
            } finally {
                looking.set(false);
            }
        });
    }

    private List<Heartbeat> live() {
        var nanos = System.nanoTime();
        return tail.look(view -> view.workers().stream()
                .filter(worker -> worker.isLive(nanos))
                .map(WorkerRecord::heartbeat)
                .toList());
    }
}

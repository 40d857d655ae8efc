package millrace.proto.ops;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;

/// The few of a Kafka client's own figures that say something about a fleet, out of some hundreds. Micrometer has no
/// binder for share consumers, and its others take all there are, with the client's id as a label.
public final class KafkaMeters {
    /// The figures of one client, asked for at each scrape.
    public interface Client extends Supplier<Map<MetricName, ? extends Metric>> {}

    /// @param group   of Kafka's metrics; only those without a tag for a node, topic or partition are taken
    /// @param counter whether it only grows
    private record Kept(String group, String name, boolean counter, String description) {}

    private static final String SHARE = "consumer-share-fetch-manager-metrics";
    private static final String SHARE_GROUP = "consumer-share-coordinator-metrics";
    private static final String FETCH = "consumer-fetch-manager-metrics";
    private static final String CONSUMER = "consumer-metrics";
    private static final String GROUP = "consumer-coordinator-metrics";
    private static final String PRODUCER = "producer-metrics";

    private static final List<Kept> SHARE_CONSUMER = List.of(
            new Kept(SHARE, "records-consumed-total", true, "Records that the lane has acquired"),
            new Kept(SHARE, "acknowledgements-send-total", true, "Acknowledgements sent"),
            new Kept(SHARE, "acknowledgements-error-total", true, "Acknowledgements that the broker refused"),
            new Kept(SHARE, "fetch-latency-avg", false, "Mean time of a fetch, in milliseconds"),
            new Kept(SHARE, "fetch-latency-max", false, "Longest time of a fetch, in milliseconds"),
            new Kept(
                    SHARE,
                    "fetch-throttle-time-max",
                    false,
                    "Longest time that the broker held a fetch, in milliseconds"),
            new Kept(SHARE_GROUP, "rebalance-total", true, "Assignments received from the share group"),
            new Kept(
                    SHARE_GROUP, "last-heartbeat-seconds-ago", false, "Seconds since the last heartbeat to the group"));

    private static final Kept LAG = new Kept(
            FETCH, "records-lag-max", false, "Records that the partition furthest behind has still to be read");

    private static final List<Kept> PLAIN_CONSUMER = List.of(
            new Kept(FETCH, "records-consumed-total", true, "Records read"),
            LAG,
            new Kept(FETCH, "fetch-latency-avg", false, "Mean time of a fetch, in milliseconds"),
            new Kept(CONSUMER, "last-poll-seconds-ago", false, "Seconds since the last poll"),
            new Kept(GROUP, "rebalance-total", true, "Rebalances of the group"),
            new Kept(GROUP, "last-heartbeat-seconds-ago", false, "Seconds since the last heartbeat to the group"));

    private static final List<Kept> SENDER = List.of(
            new Kept(PRODUCER, "record-send-total", true, "Records sent"),
            new Kept(PRODUCER, "record-error-total", true, "Records that could not be sent"),
            new Kept(PRODUCER, "record-retry-total", true, "Sends that were tried again"),
            new Kept(PRODUCER, "request-latency-avg", false, "Mean time of a request, in milliseconds"),
            new Kept(PRODUCER, "request-latency-max", false, "Longest time of a request, in milliseconds"),
            new Kept(
                    PRODUCER, "buffer-available-bytes", false, "Room left for records that wait to be sent, in bytes"));

    private KafkaMeters() {}

    /// @param client the role's word for it, such as `lane-0`
    public static void shareConsumer(MeterRegistry registry, String client, Client metrics) {
        bind(registry, "share_consumer", SHARE_CONSUMER, client, metrics);
    }

    /// @param client the role's word for it
    public static void consumer(MeterRegistry registry, String client, Client metrics) {
        bind(registry, "consumer", PLAIN_CONSUMER, client, metrics);
    }

    /// @param client the role's word for it
    public static void producer(MeterRegistry registry, String client, Client metrics) {
        bind(registry, "producer", SENDER, client, metrics);
    }

    private static void bind(MeterRegistry registry, String kind, List<Kept> kept, String client, Client metrics) {
        for (var one : kept) {
            var name = "kafka." + kind + "." + one.name.replace("-total", "").replace('-', '.');
            if (one.counter) {
                FunctionCounter.builder(name, metrics, from -> orZero(value(from, one)))
                        .description(one.description)
                        .tag("client", client)
                        .register(registry);
            } else {
                Gauge.builder(name, metrics, from -> value(from, one))
                        .description(one.description)
                        .tag("client", client)
                        .strongReference(true)
                        .register(registry);
            }
        }
    }

    /// Records that a plain consumer has still to read of its partition furthest behind; -1 when not known.
    public static double lagRecords(Map<MetricName, ? extends Metric> metrics) {
        var lag = value(() -> metrics, LAG);
        return Double.isNaN(lag) ? -1 : lag;
    }

    private static double value(Client metrics, Kept kept) {
        for (var entry : metrics.get().entrySet()) {
            var name = entry.getKey();
            if (name.name().equals(kept.name)
                    && name.group().equals(kept.group)
                    && name.tags().size() <= 1
                    && entry.getValue().metricValue() instanceof Number number) {
                return number.doubleValue();
            }
        }
        return Double.NaN;
    }

    // A counter is there from the start, also while its client is not.
    private static double orZero(double value) {
        return Double.isFinite(value) ? value : 0;
    }
}

package millrace.aggregator;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.atomic.AtomicInteger;
import millrace.aggregator.console.ConsoleConfig;
import millrace.proto.Cluster;
import millrace.proto.Role;
import millrace.proto.Settings;
import millrace.proto.ops.HttpAddress;
import org.apache.kafka.common.config.ConfigDef;

/// Joins results into outputs and ends jobs. Several may run in a fleet: each owns some partitions, and takes
/// over those of one that dies.
public final class AggregatorRole implements Role {
    private static final AtomicInteger STARTED = new AtomicInteger();

    @Override
    public String name() {
        return "aggregator";
    }

    @Override
    public ConfigDef settings() {
        return AggregatorConfig.definition();
    }

    @Override
    public Running start(Cluster cluster, Settings settings) {
        return Aggregator.start(
                cluster,
                AggregatorConfig.of(settings, generatedId()),
                HttpAddress.of(settings, name()),
                ConsoleConfig.of(settings));
    }

    // Names this start of it: a process may play the role twice.
    private static String generatedId() {
        String host;
        try {
            host = InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            host = "host";
        }
        return "aggregator-" + host + "-" + ProcessHandle.current().pid() + "-" + STARTED.incrementAndGet();
    }
}

package millrace.proto;

import java.util.HashMap;
import java.util.Map;

/// A Kafka cluster and the fleet on it: how to reach them. Immutable.
///
/// @param fleet      the fleet's name, the prefix of its topics
/// @param properties Kafka's client properties; `bootstrap.servers` among them
public record Cluster(String fleet, Map<String, String> properties) {
    public Cluster {
        Topics.checkFleet(fleet);
        properties = Map.copyOf(properties);
        Check.require(
                !properties.getOrDefault("bootstrap.servers", "").isBlank(),
                "bootstrap.servers is missing, allowed: host:port, ...");
    }

    public static Cluster at(String bootstrapServers, String fleet) {
        return new Cluster(fleet, Map.of("bootstrap.servers", bootstrapServers));
    }

    public String bootstrapServers() {
        return properties.getOrDefault("bootstrap.servers", "");
    }

    /// The properties of one client: these, with what its role sets in front of them.
    ///
    /// @param overrides keys and values that the protocol relies on; they win
    public Map<String, Object> client(Map<String, ?> overrides) {
        var all = new HashMap<String, Object>(properties);
        all.putIfAbsent("enable.metrics.push", "false");
        // A client's figures are read from itself. An MBean for each of its some hundred would cost every start.
        all.putIfAbsent("metric.reporters", "");
        all.putAll(overrides);
        return all;
    }
}

package millrace.proto.ops;

import java.net.InetSocketAddress;
import java.util.Optional;
import millrace.proto.BadInput;
import millrace.proto.Settings;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/// Where a role serves its metrics and health: the setting `ROLE.http`.
///
/// @param host a name or an address
/// @param port 0 to 65535; 0 takes a free one
public record HttpAddress(String host, int port) {
    public HttpAddress {
        if (host.isBlank() || port < 0 || port > 65_535) {
            throw new IllegalArgumentException(host + ":" + port + " is no address, allowed HOST:PORT, port 0..65535");
        }
    }

    /// Adds the setting to those of a role.
    public static ConfigDef define(ConfigDef settings, String role) {
        return define(
                settings,
                key(role),
                "Where /metrics, /livez and /readyz are served, such as 127.0.0.1:9404; port 0 takes a free one."
                        + " Empty: nowhere. Nothing there is secret or can be changed, but it has no password either.");
    }

    /// Adds a setting that says where something else is served; empty by default.
    public static ConfigDef define(ConfigDef settings, String key, String help) {
        return settings.define(
                key,
                ConfigDef.Type.STRING,
                "",
                ConfigDef.LambdaValidator.with((_, value) -> check(key, String.valueOf(value)), () -> "HOST:PORT"),
                ConfigDef.Importance.MEDIUM,
                help);
    }

    /// Reads the setting of a role.
    ///
    /// @return nothing when it is empty: nothing is to be served
    /// @throws BadInput when it is no address
    public static Optional<HttpAddress> of(Settings settings, String role) {
        return at(settings, key(role));
    }

    /// Reads a setting that says where something is served.
    ///
    /// @return nothing when it is empty: nothing is to be served
    /// @throws BadInput when it is no address
    public static Optional<HttpAddress> at(Settings settings, String key) {
        try {
            return parse(key, settings.getString(key));
        } catch (IllegalArgumentException e) {
            throw new BadInput(String.valueOf(e.getMessage()));
        }
    }

    InetSocketAddress socket() {
        return new InetSocketAddress(host, port);
    }

    private static String key(String role) {
        return role + ".http";
    }

    private static void check(String key, String text) {
        try {
            var _ = parse(key, text);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(e.getMessage());
        }
    }

    private static Optional<HttpAddress> parse(String key, String text) {
        if (text.isBlank()) {
            return Optional.empty();
        }
        var colon = text.lastIndexOf(':');
        try {
            var host = text.substring(0, Math.max(0, colon)).strip();
            return Optional.of(new HttpAddress(
                    host, Integer.parseInt(text.substring(colon + 1).strip())));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    key + " is '" + text + "', allowed HOST:PORT with a port from 0 to 65535, or empty", e);
        }
    }
}

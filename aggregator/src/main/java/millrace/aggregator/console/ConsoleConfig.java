package millrace.aggregator.console;

import java.util.List;
import java.util.Optional;
import millrace.proto.Settings;
import millrace.proto.ops.HttpAddress;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.types.Password;

/// The settings of the console.
///
/// @param address where it is served
/// @param token   what lets people change things; empty: nobody can
/// @param hosts   names under which browsers may ask for it, beside those of this machine's loopback
public record ConsoleConfig(HttpAddress address, Password token, List<String> hosts) {
    private static final String ADDRESS = "aggregator.console";
    private static final String TOKEN = "aggregator.console-token";
    private static final String HOSTS = "aggregator.console-hosts";

    /// The fewest characters of a token.
    public static final int TOKEN_MIN = 16;

    public ConsoleConfig {
        hosts = List.copyOf(hosts);
    }

    /// Adds the console's settings to those of the aggregator.
    public static ConfigDef define(ConfigDef settings) {
        return HttpAddress.define(
                        settings,
                        ADDRESS,
                        "Where the console is served, such as 127.0.0.1:8080; port 0 takes a free one. Empty: nowhere."
                                + " Whoever reaches the address may look; changing anything takes the token.")
                .define(
                        TOKEN,
                        ConfigDef.Type.PASSWORD,
                        "",
                        ConfigDef.LambdaValidator.with(
                                (key, value) -> check(key, (Password) value),
                                () -> "empty, or " + TOKEN_MIN + " characters and more"),
                        ConfigDef.Importance.MEDIUM,
                        "What operators give the console before they change anything. Empty: nothing can be changed"
                                + " there.")
                .define(
                        HOSTS,
                        ConfigDef.Type.LIST,
                        List.of(),
                        ConfigDef.Importance.LOW,
                        "Names under which browsers may ask for the console, beside localhost, 127.0.0.1 and [::1];"
                                + " other requests are refused.");
    }

    private static void check(String key, Password token) {
        var length = token.value().length();
        if (length > 0 && length < TOKEN_MIN) {
            throw new org.apache.kafka.common.config.ConfigException(
                    key + " has " + length + " characters, allowed: none, or " + TOKEN_MIN + " and more");
        }
    }

    /// Reads them.
    ///
    /// @return nothing when the console is not to be served
    public static Optional<ConsoleConfig> of(Settings settings) {
        return HttpAddress.at(settings, ADDRESS)
                .map(address -> new ConsoleConfig(address, settings.getPassword(TOKEN), settings.getList(HOSTS)));
    }
}

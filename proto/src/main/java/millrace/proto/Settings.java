package millrace.proto;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigValue;

/// Resolves the settings of a role: flags, then environment (`MILLRACE_WORKER_CORES` is `worker.cores`), then file,
/// then
/// defaults. An unknown key or a bad value stops the start; all problems are told at once.
public final class Settings extends AbstractConfig {
    private static final String PREFIX = "MILLRACE_";

    private Settings(ConfigDef definition, Map<String, String> values) {
        super(definition, values, Map.of(), false);
    }

    /// @param definition  the role's settings; keys start with the role's name and a dot
    /// @param flags       by key, as given on the command line
    /// @param environment the process's environment; variables that belong to no setting are left alone unless they
    ///                    start with `MILLRACE_` and the role's name
    /// @param file        by key, as read from the settings file; keys of other roles are left alone
    /// @throws BadInput with every unknown key and bad value
    public static Settings resolve(
            ConfigDef definition,
            Map<String, String> flags,
            Map<String, String> environment,
            Map<String, String> file) {
        var problems = new ArrayList<String>();
        var roles = definition.names().stream()
                .map(key -> key.substring(0, key.indexOf('.')))
                .collect(Collectors.toSet());
        var values = new TreeMap<String, String>();
        file.forEach((key, value) -> {
            if (definition.names().contains(key)) {
                values.put(key, value);
            } else if (roles.contains(key.split("\\.", 2)[0])) {
                problems.add(unknown("setting " + key + " in the settings file", definition));
            }
        });
        var byVariable = definition.names().stream().collect(Collectors.toMap(Settings::variable, key -> key));
        environment.forEach((variable, value) -> {
            var key = byVariable.get(variable);
            if (key != null) {
                values.put(key, value);
            } else if (roles.stream().anyMatch(role -> variable.startsWith(variable(role + ".")))) {
                problems.add(unknown("environment variable " + variable, definition));
            }
        });
        flags.forEach((key, value) -> {
            if (definition.names().contains(key)) {
                values.put(key, value);
            } else {
                problems.add(unknown("setting " + key, definition));
            }
        });
        for (ConfigValue value : definition.validate(values)) {
            for (var message : value.errorMessages()) {
                problems.add(value.name() + " is '" + values.getOrDefault(value.name(), "") + "': " + message);
            }
        }
        if (!problems.isEmpty()) {
            throw new BadInput(problems);
        }
        return new Settings(definition, values);
    }

    /// The environment variable of a key.
    public static String variable(String key) {
        return PREFIX + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    /// The settings with the values in force, for the log: one `key=value` each.
    public List<String> effective() {
        return new TreeMap<>(values())
                .entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + entry.getValue())
                        .toList();
    }

    private static String unknown(String what, ConfigDef definition) {
        return what + " is unknown, allowed: " + String.join(", ", sorted(definition));
    }

    private static String[] sorted(ConfigDef definition) {
        var keys = definition.names().toArray(String[]::new);
        Arrays.sort(keys);
        return keys;
    }
}

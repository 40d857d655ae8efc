package millrace.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.TreeMap;
import millrace.proto.Role;
import millrace.proto.Settings;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.types.Password;
import org.junit.jupiter.api.Test;

/// The documented settings are those of the code; `-Dmillrace.docs.store=true` writes the page anew.
class SettingsDocTest {
    private static final Path PAGE = Path.of("../docs/settings.md");

    @Test
    void everySettingIsDocumentedAsItIs() throws IOException {
        var page = page();
        if (Boolean.getBoolean("millrace.docs.store")) {
            Files.writeString(PAGE, page);
        }
        assertThat(Files.readString(PAGE))
                .as("settings have changed: run this test with -Dmillrace.docs.store=true and commit %s", PAGE)
                .isEqualTo(page);
    }

    private static String page() {
        var page = new StringBuilder("""
                # Settings

                Flags (`--set KEY=VALUE`), then environment, then the settings file, then defaults. This page is written from
                the code by a test, which fails when they differ.
                """);
        ServiceLoader.load(Role.class).stream()
                .map(ServiceLoader.Provider::get)
                .sorted(Comparator.comparing(Role::name))
                .forEach(role -> {
                    page.append("\n## ").append(role.name()).append("\n\n");
                    page.append("| setting | environment | default | allowed | what for |\n|---|---|---|---|---|\n");
                    new TreeMap<>(role.settings().configKeys()).values().forEach(key -> page.append(row(key)));
                });
        return page.toString();
    }

    private static String row(ConfigDef.ConfigKey key) {
        assertThat(key.documentation).as(key.name).isNotBlank();
        return "| `%s` | `%s` | `%s` | %s | %s |\n"
                .formatted(
                        key.name,
                        Settings.variable(key.name),
                        isEmpty(key.defaultValue) ? " " : key.defaultValue,
                        key.validator == null ? key.type.name().toLowerCase(java.util.Locale.ROOT) : key.validator,
                        key.documentation.replace("|", "\\|"));
    }

    private static boolean isEmpty(Object value) {
        return "".equals(value)
                || (value instanceof List<?> list && list.isEmpty())
                || (value instanceof Password secret && secret.value().isEmpty());
    }
}

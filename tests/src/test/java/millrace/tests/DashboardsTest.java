package millrace.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/// What Grafana would only show by a broken picture. That every query returns data is asked of a real Prometheus by
/// the test of the compose file, and that the fleet serves every metric that is named by [MetricsIT].
class DashboardsTest {
    private static final int COLUMNS = 24;

    /// Where a panel stands on the grid.
    private record Place(String title, int x, int y, int w, int h) {
        static Place of(JsonNode panel) {
            var grid = panel.path("gridPos");
            return new Place(
                    panel.path("title").asString(),
                    grid.path("x").asInt(),
                    grid.path("y").asInt(),
                    grid.path("w").asInt(),
                    grid.path("h").asInt());
        }

        boolean covers(Place other) {
            return x < other.x + other.w && other.x < x + w && y < other.y + other.h && other.y < y + h;
        }
    }

    @TestFactory
    Stream<DynamicTest> panelsStandSideBySide() throws IOException {
        return OpsFiles.dashboards().stream()
                .map(file -> DynamicTest.dynamicTest(name(file), () -> {
                    var places = panels(file).stream().map(Place::of).toList();
                    assertThat(places).isNotEmpty().allSatisfy(place -> {
                        assertThat(place.w).isPositive();
                        assertThat(place.h).isPositive();
                        assertThat(place.x + place.w).isLessThanOrEqualTo(COLUMNS);
                    });
                    for (var one : places) {
                        assertThat(places.stream().filter(one::covers))
                                .as("panels in the place of %s", one.title)
                                .hasSize(1);
                    }
                }));
    }

    @TestFactory
    Stream<DynamicTest> everyPanelHasATitleAUnitAndAQueryOfTheChosenSource() throws IOException {
        return OpsFiles.dashboards().stream()
                .map(file -> DynamicTest.dynamicTest(name(file), () -> {
                    var ids = new HashSet<Integer>();
                    assertThat(panels(file)).allSatisfy(panel -> {
                        assertThat(panel.path("title").asString()).isNotBlank();
                        assertThat(ids.add(panel.path("id").asInt()))
                                .as("id is unique")
                                .isTrue();
                        assertThat(panel.at("/fieldConfig/defaults/unit").asString())
                                .isNotBlank();
                        assertThat(panel.path("targets").size()).isPositive();
                        panel.path("targets").forEach(target -> {
                            assertThat(target.path("expr").asString()).isNotBlank();
                            assertThat(target.at("/datasource/uid").asString()).isEqualTo("${datasource}");
                        });
                    });
                }));
    }

    @Test
    void dashboardsHaveAddressesOfTheirOwn() throws IOException {
        var addresses = new ArrayList<String>();
        for (var file : OpsFiles.dashboards()) {
            addresses.add(OpsFiles.json(file).path("uid").asString());
        }
        assertThat(addresses).hasSize(5).doesNotHaveDuplicates().allMatch(uid -> uid.startsWith("millrace-"));
    }

    private static List<JsonNode> panels(Path file) throws IOException {
        return OpsFiles.json(file).path("panels").valueStream().toList();
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }
}

package millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class BenchReportTest {
    private static final BenchReport REPORT = new BenchReport(
            "b1",
            List.of(
                    Figure.atLeast(0.97, "efficiency, 60 filters", "", List.of(0.9, 0.95, 0.94)),
                    Figure.of("fleet, 60 filters", "s", List.of(3.0)),
                    Figure.of("one JVM on all cores, 60 filters", "s", List.of(2.8))),
            List.of("NOT MEASURED: 61 filters: no program"),
            Map.of("worker.lane-records", "10"),
            "2 cores, 23 GiB, Linux amd64, JDK 25.0.3+9-LTS",
            "0.1.0 (0123456789ab)",
            "./millrace bench b1 --runs 5 --seconds 20 --tasks 10000000");

    @Test
    void figureBelowItsTargetIsMarked() {
        assertThat(REPORT.toString().lines())
                .startsWith(
                        "      0.94      efficiency, 60 filters",
                        "                median of 3, 0.90 to 0.95; BELOW TARGET: at least 0.97");
    }

    @Test
    void reportFitsATerminal() {
        assertThat(REPORT.toString().lines()).allMatch(line -> line.length() <= 80);
    }

    @Test
    void figuresAndChartAreWritten(@TempDir Path folder) throws IOException {
        REPORT.write(folder);
        var json = JsonMapper.shared().readTree(Files.readAllBytes(folder.resolve("b1.json")));
        assertThat(json.at("/figures/0/median").asDouble()).isEqualTo(0.94);
        assertThat(json.at("/figures/0/met").asBoolean()).isFalse();
        assertThat(json.at("/remarks/0").asString()).isEqualTo("NOT MEASURED: 61 filters: no program");
        assertThat(json.at("/settings/worker.lane-records").asString()).isEqualTo("10");
        var chart = ImageIO.read(folder.resolve("b1.png").toFile());
        assertThat(chart.getWidth()).isEqualTo(1000);
    }

    @Test
    void allValuesAreWritten(@TempDir Path folder) throws IOException {
        var many = Figure.of("latency, each job", "ms", Collections.nCopies(1000, 1.0));
        new BenchReport("latency", List.of(many), List.of(), Map.of(), "2 cores", "1.0", "./millrace").write(folder);
        var json = JsonMapper.shared().readTree(Files.readAllBytes(folder.resolve("latency.json")));
        assertThat(json.at("/figures/0/values").size()).isEqualTo(1000);
    }

    @Test
    void barsOfOneUnitHaveOneScale() {
        assertThat(BenchChart.scales(REPORT.figures())).containsEntry("s", 3.0).containsEntry("", 0.97);
    }
}

package millrace.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import tools.jackson.databind.json.JsonMapper;

/// What a benchmark found, for people and for programs.
///
/// @param benchmark its name
/// @param figures   the ones that matter first
/// @param remarks   a line each: what was wrong or not measured, what to know of the figures
/// @param settings  of the roles that are not their defaults, by key
/// @param machine   cores, memory, system, JDK, load when it began
/// @param version   of Millrace
/// @param repeat    the command that does it again
record BenchReport(
        String benchmark,
        List<Figure> figures,
        List<String> remarks,
        Map<String, String> settings,
        String machine,
        String version,
        String repeat) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @Override
    public String toString() {
        var lines = new ArrayList<String>();
        for (var figure : figures) {
            lines.add("%10s %-4s %s".formatted(Figure.text(figure.median()), figure.unit(), figure.name()));
            var runs = figure.values().size();
            var spread = runs == 1
                    ? ""
                    : "median of %d, %s to %s".formatted(runs, Figure.text(figure.min()), Figure.text(figure.max()));
            var target = figure.target()
                    .map(one -> (figure.isMet() ? "target met: " : "BELOW TARGET: ") + one)
                    .orElse("");
            var details = spread.isEmpty() || target.isEmpty() ? spread + target : spread + "; " + target;
            if (!details.isEmpty()) {
                lines.add(" ".repeat(16) + details);
            }
        }
        lines.addAll(remarks);
        lines.add(settingsLine());
        lines.add(machine);
        lines.add("Millrace " + version + "; again:");
        lines.add("  " + repeat);
        return String.join("\n", lines);
    }

    private String settingsLine() {
        return settings.isEmpty()
                ? "the roles' default settings"
                : new TreeMap<>(settings)
                        .entrySet().stream()
                                .map(one -> one.getKey() + "=" + one.getValue())
                                .collect(Collectors.joining(" ", "settings: ", ""));
    }

    /// Writes `NAME.json` and `NAME.png`.
    void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        var root = new TreeMap<String, Object>();
        root.put("benchmark", benchmark);
        root.put("machine", machine);
        root.put("remarks", remarks);
        root.put("settings", settings);
        root.put("version", version);
        root.put("repeat", repeat);
        root.put("figures", figures.stream().map(BenchReport::map).toList());
        Files.write(
                folder.resolve(benchmark + ".json"),
                JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(root));
        var chart = BenchChart.draw(
                "millrace bench " + benchmark,
                figures,
                List.of(settingsLine(), machine, "Millrace " + version + "; again:", repeat));
        if (!ImageIO.write(chart, "png", folder.resolve(benchmark + ".png").toFile())) {
            throw new IOException("this JDK does not write PNG");
        }
    }

    private static TreeMap<String, Object> map(Figure figure) {
        var map = new TreeMap<String, Object>();
        map.put("name", figure.name());
        map.put("unit", figure.unit());
        map.put("median", figure.median());
        map.put("min", figure.min());
        map.put("max", figure.max());
        map.put("runs", figure.values().size());
        map.put("values", figure.values());
        figure.target().ifPresent(target -> {
            map.put("target", String.format(Locale.ROOT, "%s", target));
            map.put("met", figure.isMet());
        });
        return map;
    }
}

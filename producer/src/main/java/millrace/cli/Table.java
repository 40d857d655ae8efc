package millrace.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import millrace.proto.Text;

/// Rows of text in columns. The last column takes what is left of the line; when something does not fit it is
/// cut.
final class Table {
    private final List<String[]> rows = new ArrayList<>();
    private final int columns;

    Table(String... titles) {
        columns = titles.length;
        rows.add(titles);
    }

    void row(Object... cells) {
        rows.add(Arrays.stream(cells).map(String::valueOf).toArray(String[]::new));
    }

    void print(PrintStream out) {
        var widths = new int[columns];
        for (var row : rows) {
            for (var i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        for (var row : rows) {
            var line = new StringBuilder();
            for (var i = 0; i < columns - 1; i++) {
                line.append(row[i]).repeat(' ', widths[i] - row[i].length() + 2);
            }
            var left = Math.max(10, Shell.COLUMNS - 1 - line.length());
            line.append(Text.line(row[columns - 1], Math.max(left, 1)));
            out.println(line.toString().stripTrailing());
        }
    }
}

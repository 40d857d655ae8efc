package millrace.cli;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/// Which known names were probably meant.
final class Nearest {
    private Nearest() {}

    /// The names within a third of the typed name's length, nearest first, at most two.
    static List<String> to(String typed, Collection<String> known) {
        var most = Math.max(1, typed.replaceAll("^-+", "").length() / 3);
        return known.stream()
                .filter(name -> distance(typed, name) <= most)
                .sorted(Comparator.comparingInt((String name) -> distance(typed, name))
                        .thenComparing(name -> name))
                .limit(2)
                .toList();
    }

    /// Letters to insert, delete, replace or swap with their neighbour (optimal string alignment).
    static int distance(String a, String b) {
        var d = new int[a.length() + 1][b.length() + 1];
        for (var i = 0; i <= a.length(); i++) {
            for (var j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                var same = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                d[i][j] = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + same);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}

package millrace.cli;

import java.time.Duration;
import java.util.Locale;

/// Numbers as people read them; short, so that lines fit.
final class Units {
    private static final String[] BYTES = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};

    private Units() {}

    /// `999 B`, `1.5 GiB`.
    static String bytes(long bytes) {
        var value = (double) bytes;
        var unit = 0;
        while (value >= 1024 && unit < BYTES.length - 1) {
            value /= 1024;
            unit++;
        }
        return unit == 0
                ? bytes + " B"
                : String.format(Locale.ROOT, value < 10 ? "%.1f %s" : "%.0f %s", value, BYTES[unit]);
    }

    /// `12345`, `1.23M`, `45.6G`: four or five characters.
    static String count(double number) {
        if (number < 10 && number != Math.rint(number)) {
            return String.format(Locale.ROOT, "%.1f", number);
        }
        if (number < 100_000) {
            return String.format(Locale.ROOT, "%.0f", number);
        }
        var value = number;
        for (var unit : new String[] {"k", "M", "G", "T"}) {
            value /= 1000;
            if (value < 1000 || unit.equals("T")) {
                return String.format(
                        Locale.ROOT, value < 10 ? "%.2f%s" : value < 100 ? "%.1f%s" : "%.0f%s", value, unit);
            }
        }
        throw new AssertionError("the last unit takes everything");
    }

    static String count(long number) {
        return count((double) number);
    }

    /// `1 task`, `2 tasks`, `1.23M tasks`.
    static String plural(long number, String one, String many) {
        return count(number) + " " + (number == 1 ? one : many);
    }

    /// `0.4 s`, `12 s`, `3m05s`, `2h07m`, `4d03h`.
    static String time(double seconds) {
        if (seconds < 9.95) {
            return String.format(Locale.ROOT, "%.1f s", seconds);
        }
        var whole = Math.round(seconds);
        if (whole < 60) {
            return whole + " s";
        }
        if (whole < 3600) {
            return String.format(Locale.ROOT, "%dm%02ds", whole / 60, whole % 60);
        }
        if (whole < 86_400) {
            return String.format(Locale.ROOT, "%dh%02dm", whole / 3600, whole % 3600 / 60);
        }
        return String.format(Locale.ROOT, "%dd%02dh", whole / 86_400, whole % 86_400 / 3600);
    }

    static String time(Duration duration) {
        return time(duration.toMillis() / 1000.0);
    }
}

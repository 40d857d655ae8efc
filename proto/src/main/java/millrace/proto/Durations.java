package millrace.proto;

import java.time.Duration;
import java.util.regex.Pattern;

/// Durations as people write them in options and settings: `250ms`, `10s`, `1.5m`, `2h`, `14d`.
public final class Durations {
    private static final Pattern TEXT = Pattern.compile("(\\d{1,12}(?:\\.\\d{1,6})?)(ms|s|m|h|d)");

    private Durations() {}

    /// @param name who asks, for the message
    /// @throws BadInput when it is none
    public static Duration parse(String name, String text) {
        var match = TEXT.matcher(text.strip());
        if (!match.matches()) {
            throw new BadInput(
                    name + " is '" + Text.line(text, 60) + "', allowed: a number with ms, s, m, h or d: 10s");
        }
        var unitMillis = switch (match.group(2)) {
            case "ms" -> 1L;
            case "s" -> 1_000L;
            case "m" -> 60_000L;
            case "h" -> 3_600_000L;
            default -> 86_400_000L;
        };
        return Duration.ofMillis(Math.round(Double.parseDouble(match.group(1)) * unitMillis));
    }

    /// As [#parse] reads it: the largest unit that gives a whole number.
    public static String format(Duration duration) {
        var millis = duration.toMillis();
        if (millis == 0 || millis % 1_000 != 0) {
            return millis + "ms";
        } else if (millis % 60_000 != 0) {
            return millis / 1_000 + "s";
        } else if (millis % 3_600_000 != 0) {
            return millis / 60_000 + "m";
        } else if (millis % 86_400_000 != 0) {
            return millis / 3_600_000 + "h";
        }
        return millis / 86_400_000 + "d";
    }
}

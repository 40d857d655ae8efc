package millrace.proto;

import java.util.function.IntPredicate;

/// Makes hostile text safe to show and to log.
public final class Text {
    private Text() {}

    /// One line of at most `charactersMax` characters: control characters, line separators, direction overrides and
    /// other invisible characters become spaces, the rest of a longer text an ellipsis.
    ///
    /// @param charactersMax UTF-16 units, 1 and up; a pair of them is never parted
    public static String line(String text, int charactersMax) {
        return shown(text, charactersMax, Text::isShownInLine);
    }

    /// Like [#line], but line feeds and tabs stay.
    ///
    /// @param charactersMax UTF-16 units, 1 and up; a pair of them is never parted
    public static String block(String text, int charactersMax) {
        return shown(text, charactersMax, point -> point == '\n' || point == '\t' || isShownInLine(point));
    }

    private static String shown(String text, int charactersMax, IntPredicate isShown) {
        if (text.length() <= charactersMax && isPlain(text)) { // as nearly every name is, in every result
            return text;
        }
        var cut = text.length() > charactersMax;
        var end = cut ? charactersMax - 1 : text.length();
        var shown = new StringBuilder(Math.min(text.length(), charactersMax));
        for (var at = 0; at < end; ) {
            var point = text.codePointAt(at);
            var units = Character.charCount(point);
            if (at + units <= end) {
                shown.appendCodePoint(isShown.test(point) ? point : ' ');
            }
            at += units;
        }
        return cut ? shown.append('…').toString() : shown.toString();
    }

    private static boolean isPlain(String text) {
        for (var at = 0; at < text.length(); at++) {
            if (text.charAt(at) < ' ' || text.charAt(at) > '~') {
                return false;
            }
        }
        return true;
    }

    private static boolean isShownInLine(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> false; // a surrogate without its other half, which UTF-8 cannot carry
            default -> true;
        };
    }
}

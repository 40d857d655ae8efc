package millrace.proto;

/// Makes hostile text safe to show and to log.
public final class Text {
    private Text() {}

    /// One line of at most `charactersMax` characters: control characters, line separators and direction overrides
    /// become
    /// spaces, the rest of a longer text an ellipsis.
    public static String line(String text, int charactersMax) {
        var cut = text.length() > charactersMax;
        var line = new StringBuilder(cut ? text.substring(0, Math.max(0, charactersMax - 1)) : text);
        for (var i = 0; i < line.length(); i++) {
            var type = Character.getType(line.charAt(i));
            if (type == Character.CONTROL
                    || type == Character.FORMAT
                    || type == Character.LINE_SEPARATOR
                    || type == Character.PARAGRAPH_SEPARATOR) {
                line.setCharAt(i, ' ');
            }
        }
        return cut ? line.append('…').toString() : line.toString();
    }

    /// At most `charactersMax` characters of text that may have several lines; other control characters become spaces.
    public static String block(String text, int charactersMax) {
        var cut = text.length() > charactersMax;
        var block = new StringBuilder(cut ? text.substring(0, Math.max(0, charactersMax - 1)) : text);
        for (var i = 0; i < block.length(); i++) {
            var character = block.charAt(i);
            var type = Character.getType(character);
            if ((type == Character.CONTROL || type == Character.FORMAT) && character != '\n' && character != '\t') {
                block.setCharAt(i, ' ');
            }
        }
        return cut ? block.append('…').toString() : block.toString();
    }
}

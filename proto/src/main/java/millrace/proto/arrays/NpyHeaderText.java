package millrace.proto.arrays;

import java.util.ArrayList;
import java.util.List;
import millrace.proto.BadInput;
import millrace.proto.Text;
import org.jspecify.annotations.Nullable;

/// Reads the text of a header: a Python dictionary of exactly `descr`, `fortran_order` and `shape`, in any order.
final class NpyHeaderText {
    private final String text;
    private int at;

    NpyHeaderText(String text) {
        this.text = text;
    }

    /// @param headerBytes all that is in front of the first element
    Npy parse(int headerBytes) {
        @Nullable String descr = null;
        @Nullable Boolean fortranOrder = null;
        @Nullable List<Long> shape = null;
        expect('{');
        while (!next('}')) {
            var key = string();
            expect(':');
            switch (key) {
                case "descr" -> descr = descr();
                case "fortran_order" -> fortranOrder = truth();
                case "shape" -> shape = shape();
                default -> throw bad("'descr', 'fortran_order' or 'shape'");
            }
            if (!next(',')) {
                expect('}');
                break;
            }
        }
        skipBlanks();
        if (at != text.length() || descr == null || fortranOrder == null || shape == null) {
            throw bad("one dictionary of 'descr', 'fortran_order' and 'shape'");
        }
        var order = descr.isEmpty() ? ' ' : descr.charAt(0);
        var type = NpyType.of(descr.substring(Math.min(1, descr.length())));
        if (type.isEmpty()
                || (order != '<' && order != '>' && (order != '|' || type.get().bytes() > 1))) {
            throw new BadInput("its elements are '%s', allowed: %s".formatted(Text.line(descr, 40), NpyType.all()));
        }
        return new Npy(type.get(), order == '>' && type.get().bytes() > 1, fortranOrder, shape, headerBytes);
    }

    private String descr() {
        skipBlanks();
        if (at < text.length() && text.charAt(at) == '[') {
            throw new BadInput("its elements are records of several fields, allowed: " + NpyType.all());
        }
        return string();
    }

    private List<Long> shape() {
        var axes = new ArrayList<Long>();
        expect('(');
        while (!next(')')) {
            axes.add(number());
            if (!next(',')) {
                expect(')');
                break;
            }
        }
        return axes;
    }

    private long number() {
        skipBlanks();
        var start = at;
        while (at < text.length() && Character.digit(text.charAt(at), 10) >= 0) {
            at++;
        }
        try {
            var number = Long.parseLong(text, start, at, 10);
            if (at < text.length() && text.charAt(at) == 'L') { // Python 2 marks long numbers
                at++;
            }
            return number;
        } catch (NumberFormatException e) {
            throw bad("a number");
        }
    }

    private boolean truth() {
        skipBlanks();
        for (var value : List.of(true, false)) {
            var word = value ? "True" : "False";
            if (text.startsWith(word, at)) {
                at += word.length();
                return value;
            }
        }
        throw bad("True or False");
    }

    private String string() {
        skipBlanks();
        var quote = at < text.length() ? text.charAt(at) : ' ';
        var end = quote == '\'' || quote == '"' ? text.indexOf(quote, at + 1) : -1;
        if (end < 0) {
            throw bad("a text in quotes");
        }
        var string = text.substring(at + 1, end);
        at = end + 1;
        return string;
    }

    private boolean next(char wanted) {
        skipBlanks();
        if (at < text.length() && text.charAt(at) == wanted) {
            at++;
            return true;
        }
        return false;
    }

    private void expect(char wanted) {
        if (!next(wanted)) {
            throw bad("'" + wanted + "'");
        }
    }

    private void skipBlanks() {
        while (at < text.length() && " \n\r\t".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private BadInput bad(String expected) {
        return new BadInput("its header says '%s', expected at character %d: %s"
                .formatted(Text.line(text.strip(), 120), at, expected));
    }
}

package millrace.proto.kernels;

import java.util.ArrayList;
import java.util.List;
import millrace.proto.BadInput;

/// Reads CSV (RFC 4180) record by record: fields parted by commas, perhaps in quotes, which are doubled inside. Blank
/// lines are passed over.
final class CsvReader {
    private final String name;
    private final String text;
    private List<String> fields = List.of();
    private int at;
    private int nextLine = 1;
    private int line;

    /// @param name of the file, for messages
    CsvReader(String name, String text) {
        this.name = name;
        this.text = text;
    }

    /// Goes on to the next record.
    ///
    /// @return whether there is one
    /// @throws BadInput when a field in quotes does not end
    boolean next() {
        while (at < text.length()) {
            line = nextLine;
            fields = record();
            if (fields.size() > 1 || !fields.getFirst().isBlank()) {
                return true;
            }
        }
        return false;
    }

    /// Of the current record.
    List<String> fields() {
        return fields;
    }

    /// Where the current record begins, counted from 1.
    int line() {
        return line;
    }

    private List<String> record() {
        var record = new ArrayList<String>();
        do {
            record.add(at < text.length() && text.charAt(at) == '"' ? quotedField() : plainField());
        } while (at < text.length() && text.charAt(at++) == ',');
        nextLine++;
        return record;
    }

    /// Leaves `at` at the comma or line feed behind the field.
    private String plainField() {
        var start = at;
        while (at < text.length() && text.charAt(at) != ',' && text.charAt(at) != '\n') {
            at++;
        }
        return text.substring(start, at).strip();
    }

    private String quotedField() {
        var field = new StringBuilder();
        at++;
        while (true) {
            var quote = text.indexOf('"', at);
            if (quote < 0) {
                throw new BadInput("%s, line %d: a field in quotes does not end".formatted(name, line));
            }
            field.append(text, at, quote);
            at = quote + 1;
            if (at == text.length() || text.charAt(at) != '"') {
                break;
            }
            field.append('"');
            at++;
        }
        nextLine += (int) field.chars().filter(character -> character == '\n').count();
        if (!plainField().isEmpty()) {
            throw new BadInput("%s, line %d: something follows a field in quotes".formatted(name, line));
        }
        return field.toString();
    }

    /// The field, in quotes when it has to be.
    static String quoted(String field) {
        return field.chars().anyMatch(character -> ",\"\r\n".indexOf(character) >= 0)
                ? '"' + field.replace("\"", "\"\"") + '"'
                : field;
    }
}

package millrace.bench;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// What a program that is compared with has printed: a line for each thing it says, a name, a colon and the value.
/// primesieve prints so; the programs written for the comparison do the same.
///
/// @param values by name
record NativeAnswer(Map<String, String> values) {
    private static final String SECONDS = "Seconds";

    NativeAnswer {
        values = Map.copyOf(values);
    }

    /// Lines of another form are none of its answers and are skipped.
    static NativeAnswer of(String printed) {
        var values = new HashMap<String, String>();
        printed.lines()
                .map(line -> line.split(":", 2))
                .filter(pair -> pair.length == 2)
                .forEach(pair -> values.put(pair[0].strip(), pair[1].strip()));
        return new NativeAnswer(values);
    }

    /// The seconds that computing took by the program's own clock: neither its start nor its reading of inputs.
    ///
    /// @throws IOException when it has not said them
    double seconds() throws IOException {
        return numbers(SECONDS, 1)[0];
    }

    /// What the program calls itself, or its makers, with versions.
    Optional<String> program() {
        return Optional.ofNullable(values.get("Program"));
    }

    /// @throws IOException when it has not said that, or said something else than a whole number
    long integer(String name) throws IOException {
        var text = text(name);
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IOException("a program says '%s: %s', which is no whole number".formatted(name, text), e);
        }
    }

    /// @throws IOException when it has not said so many numbers by that name
    double[] numbers(String name, int count) throws IOException {
        var text = text(name);
        try {
            var numbers = Arrays.stream(text.split(" "))
                    .mapToDouble(Double::parseDouble)
                    .toArray();
            if (numbers.length == count) {
                return numbers;
            }
            throw new IOException("a program says '%s: %s', expected %d numbers".formatted(name, text, count));
        } catch (NumberFormatException e) {
            throw new IOException("a program says '%s: %s', which is no number".formatted(name, text), e);
        }
    }

    private String text(String name) throws IOException {
        var text = values.get(name);
        if (text == null) {
            throw new IOException("a program does not say its '%s'; it says %s".formatted(name, values));
        }
        return text;
    }
}

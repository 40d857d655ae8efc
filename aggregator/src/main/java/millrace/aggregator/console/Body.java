package millrace.aggregator.console;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import millrace.proto.BadInput;
import millrace.proto.Text;
import tools.jackson.databind.JsonNode;

/// A JSON object that somebody sent. What is missing has its default; nothing else is guessed: a filter that cannot be
/// understood must not become one that matches all jobs.
final class Body {
    private static final int SHOWN_MAX = 60;

    private final String name;
    private final JsonNode node;

    private Body(String name, JsonNode node, List<String> fields) {
        if (!node.isObject()) {
            throw refused(name.isEmpty() ? "the body" : name, node, "an object of " + String.join(", ", fields));
        }
        this.name = name;
        this.node = node;
        for (var field : node.propertyNames()) {
            if (!fields.contains(field)) {
                throw new BadInput("field " + Text.line(path(field), SHOWN_MAX) + " is not known, allowed: "
                        + fields.stream().map(this::path).collect(Collectors.joining(", ")));
            }
        }
    }

    /// @param fields that it may have
    /// @throws BadInput when it is no object, or has another field
    static Body read(byte[] json, String... fields) {
        return new Body("", Json.MAPPER.readTree(json), List.of(fields));
    }

    /// An object in it; an empty one when it is missing.
    ///
    /// @throws BadInput when it is no object, or has another field
    Body object(String field, String... fields) {
        return new Body(path(field), node.has(field) ? node.get(field) : Json.object(), List.of(fields));
    }

    /// A text; empty when it is missing.
    ///
    /// @throws BadInput when it is none
    String text(String field) {
        return value(field, "", "a text", JsonNode::isString, JsonNode::stringValue);
    }

    /// @throws BadInput when it is neither true nor false
    boolean is(String field, boolean otherwise) {
        return value(field, otherwise, "true or false", JsonNode::isBoolean, JsonNode::booleanValue);
    }

    /// @param otherwise what it is when it is missing, perhaps out of range
    /// @throws BadInput when it is no whole number `min..max`
    int whole(String field, int otherwise, int min, int max) {
        return value(
                field,
                otherwise,
                "a whole number %d..%d".formatted(min, max),
                given -> given.isIntegralNumber()
                        && given.canConvertToInt()
                        && given.intValue() >= min
                        && given.intValue() <= max,
                JsonNode::intValue);
    }

    /// @throws BadInput when it is no number
    double number(String field, double otherwise) {
        return value(field, otherwise, "a number", JsonNode::isNumber, JsonNode::doubleValue);
    }

    private <T> T value(
            String field, T otherwise, String allowed, Predicate<JsonNode> fits, Function<JsonNode, T> value) {
        var given = node.get(field);
        if (given == null) {
            return otherwise;
        }
        if (!fits.test(given)) {
            throw refused(field, allowed);
        }
        return value.apply(given);
    }

    /// Words: a text with commas between them, or an array. None when it is missing or an empty text;
    /// an empty array is refused, for whoever lists none does not mean all.
    ///
    /// @throws BadInput when it is neither, or no word is in it
    Set<String> words(String field) {
        var given = node.get(field);
        if (given == null || (given.isString() && given.stringValue().isEmpty())) {
            return Set.of();
        }
        var words = given.isString()
                ? split(given.stringValue())
                : given.isArray() && given.valueStream().allMatch(JsonNode::isString)
                        ? set(given.valueStream().map(JsonNode::stringValue).toList())
                        : Set.<String>of();
        if (words.isEmpty()) {
            throw refused(field, "words with commas between them, or an array of them; leave it out for all");
        }
        return words;
    }

    private static Set<String> set(List<String> parts) {
        return parts.stream()
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .collect(Collectors.toUnmodifiableSet());
    }

    /// The words of a query, none for all.
    static Set<String> split(String query) {
        return set(Arrays.asList(query.split(",")));
    }

    /// Texts by name; numbers, true and false are as good. None when it is missing.
    ///
    /// @throws BadInput when it is no object of such
    Map<String, String> texts(String field) {
        var texts = new HashMap<String, String>();
        var given = node.get(field);
        if (given == null) {
            return texts;
        }
        if (!given.isObject()) {
            throw refused(field, "an object of texts, numbers, true and false");
        }
        for (var entry : given.properties()) {
            if (!entry.getValue().isValueNode() || entry.getValue().isNull()) {
                throw refused(path(field) + "." + entry.getKey(), entry.getValue(), "a text, a number, true or false");
            }
            texts.put(entry.getKey(), entry.getValue().asString());
        }
        return texts;
    }

    private String path(String field) {
        return name.isEmpty() ? field : name + "." + field;
    }

    private BadInput refused(String field, String allowed) {
        return refused(path(field), node.path(field), allowed);
    }

    private static BadInput refused(String path, JsonNode given, String allowed) {
        var shown = given.isMissingNode() ? "empty" : given.toString();
        return new BadInput(
                Text.line(path, SHOWN_MAX) + " is " + Text.line(shown, SHOWN_MAX) + ", allowed: " + allowed);
    }
}

package millrace.proto;

import static millrace.proto.Check.require;

import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One parameter of a kernel: how it is named, what it may be, and how its text becomes a value.
public final class ParameterType {
    private static final Set<Class<?>> TYPES =
            Set.of(long.class, int.class, double.class, boolean.class, String.class, Blob.class);

    /// The most characters of a number: reading takes time that grows with their square.
    private static final int NUMBER_CHARACTERS_MAX = 1000;

    private static final Pattern DIGIT_SEPARATOR = Pattern.compile("(?<=[0-9])_(?=[0-9])");

    private final String name;
    private final Parameter about;
    private final Class<?> type;
    private final @Nullable BigDecimal lowest;
    private final @Nullable BigDecimal highest;

    ParameterType(RecordComponent component) {
        var annotation = component.getAnnotation(Parameter.class);
        if (annotation == null) {
            throw new IllegalArgumentException("component " + component.getName() + " of "
                    + component.getDeclaringRecord().getName() + " has no @Parameter");
        }
        about = annotation;
        type = component.getType();
        name = component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
        require(
                type.isEnum() || TYPES.contains(type),
                "parameter %s has type %s, allowed: long, int, double, boolean, String, Blob, enum",
                name,
                type.getName());
        require(
                type == String.class || type == Blob.class || !about.optional(),
                "parameter %s is optional, only a String or a Blob may be",
                name);
        try {
            lowest = bound(about.min());
            highest = bound(about.max());
            var byDefault = byDefault();
            if (byDefault != null) {
                parse(byDefault);
            }
        } catch (BadInput | NumberFormatException e) {
            throw new IllegalArgumentException("parameter " + name + " is declared wrongly: " + e.getMessage(), e);
        }
    }

    private static @Nullable BigDecimal bound(String text) {
        return text.isEmpty() ? null : decimal(text);
    }

    /// As typed after two dashes.
    public String name() {
        return name;
    }

    public String help() {
        return about.help();
    }

    /// The unit, or empty.
    public String unit() {
        return about.unit();
    }

    /// The default as typed, or null when the parameter must be given.
    public @Nullable String byDefault() {
        return about.byDefault().isEmpty() && !about.optional() ? null : about.byDefault();
    }

    /// What is allowed, for people: `0..1e18`, `true or false`, `call, put`.
    public String allowed() {
        if (type.isEnum()) {
            return String.join(
                    ", ",
                    Arrays.stream(type.getEnumConstants())
                            .map(ParameterType::spelling)
                            .toList());
        }
        if (type == boolean.class) {
            return "true or false";
        }
        if (type == String.class) {
            return about.optional() ? "any text" : "text that is not empty";
        }
        if (type == Blob.class) {
            return about.optional() ? "a file, or none" : "a file";
        }
        var kind = type == double.class ? "a number" : "a whole number";
        if (about.min().isEmpty() && about.max().isEmpty()) {
            return kind;
        }
        return kind + " " + about.min() + ".." + about.max();
    }

    /// Whether values are blobs: people give a file, whose blob is put before the job is submitted.
    public boolean isBlob() {
        return type == Blob.class;
    }

    /// Whether values are true or false.
    public boolean isSwitch() {
        return type == boolean.class;
    }

    /// The value that the text stands for.
    ///
    /// @throws BadInput when it stands for none that is allowed
    Object parse(String text) {
        try {
            if (type == long.class || type == int.class) {
                var number = decimal(text);
                inside(number, text);
                return type == long.class ? (Object) number.longValueExact() : (Object) number.intValueExact();
            }
            if (type == double.class) {
                var number = decimal(text).doubleValue();
                if (!Double.isFinite(number)) {
                    throw bad(text);
                }
                // As people read it: 0.1 is inside 0.1..0.3, whatever its binary fraction is.
                inside(new BigDecimal(Double.toString(number)), text);
                return number + 0.0; // one zero
            }
        } catch (ArithmeticException | NumberFormatException e) {
            throw bad(text);
        }
        if (type == boolean.class) {
            return switch (text.strip().toLowerCase(Locale.ROOT)) {
                case "true", "" -> true;
                case "false" -> false;
                default -> throw bad(text);
            };
        }
        if (type == String.class) {
            if (text.isEmpty() && !about.optional()) {
                throw bad(text);
            }
            return text;
        }
        if (type == Blob.class) {
            if (text.isEmpty() && about.optional()) {
                return Blob.EMPTY;
            }
            try {
                var blob = Blob.parse(text);
                if (blob.isEmpty() && about.optional()) { // would count as not given
                    throw new BadInput("--%s is '%s', an empty file, allowed: one with something in it, or none"
                            .formatted(name, Text.line(text, 100)));
                }
                return blob;
            } catch (IllegalArgumentException e) {
                throw bad(text);
            }
        }
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> spelling(constant).equalsIgnoreCase(text.strip()))
                .findFirst()
                .orElseThrow(() -> bad(text));
    }

    /// The one text of a value.
    String format(Object value) {
        return switch (value) {
            case Enum<?> constant -> spelling(constant);
            case Blob blob when blob.isEmpty() && about.optional() -> "";
            case Double number -> Double.toString(number + 0.0); // one zero
            default -> value.toString();
        };
    }

    /// Digits may be parted: `1_000_000`.
    private static BigDecimal decimal(String text) {
        if (text.length() > NUMBER_CHARACTERS_MAX) {
            throw new NumberFormatException("a number of " + text.length() + " characters");
        }
        return new BigDecimal(DIGIT_SEPARATOR.matcher(text.strip()).replaceAll(""));
    }

    private void inside(BigDecimal number, String text) {
        if ((lowest != null && number.compareTo(lowest) < 0) || (highest != null && number.compareTo(highest) > 0)) {
            throw bad(text);
        }
    }

    private BadInput bad(String text) {
        return new BadInput("--%s is '%s', allowed: %s".formatted(name, Text.line(text, 100), allowed()));
    }

    private static String spelling(Object constant) {
        return ((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}

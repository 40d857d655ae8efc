package millrace.proto;

import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// One parameter of a kernel: how it is named, what it may be, and how its text becomes a value.
public final class ParameterType {
    private final String name;
    private final Parameter about;
    private final Class<?> type;

    ParameterType(RecordComponent component) {
        var annotation = component.getAnnotation(Parameter.class);
        if (annotation == null) {
            throw new IllegalArgumentException("component " + component.getName() + " of "
                    + component.getDeclaringRecord().getName() + " has no @Parameter");
        }
        about = annotation;
        type = component.getType();
        name = component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
        if (!type.isPrimitive() && type != String.class && !type.isEnum()) {
            throw new IllegalArgumentException("parameter " + name + " has type " + type.getName()
                    + ", allowed: long, int, double, boolean, String, enum");
        }
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
        var kind = type == double.class ? "a number" : "a whole number";
        if (about.min().isEmpty() && about.max().isEmpty()) {
            return kind;
        }
        return kind + " " + about.min() + ".." + about.max();
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
                var number = new BigDecimal(text.strip().replace("_", ""));
                inside(number, text);
                return type == long.class ? (Object) number.longValueExact() : (Object) number.intValueExact();
            }
            if (type == double.class) {
                var number = Double.parseDouble(text.strip());
                if (!Double.isFinite(number)) {
                    throw bad(text);
                }
                inside(new BigDecimal(number), text);
                return number == 0 ? 0.0 : number; // one zero
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
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> spelling(constant).equalsIgnoreCase(text.strip()))
                .findFirst()
                .orElseThrow(() -> bad(text));
    }

    /// The one text of a value.
    String format(Object value) {
        return type.isEnum() ? spelling(value) : value.toString();
    }

    private void inside(BigDecimal number, String text) {
        if ((!about.min().isEmpty() && number.compareTo(new BigDecimal(about.min())) < 0)
                || (!about.max().isEmpty() && number.compareTo(new BigDecimal(about.max())) > 0)) {
            throw bad(text);
        }
    }

    private BadInput bad(String text) {
        return new BadInput("--%s is '%s', allowed: %s".formatted(name, text, allowed()));
    }

    private static String spelling(Object constant) {
        return ((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}

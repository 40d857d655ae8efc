package millrace.proto;

import static millrace.proto.Check.require;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/// A kernel as clients see it, read from the annotations of its [Description]. Immutable.
///
/// @param <D> the description
public final class KernelType<D extends Description> {
    private static final ClassValue<KernelType<?>> TYPES = new ClassValue<>() {
        @Override
        protected KernelType<?> computeValue(Class<?> type) {
            return new KernelType<>(type.asSubclass(Description.class));
        }
    };

    private final Class<D> type;
    private final Described about;
    private final RecordComponent[] components;
    private final Constructor<D> constructor;
    private final List<ParameterType> parameters;

    private KernelType(Class<D> type) {
        var annotation = type.getAnnotation(Described.class);
        require(annotation != null && type.isRecord(), "%s is not a record with @Described", type.getName());
        this.type = type;
        this.about = Objects.requireNonNull(annotation);
        require(
                about.name().matches("[a-z][a-z0-9-]{0,39}"),
                "kernel name is '%s', allowed: a letter, then letters, digits and dashes, 40 in all",
                about.name());
        require(about.version() >= 1, "version of kernel %s is %d, allowed 1 and up", about.name(), about.version());
        components = type.getRecordComponents();
        parameters = Arrays.stream(components).map(ParameterType::new).toList();
        try {
            constructor = type.getDeclaredConstructor(
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
        } catch (NoSuchMethodException e) {
            throw new IllegalArgumentException(type.getName() + " has no canonical constructor", e);
        }
        constructor.setAccessible(true);
        for (var component : components) {
            component.getAccessor().setAccessible(true);
        }
    }

    /// The type of a description's class.
    ///
    /// @throws IllegalArgumentException when it is not a record annotated as [Described] demands
    @SuppressWarnings("unchecked") // TYPES maps a class to its own type
    public static <D extends Description> KernelType<D> of(Class<D> type) {
        return (KernelType<D>) TYPES.get(type);
    }

    /// The type of a description.
    public static KernelType<?> of(Description description) {
        return of(description.getClass());
    }

    public String name() {
        return about.name();
    }

    public int version() {
        return about.version();
    }

    /// One sentence: what the job computes.
    public String summary() {
        return about.summary();
    }

    /// What an item is: "a row of the picture".
    public String item() {
        return about.item();
    }

    public Class<D> description() {
        return type;
    }

    public List<ParameterType> parameters() {
        return parameters;
    }

    /// The texts with those added that follow from the files that are named in them: see [Intake].
    ///
    /// @throws BadInput when a file cannot be used, or says otherwise than a text that is given
    /// @throws IOException when a file cannot be read
    public SortedMap<String, String> complete(Map<String, String> texts) throws IOException {
        var intake = intake();
        var given = new Intake.Given(new TreeMap<>(texts));
        intake.complete(given);
        return given.texts();
    }

    /// What reads the files that people name.
    public Intake intake() {
        try {
            var made = about.intake().getDeclaredConstructor();
            made.setAccessible(true);
            return made.newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot make a " + about.intake().getName(), e);
        }
    }

    /// The description that the given texts stand for; parameters that are not given take their default.
    ///
    /// @throws BadInput with every unknown, missing or wrong parameter
    public D parse(Map<String, String> texts) {
        var problems = new ArrayList<String>();
        var names = parameters.stream().map(ParameterType::name).toList();
        for (var name : texts.keySet()) {
            if (!names.contains(name)) {
                problems.add("kernel %s has no parameter --%s, allowed: %s"
                        .formatted(
                                name(),
                                Text.line(name, 60),
                                names.isEmpty() ? "none" : "--" + String.join(", --", names)));
            }
        }
        var values = new Object[components.length];
        for (var i = 0; i < values.length; i++) {
            var parameter = parameters.get(i);
            var text = texts.get(parameter.name());
            if (text == null) {
                text = parameter.byDefault();
            }
            if (text == null) {
                problems.add("kernel %s needs --%s (%s), allowed: %s"
                        .formatted(name(), parameter.name(), parameter.help(), parameter.allowed()));
                continue;
            }
            try {
                values[i] = parameter.parse(text);
            } catch (BadInput e) {
                problems.addAll(e.problems());
            }
        }
        if (!problems.isEmpty()) {
            throw new BadInput(problems);
        }
        try {
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof BadInput bad) {
                throw bad;
            }
            throw new BadInput("parameters of kernel " + name() + " are refused: "
                    + (e.getCause() == null ? e : e.getCause()).getMessage());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot make a " + type.getName(), e);
        }
    }

    /// Every parameter of the description by name, each in its one canonical text: [#parse] gives an equal description.
    ///
    /// @throws BadInput when a value is outside its parameter's range, as only code (not text) can ask for
    public SortedMap<String, String> parameters(Description description) {
        require(type.isInstance(description), "%s is not a %s", description, type.getName());
        var texts = new TreeMap<String, String>();
        for (var i = 0; i < components.length; i++) {
            try {
                texts.put(
                        parameters.get(i).name(),
                        parameters.get(i).format(components[i].getAccessor().invoke(description)));
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("cannot read " + components[i], e);
            }
        }
        parse(texts);
        return Collections.unmodifiableSortedMap(texts);
    }

    @Override
    public String toString() {
        return name() + "@" + version();
    }
}

package millrace.proto;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeMap;

/// The kernels that a client knows by name: those of Millrace, and those that a [Provider] on the class path adds.
public final class Descriptions {
    /// Adds kernels of one's own: an implementation named in `META-INF/services/millrace.proto.Descriptions$Provider`.
    public interface Provider {
        List<Class<? extends Description>> descriptions();
    }

    private final Map<String, KernelType<?>> types;

    private Descriptions(Map<String, KernelType<?>> types) {
        this.types = types;
    }

    /// All that the class path has.
    ///
    /// @throws IllegalArgumentException when two have the same name
    public static Descriptions load() {
        var types = new TreeMap<String, KernelType<?>>();
        for (var provider : ServiceLoader.load(Provider.class)) {
            for (var description : provider.descriptions()) {
                var type = KernelType.of(description);
                var other = types.put(type.name(), type);
                if (other != null) {
                    throw new IllegalArgumentException("kernel " + type.name() + " is described by both "
                            + other.description().getName() + " and " + description.getName());
                }
            }
        }
        return new Descriptions(Collections.unmodifiableMap(types));
    }

    /// In the order of their names.
    public Collection<KernelType<?>> all() {
        return types.values();
    }

    public Optional<KernelType<?>> find(String name) {
        return Optional.ofNullable(types.get(name));
    }

    /// The description that a spec's computation stands for, when this class path knows that version of its kernel.
    public Optional<Description> read(Computation computation) {
        return find(computation.kernel())
                .filter(type -> type.version() == computation.version())
                .map(type -> type.parse(computation.parameters()));
    }
}

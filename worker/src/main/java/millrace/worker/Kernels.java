package millrace.worker;

import com.google.protobuf.ByteString;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.stream.Collectors;
import millrace.proto.BadInput;
import millrace.proto.Computation;
import millrace.proto.Description;
import millrace.proto.ExitCode;
import millrace.proto.Heartbeat;
import millrace.proto.Kernel;
import millrace.proto.KernelType;
import millrace.proto.Refusal;
import millrace.proto.Result.HandBackReason;

/// The kernels that this worker computes; several versions of one kernel may stand beside each other. Used by
/// one thread at a time.
public final class Kernels {
    /// What a task's computation asks for.
    sealed interface Found {
        /// It can be computed.
        record Known(Ready<?> math) implements Found {}

        /// Another worker may have it.
        record Missing(HandBackReason reason, String detail) implements Found {}

        /// The kernel refuses the parameters.
        record Refused(String detail) implements Found {}
    }

    /// Computations whose parameters stay parsed; a worker computes few jobs at once.
    private static final int CACHED_MAX = 256;

    private final Map<String, TreeMap<Integer, Kernel<?>>> byName = new TreeMap<>();

    private final Map<ByteString, Found> found = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ByteString, Found> eldest) {
            return size() > CACHED_MAX;
        }
    };

    private Kernels(Iterable<? extends Kernel<?>> kernels) {
        for (var kernel : kernels) {
            var name = KernelType.of(kernel.description()).name();
            var other = byName.computeIfAbsent(name, _ -> new TreeMap<>()).put(kernel.version(), kernel);
            if (other != null) {
                throw new IllegalArgumentException("kernel %s@%d is computed by both %s and %s"
                        .formatted(
                                name,
                                kernel.version(),
                                other.getClass().getName(),
                                kernel.getClass().getName()));
            }
        }
    }

    /// All that the class path has.
    ///
    /// @throws Refusal when one cannot be loaded, or two are the same version of one kernel
    public static Kernels load() {
        try {
            return new Kernels(ServiceLoader.load(Kernel.class).stream()
                    .<Kernel<?>>map(ServiceLoader.Provider::get)
                    .toList());
        } catch (ServiceConfigurationError | IllegalArgumentException e) {
            throw new Refusal(ExitCode.USAGE, "the kernels on the class path cannot be used: " + e.getMessage(), e);
        }
    }

    /// These and no others.
    ///
    /// @throws IllegalArgumentException when two are the same version of one kernel
    public static Kernels of(Collection<? extends Kernel<?>> kernels) {
        return new Kernels(kernels);
    }

    /// By name and version.
    public List<Heartbeat.Offer> offers() {
        return byName.entrySet().stream()
                .flatMap(versions ->
                        versions.getValue().keySet().stream().map(v -> new Heartbeat.Offer(versions.getKey(), v)))
                .toList();
    }

    /// By name and version: `primes@1, primes@2`.
    @Override
    public String toString() {
        return offers().stream()
                .map(offer -> offer.kernel() + "@" + offer.version())
                .collect(Collectors.joining(", "));
    }

    /// @param computation a [Computation]'s bytes, as a task carries them
    Found find(ByteString computation) {
        return found.computeIfAbsent(computation, this::look);
    }

    private Found look(ByteString bytes) {
        Computation computation;
        try {
            computation = Computation.parse(bytes);
        } catch (IllegalArgumentException e) {
            return new Found.Refused(String.valueOf(e.getMessage()));
        }
        var versions = byName.get(computation.kernel());
        if (versions == null) {
            return new Found.Missing(
                    HandBackReason.UNKNOWN_KERNEL,
                    "kernel " + computation.kernel() + " is not here, known: " + String.join(", ", byName.keySet()));
        }
        Kernel<?> kernel = versions.get(computation.version());
        if (kernel == null) {
            return new Found.Missing(
                    HandBackReason.UNKNOWN_VERSION,
                    "kernel %s is here in version %s, asked for is %d"
                            .formatted(computation.kernel(), versions.keySet(), computation.version()));
        }
        return ready(kernel, computation);
    }

    private static <D extends Description> Found ready(Kernel<D> kernel, Computation computation) {
        D description;
        long items;
        try {
            description = KernelType.of(kernel.description()).parse(computation.parameters());
            items = description.items();
        } catch (BadInput e) {
            return new Found.Refused(String.join("; ", e.problems()));
        } catch (RuntimeException e) { // a description of somebody else's
            return new Found.Refused(e.toString());
        }
        if (items != computation.items()) {
            return new Found.Refused("kernel %s@%d has %d items for these parameters, the task says %d"
                    .formatted(computation.kernel(), computation.version(), items, computation.items()));
        }
        return new Found.Known(new Ready<>(kernel, description, items));
    }
}

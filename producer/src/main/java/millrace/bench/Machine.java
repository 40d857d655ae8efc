package millrace.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// The machine that something is measured on.
///
/// @param cores     that the JVM may use
/// @param processor its model; none where the system does not tell
/// @param gibibytes of memory
/// @param load      processes that ran or wanted to in the last minute, the mean; negative where it is not known
record Machine(int cores, Optional<String> processor, long gibibytes, double load) {
    private static final Path CPUINFO = Path.of("/proc/cpuinfo");

    /// This one, now.
    static Machine here() {
        var system = ManagementFactory.getOperatingSystemMXBean();
        var memory = system instanceof com.sun.management.OperatingSystemMXBean known ? known.getTotalMemorySize() : 0;
        return new Machine(
                Runtime.getRuntime().availableProcessors(),
                readProcessor(),
                memory >> 30,
                system.getSystemLoadAverage());
    }

    private static Optional<String> readProcessor() {
        if (!Files.isReadable(CPUINFO)) {
            return Optional.empty();
        }
        try (var lines = Files.lines(CPUINFO)) {
            return processor(lines);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /// The first model that `/proc/cpuinfo` names; some processors have none there.
    static Optional<String> processor(Stream<String> cpuinfo) {
        return cpuinfo.filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip().replaceAll("\\s+", " "))
                .findFirst();
    }

    /// One line.
    @Override
    public String toString() {
        return "%d cores%s, %d GiB, %s %s, JDK %s%s"
                .formatted(
                        cores,
                        processor.map(model -> " of " + model).orElse(""),
                        gibibytes,
                        System.getProperty("os.name"),
                        System.getProperty("os.arch"),
                        Runtime.version(),
                        load < 0 ? "" : String.format(Locale.ROOT, ", load %.2f at the start", load));
    }
}

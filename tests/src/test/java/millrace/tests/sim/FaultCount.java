package millrace.tests.sim;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/// Which faults have hit a world, and how often.
final class FaultCount {
    private final Map<Fault, Long> hits = new EnumMap<>(Fault.class);

    void hit(Fault fault) {
        hits.merge(fault, 1L, Long::sum);
    }

    long of(Fault fault) {
        return hits.getOrDefault(fault, 0L);
    }

    Set<Fault> kinds() {
        return hits.isEmpty() ? EnumSet.noneOf(Fault.class) : EnumSet.copyOf(hits.keySet());
    }
}

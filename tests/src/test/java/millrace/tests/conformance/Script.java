package millrace.tests.conformance;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import millrace.tests.model.ShareSettings;

/// A random sequence of operations and the settings under which it runs, all from one seed.
///
/// @param seed               what it was made from
/// @param partitions         of each of its topics
/// @param deliveryCountLimit of its share group
/// @param recordLocksMax     of its share group
/// @param offsetReset        of its share group
/// @param steps              in order
record Script(
        long seed,
        int partitions,
        int deliveryCountLimit,
        int recordLocksMax,
        ShareSettings.OffsetReset offsetReset,
        List<Step> steps) {
    /// How long locks, sessions and transactions last: long against what a few steps take, also on a busy machine.
    static final Duration UNIT = Duration.ofSeconds(2);

    ShareSettings shareSettings(double stretch) {
        return new ShareSettings(stretched(UNIT, stretch), deliveryCountLimit, recordLocksMax, offsetReset);
    }

    static Duration stretched(Duration duration, double stretch) {
        return Duration.ofMillis(Math.round(duration.toMillis() * stretch));
    }

    static Duration rebalanceTimeout() {
        return stretched(UNIT, 2.2);
    }

    boolean restarts() {
        return steps.contains(new Step.Stop());
    }

    @Override
    public String toString() {
        return "script %d: %d partitions, delivery limit %d, %d record locks, %s%n%s"
                .formatted(
                        seed,
                        partitions,
                        deliveryCountLimit,
                        recordLocksMax,
                        offsetReset,
                        steps.stream().map(step -> "    " + step).collect(Collectors.joining("\n")));
    }
}

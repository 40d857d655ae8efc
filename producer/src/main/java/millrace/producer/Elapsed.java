package millrace.producer;

import java.util.Arrays;

/// How long a job's latest tasks were out, from emission until their results were known.
final class Elapsed {
    /// Fewer say nothing.
    private static final int SAMPLES_MIN = 3;

    private final long[] latest = new long[64];
    private int count;

    void add(long nanos) {
        latest[count++ % latest.length] = nanos;
    }

    /// What 95 of 100 tasks do not exceed; [Nanos#NEVER] while too few have come.
    long usual() {
        if (count < SAMPLES_MIN) {
            return Nanos.NEVER;
        }
        var sorted = Arrays.copyOf(latest, Math.min(count, latest.length));
        Arrays.sort(sorted);
        return sorted[(int) (0.95 * (sorted.length - 1))];
    }
}

package millrace.tests.sim;

import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/// The one source of chance of a world.
final class Chance {
    private final SplittableRandom random;

    Chance(long seed) {
        random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + 1);
    }

    boolean in(double probability) {
        return random.nextDouble() < probability;
    }

    /// From `from` to `to`, both inclusive.
    long between(long from, long to) {
        return random.nextLong(from, to + 1);
    }

    /// From 0 to `end - 1`.
    int below(int end) {
        return random.nextInt(end);
    }

    /// Milliseconds as nanoseconds, from `from` to `to`.
    long millis(double from, double to) {
        return (long) ((from + random.nextDouble() * (to - from)) * 1e6);
    }

    /// Spread over the orders of magnitude between the two, which are above 0.
    double spread(double from, double to) {
        return from * Math.pow(to / from, random.nextDouble());
    }

    <T> T of(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }

    RandomGenerator fork() {
        return random.split();
    }
}

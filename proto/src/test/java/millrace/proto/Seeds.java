package millrace.proto;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.LongStream;

/// The seeds of property tests. A failing test has its seed in its name; the same seed gives the same test again.
final class Seeds {
    private Seeds() {}

    /// The seeds `1..count`.
    static LongStream seeds(int count) {
        return LongStream.rangeClosed(1, count);
    }

    static RandomGenerator random(long seed) {
        return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }
}

package millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// What a task is seen to hold, by this JVM's collector.
class HeldBytesTest {
    private static final long HUGE = 1L << 50;

    private final HeldBytes held = new HeldBytes();

    @Test
    void withoutACollectionItIsWhatWasAllocated() {
        long before;
        long seen;
        do {
            before = held.collections();
            seen = held.of(before, HUGE);
        } while (held.collections() != before); // somebody else's, just then
        assertThat(seen).isEqualTo(HUGE);
    }

    @Test
    void afterACollectionItIsNoMoreThanWhatWasLeft() {
        var kept = new byte[5_000_000];
        var before = held.collections();
        System.gc();
        assertThat(held.collections()).as("collections").isGreaterThan(before);
        var seen = held.of(before, HUGE);
        assertThat(seen).isBetween((long) kept.length, Runtime.getRuntime().maxMemory());
        assertThat(held.of(before, 1_000)).as("nor than what was allocated").isEqualTo(1_000);
        assertThat(kept).hasSize(5_000_000);
    }
}

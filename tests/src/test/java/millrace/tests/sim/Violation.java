package millrace.tests.sim;

import com.google.errorprone.annotations.FormatMethod;
import org.jspecify.annotations.Nullable;

/// Something that must always hold did not.
final class Violation extends AssertionError {
    private static final long serialVersionUID = 1L;

    private final long seed;

    Violation(String message) {
        super(message);
        seed = -1;
    }

    Violation(long seed, String message, Throwable cause) {
        super(message, cause);
        this.seed = seed;
    }

    /// @throws Violation with the formatted message when `holds` is false
    @FormatMethod
    static void require(boolean holds, String message, @Nullable Object... arguments) {
        if (!holds) {
            throw new Violation(message.formatted(arguments));
        }
    }

    /// The seed of its world.
    long seed() {
        return seed;
    }
}

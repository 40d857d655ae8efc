package millrace.aggregator;

import com.google.errorprone.annotations.FormatMethod;

/// Checks that are always on.
final class Check {
    private Check() {}

    /// @throws IllegalArgumentException with the formatted message when `holds` is false
    @FormatMethod
    static void require(boolean holds, String message, Object... arguments) {
        if (!holds) {
            throw new IllegalArgumentException(message.formatted(arguments));
        }
    }

    /// For what only a bug of ours can break; the process dies of it.
    ///
    /// @throws IllegalStateException with the formatted message when `holds` is false
    @FormatMethod
    static void invariant(boolean holds, String message, Object... arguments) {
        if (!holds) {
            throw new IllegalStateException(message.formatted(arguments));
        }
    }
}

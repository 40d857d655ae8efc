package millrace.proto;

import com.google.errorprone.annotations.FormatMethod;

/// Checks for records that check themselves.
final class Check {
    private Check() {}

    /// @throws IllegalArgumentException with the formatted message when `holds` is false
    @FormatMethod
    static void require(boolean holds, String message, Object... arguments) {
        if (!holds) {
            throw new IllegalArgumentException(message.formatted(arguments));
        }
    }
}

package millrace.cli;

import java.math.BigDecimal;
import millrace.proto.BadInput;
import millrace.proto.Text;

/// Whole numbers as people type them: `1000000`, `1e6`, `1_000_000`.
final class Numbers {
    private Numbers() {}

    /// @param name who asks, for the message
    /// @throws BadInput when it is no whole number in `min..max`
    static long whole(String name, String text, long min, long max) {
        try {
            var number = new BigDecimal(text.strip().replace("_", "")).longValueExact();
            if (min <= number && number <= max) {
                return number;
            }
        } catch (ArithmeticException | NumberFormatException e) {
            // refused below, with what is allowed
        }
        throw new BadInput("%s is '%s', allowed: a whole number %d..%d".formatted(name, Text.line(text, 60), min, max));
    }
}

package millrace.proto;

import org.jspecify.annotations.Nullable;

/// Why a process does not go on, in words for the person who started it, and the status it exits with. Shown without a
/// stack trace.
public final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ExitCode code;

    public Refusal(ExitCode code, String message) {
        super(message);
        this.code = code;
    }

    public Refusal(ExitCode code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public ExitCode code() {
        return code;
    }
}

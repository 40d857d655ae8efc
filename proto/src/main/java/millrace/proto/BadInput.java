package millrace.proto;

import java.util.List;

/// What a person gave us cannot be used. Each problem is one sentence that names the thing, the value and what is
/// allowed; all problems are listed at once.
public final class BadInput extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    public BadInput(String problem) {
        this(List.of(problem));
    }

    /// @param problems at least one
    public BadInput(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = List.copyOf(problems);
    }

    public List<String> problems() {
        return problems;
    }
}

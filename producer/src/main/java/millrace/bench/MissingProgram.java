package millrace.bench;

/// A program that something is compared with is not on this machine. The message says which.
final class MissingProgram extends Exception {
    private static final long serialVersionUID = 1;

    MissingProgram(String message) {
        super(message);
    }
}

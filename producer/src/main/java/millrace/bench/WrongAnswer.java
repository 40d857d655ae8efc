package millrace.bench;

/// A benchmark's job gave something else than it must.
final class WrongAnswer extends Exception {
    private static final long serialVersionUID = 1;

    WrongAnswer(String message) {
        super(message);
    }
}

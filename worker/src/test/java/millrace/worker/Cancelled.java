package millrace.worker;

/// A task that nobody cancels.
final class Cancelled {
    private Cancelled() {}

    static boolean never() {
        return false;
    }
}

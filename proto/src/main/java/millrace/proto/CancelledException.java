package millrace.proto;

/// Leaves a computation whose task is no longer wanted.
public final class CancelledException extends Exception {
    private static final long serialVersionUID = 1L;

    public CancelledException() {
        super("the task is no longer wanted", null, false, false);
    }
}

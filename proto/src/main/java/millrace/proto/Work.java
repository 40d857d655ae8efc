package millrace.proto;

/// What a kernel may ask about the task it computes. Used by the computing thread.
public interface Work {
    /// Whether the task is no longer wanted.
    boolean cancelled();

    /// @throws CancelledException when the task is no longer wanted
    default void checkCancelled() throws CancelledException {
        if (cancelled()) {
            throw new CancelledException();
        }
    }
}

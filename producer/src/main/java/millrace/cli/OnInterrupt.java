package millrace.cli;

/// Does something when the process is told to end (Ctrl-C, SIGTERM), unless it was closed before.
public final class OnInterrupt implements AutoCloseable {
    private final Thread hook;

    public OnInterrupt(Runnable action) {
        hook = new Thread(action, "interrupted");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // It is being done now; the process ends when it is.
        }
    }
}

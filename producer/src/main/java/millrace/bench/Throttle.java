package millrace.bench;

import java.io.IOException;

/// Lets a process run for about a tenth of the time, in periods as short as a scheduler's quota, until this is closed.
/// How much it gets is to be measured: signals and pauses come late on a machine with much to do.
final class Throttle implements AutoCloseable {
    // The shell ends with the process that it signals. That one ends when it is let run and this JVM is gone.
    private static final String LOOP = "while kill -STOP $0 && sleep 0.09 && kill -CONT $0; do sleep 0.01; done";

    private final Process shell;
    private final long pid;

    Throttle(long pid) throws IOException {
        this.pid = pid;
        shell = new ProcessBuilder("sh", "-c", LOOP, Long.toString(pid))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /// Returns when the process runs again.
    ///
    /// @throws IOException when it has ended
    @Override
    public void close() throws IOException {
        try {
            shell.destroyForcibly().waitFor();
            var go = new ProcessBuilder("kill", "-CONT", Long.toString(pid)).start();
            if (go.waitFor() != 0) {
                throw new IOException("process " + pid + " has ended while it was slow");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

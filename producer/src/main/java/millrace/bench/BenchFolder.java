package millrace.bench;

import java.nio.file.Path;
import millrace.cli.DataFolder;
import millrace.cli.OnInterrupt;

/// A folder for what a benchmark needs on disk: gone when it is closed, and when the process is told to end. What a
/// process that was killed leaves is swept away with the next one's, or by `millrace down`.
final class BenchFolder implements AutoCloseable {
    private final DataFolder folder;
    private final OnInterrupt interrupt;

    /// @param base where it is made
    BenchFolder(Path base) {
        folder = DataFolder.open(base);
        interrupt = new OnInterrupt(folder::close);
    }

    Path path() {
        return folder.path();
    }

    @Override
    public void close() {
        interrupt.close();
        folder.close();
    }
}

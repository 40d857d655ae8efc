package millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheFolderTest {
    @TempDir
    Path parent;

    @Test
    void foldersOfProcessesThatAreGoneAreRemoved() throws Exception {
        var gone = Files.createDirectory(parent.resolve("gone"));
        Files.createFile(gone.resolve("lock"));
        Files.writeString(gone.resolve("blob"), "left over");
        var foreign = Files.createDirectory(parent.resolve("foreign"));
        try (var living = CacheFolder.open(parent, "living");
                var mine = CacheFolder.open(parent, "mine")) {
            assertThat(gone).doesNotExist();
            assertThat(foreign).exists();
            assertThat(living.path()).exists();
            assertThat(mine.path()).exists();
        }
        assertThat(parent.resolve("mine")).doesNotExist();
    }

    /// Workers that start side by side do not take each other for gone: a lock that can be seen is held.
    @Test
    void lockIsHeldAsSoonAsItCanBeSeen() throws Exception {
        for (var round = 0; round < 300; round++) {
            var lock = parent.resolve("worker-" + round).resolve("lock");
            var seen = CompletableFuture.supplyAsync(() -> isFreeOnceSeen(lock));
            try (var folder = CacheFolder.open(parent, "worker-" + round)) {
                assertThat(seen.get()).as("%s is free", lock).isFalse();
                assertThat(folder.path().resolve("lock")).exists();
            }
        }
    }

    private static boolean isFreeOnceSeen(Path lock) {
        while (true) {
            try (var channel = FileChannel.open(lock, StandardOpenOption.WRITE)) {
                return channel.tryLock() != null;
            } catch (OverlappingFileLockException e) {
                return false;
            } catch (NoSuchFileException e) {
                Thread.onSpinWait();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}

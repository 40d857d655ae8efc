package millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
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
}

package millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchFolderTest {
    @TempDir
    Path base;

    @Test
    void whatAKilledBenchmarkLeftIsSweptAwayWithTheNext() throws IOException {
        Path left;
        try (var killed = new BenchFolder(base)) {
            left = base.resolve(killed.path().getFileName().toString().replaceFirst("-\\d+-", "-1-"));
            Files.writeString(Files.createDirectory(left).resolve("segment"), "records");
            Files.createFile(base.resolve(left.getFileName() + ".lock"));
        }
        try (var next = new BenchFolder(base)) {
            assertThat(left).doesNotExist();
            assertThat(next.path()).exists();
        }
    }
}

package millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import millrace.proto.ExitCode;
import millrace.proto.Refusal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {
    @TempDir
    Path temporary;

    @Test
    void nothingIsLeftWhenItIsClosed() throws IOException {
        var base = temporary.resolve("cache/millrace");
        var folder = DataFolder.open(base);
        Files.writeString(Files.createDirectory(folder.path().resolve("log-0")).resolve("segment"), "records");
        assertThat(folder.path()).startsWith(base);

        folder.close();

        assertThat(base).doesNotExist();
    }

    @Test
    void folderOfADeadProcessIsSweptAndThatOfALiveOneIsNot() throws IOException {
        try (var live = DataFolder.open(temporary)) {
            // What a killed process leaves: folder and file, nobody's lock.
            var dead = Files.createDirectory(temporary.resolve("fleet-1-0123abcd"));
            Files.writeString(dead.resolve("segment"), "records");
            var lock = Files.createFile(temporary.resolve("fleet-1-0123abcd.lock"));

            try (var next = DataFolder.open(temporary)) {
                assertThat(dead).doesNotExist();
                assertThat(lock).doesNotExist();
                assertThat(live.path()).exists();
                assertThat(next.path()).exists().isNotEqualTo(live.path());
            }
        }
    }

    @Test
    void whatOthersKeepInTheSameFolderIsLeftAlone() throws IOException {
        var theirs = Files.createDirectory(temporary.resolve("fleet"));
        var lock = Files.createFile(temporary.resolve("fleet.lock"));

        DataFolder.open(temporary).close();

        assertThat(theirs).exists();
        assertThat(lock).exists();
    }

    @Test
    void tooLittleRoomIsToldWithBothNumbers() {
        assertThatThrownBy(() -> DataFolder.checkRoom(Path.of("/data"), 300L << 20, 1L << 30))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(ExitCode.MACHINE))
                .hasMessageContaining("the disk of /data has 300 MiB free, needed: 1.0 GiB");
    }

    @Test
    void memoryIsNoPlaceForData() {
        assertThatThrownBy(() -> DataFolder.checkPlace(Path.of("/dev/shm"), "tmpfs"))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(ExitCode.MACHINE))
                .hasMessageContaining("/dev/shm is in memory (tmpfs), allowed: a folder on a disk");
    }

    @Test
    void baseThatIsAFileIsRefused() throws IOException {
        var file = Files.createFile(temporary.resolve("file"));

        assertThatThrownBy(() -> DataFolder.open(file))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("cannot keep data in " + file);
    }
}

package millrace.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputSaveTest {
    @TempDir
    Path folder;

    @Test
    void fileThatCannotBeWrittenWholeStaysAsItWas() throws IOException {
        var file = Files.writeString(folder.resolve("out"), "old");

        assertThatThrownBy(() -> Output.save(file, out -> {
                    out.write('n');
                    throw new IOException("No space left on device");
                }))
                .isInstanceOf(IOException.class);

        assertThat(file).hasContent("old");
        assertThat(folder).isDirectoryNotContaining(other -> !other.equals(file));
    }

    @Test
    void fileIsReplacedWhole() throws IOException {
        var file = Files.writeString(folder.resolve("out"), "old and longer");

        Output.save(file, out -> out.write("new".getBytes(UTF_8)));

        assertThat(file).hasContent("new");
    }

    @Test
    void linkIsFollowedAndStays() throws IOException {
        var file =
                Files.writeString(Files.createDirectory(folder.resolve("far")).resolve("out"), "old");
        var link = Files.createSymbolicLink(folder.resolve("link"), file);

        Output.save(link, out -> out.write("new".getBytes(UTF_8)));

        assertThat(link).isSymbolicLink();
        assertThat(file).isRegularFile().hasContent("new");
    }

    @Test
    void pipeAndLinkToNothingAreNotReplaced() throws Exception {
        var pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        var link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("nothing"));

        for (var place : List.of(pipe, link)) {
            assertThatThrownBy(() -> Output.save(place, out -> out.write(1)))
                    .isInstanceOf(FileSystemException.class)
                    .hasMessageContaining("neither new nor a regular file");
        }

        assertThat(Files.readAttributes(pipe, BasicFileAttributes.class).isOther())
                .isTrue();
        assertThat(link).isSymbolicLink();
    }

    @Test
    void folderThatIsMissingIsNamed() {
        assertThatThrownBy(() -> Output.save(folder.resolve("no/out"), out -> out.write(1)))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("its folder does not exist");
    }
}

package millrace.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
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
    void folderThatIsMissingIsNamed() {
        assertThatThrownBy(() -> Output.save(folder.resolve("no/out"), out -> out.write(1)))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("its folder does not exist");
    }
}

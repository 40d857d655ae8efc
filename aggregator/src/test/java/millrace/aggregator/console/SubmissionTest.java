package millrace.aggregator.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import millrace.proto.BadInput;
import millrace.proto.Blob;
import millrace.proto.KernelType;
import millrace.proto.kernels.MonteCarlo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SubmissionTest {
    private static final KernelType<MonteCarlo> TYPE = KernelType.of(MonteCarlo.class);

    /// The console's host opened it, told a line of it to whoever asked, and hung on a pipe.
    @Test
    void fileOfThisMachineIsNotOpened(@TempDir Path folder) throws Exception {
        var file = Files.writeString(folder.resolve("secret"), "a secret\n");

        assertThatThrownBy(() -> Submission.spec("job", TYPE, Map.of("book", file.toString()), 0, 4))
                .isInstanceOf(BadInput.class)
                .hasMessage(
                        "--book is '" + file + "', allowed here: sha256:DIGEST:BYTES of a file that the command line"
                                + " has sent: millrace submit montecarlo --book FILE");
    }

    @Test
    void blobIsTaken() {
        var blob = Blob.of(new byte[1]).toString();

        var spec = Submission.spec("job", TYPE, Map.of("book", blob, "contracts", "3"), 0, 4);

        assertThat(spec.computation().parameters()).containsEntry("book", blob);
    }

    @Test
    void blankIsNotGiven() {
        var spec = Submission.spec("job", TYPE, Map.of("book", " "), 0, 4);

        assertThat(spec.computation().parameters()).containsEntry("book", "");
    }
}

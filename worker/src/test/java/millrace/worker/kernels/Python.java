package millrace.worker.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Runs scripts with Debian's Python, numpy and scipy; a test that needs one that is missing is skipped.
final class Python {
    private static final Path PYTHON = Path.of("/usr/bin/python3");

    private Python() {}

    /// @param folder where it runs
    /// @param script begins with `np` and `random`, a `RandomState` of seed 1
    static void run(Path folder, String script) throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(PYTHON), "no " + PYTHON);
        var file = Files.writeString(
                folder.resolve("script.py"), "import numpy as np\nrandom = np.random.RandomState(1)\n" + script);
        var log = folder.resolve("script.log");
        var process = new ProcessBuilder(PYTHON.toString(), file.toString())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        var status = process.waitFor();
        var said = Files.readString(log);
        assumeTrue(!said.contains("No module named"), said);
        assertThat(status).as(said).isZero();
    }
}

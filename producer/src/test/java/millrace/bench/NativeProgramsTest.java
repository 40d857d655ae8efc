package millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeProgramsTest {
    @TempDir
    Path folder;

    @Test
    void programThatIsMissingIsToldAndNoFailure() throws Exception {
        var said = new ArrayList<String>();
        var bench = new Bench(1, 1, 1000, 1, folder, Map.of(), said::add);
        try (var programs = new NativePrograms(folder.toString())) {
            assertThat(NativeKernels.run(bench, programs)).isEmpty();
        }
        assertThat(said)
                .contains(
                        "primes: not compared: no primesieve on PATH",
                        "mandelbrot: not compared: no gcc on PATH",
                        "montecarlo, asian: not compared: no gcc on PATH",
                        "convolve: not compared: no python3 on PATH that has numpy and scipy",
                        "mlp: not compared: no python3 on PATH that has numpy");
    }

    @Test
    void pythonWithoutTheModulesIsPassedOver() throws Exception {
        var first = Files.createDirectory(folder.resolve("first"));
        var second = Files.createDirectory(folder.resolve("second"));
        script(first.resolve("python3"), "exit 1");
        var python = script(second.resolve("python3"), "exit 0");
        try (var programs = new NativePrograms(first + ":" + second)) {
            assertThat(programs.python("numpy")).isEqualTo(python);
        }
    }

    @Test
    void programAnswersFromAFolderThatGoes() throws Exception {
        Path file;
        try (var programs = new NativePrograms(folder.toString())) {
            file = programs.file("value");
            var program = script(folder.resolve("program"), "echo Seconds: 1.5; echo value > \"$1\"");
            var answer = programs.run(List.of(program.toString(), file.toString()));
            assertThat(answer.seconds()).isEqualTo(1.5);
            assertThat(file).hasContent("value\n");
        }
        assertThat(file.getParent()).doesNotExist();
    }

    @Test
    void programThatFailsSaysWhy() throws Exception {
        try (var programs = new NativePrograms(folder.toString())) {
            var program = script(folder.resolve("program"), "echo no memory >&2; exit 3");
            assertThatThrownBy(() -> programs.run(List.of(program.toString())))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("status 3: no memory");
        }
    }

    private static Path script(Path file, String body) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }
}

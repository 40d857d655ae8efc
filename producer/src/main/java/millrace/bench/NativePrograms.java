package millrace.bench;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import millrace.cli.Folders;
import millrace.cli.OnInterrupt;

/// The programs that benchmarks are compared with: those that are on the machine, and those whose sources are
/// resources here, in a temporary folder that goes with this, and when the process is told to end.
final class NativePrograms implements AutoCloseable {
    /// The machine's own, and flags that change no result: fused multiply-adds are written out in the sources, and
    /// nobody asks how a square root failed.
    private static final List<String> C_FLAGS = List.of("-O3", "-march=native", "-ffp-contract=off", "-fno-math-errno");

    /// Numbers of threads that the libraries below numpy look at.
    private static final Map<String, String> ONE_THREAD =
            Map.of("OPENBLAS_NUM_THREADS", "1", "OMP_NUM_THREADS", "1", "MKL_NUM_THREADS", "1");

    private final List<Path> path;
    private final Path folder;
    private final OnInterrupt interrupt;

    NativePrograms() throws IOException {
        this(System.getenv().getOrDefault("PATH", ""));
    }

    /// @param path folders in which programs are looked for, as in the variable of the environment
    NativePrograms(String path) throws IOException {
        this.path = Arrays.stream(path.split(File.pathSeparator))
                .filter(name -> !name.isEmpty())
                .map(Path::of)
                .toList();
        folder = Files.createTempDirectory("millrace-native-");
        interrupt = new OnInterrupt(this::delete);
    }

    /// A file of that name in the temporary folder.
    Path file(String name) {
        return folder.resolve(name);
    }

    /// @throws MissingProgram when no folder of the path has it
    Path find(String name) throws MissingProgram {
        return all(name).stream().findFirst().orElseThrow(() -> new MissingProgram("no " + name + " on PATH"));
    }

    private List<Path> all(String name) {
        return path.stream()
                .map(one -> one.resolve(name))
                .filter(Files::isExecutable)
                .toList();
    }

    /// The first Python on the path that has these modules.
    ///
    /// @throws MissingProgram when there is none
    Path python(String... modules) throws IOException, InterruptedException, MissingProgram {
        var imports = modules.length == 0 ? "pass" : "import " + String.join(", ", modules);
        for (var python : all("python3")) {
            if (start(List.of(python.toString(), "-c", imports)).waitFor() == 0) {
                return python;
            }
        }
        throw new MissingProgram(
                modules.length == 0
                        ? "no python3 on PATH"
                        : "no python3 on PATH that has " + String.join(" and ", modules));
    }

    /// A resource beside this class as a file.
    Path source(String name) throws IOException {
        var file = folder.resolve(name);
        try (var in = NativePrograms.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalArgumentException("no resource " + name);
            }
            Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
        }
        return file;
    }

    /// Compiles the resource `NAME.c` for this machine.
    ///
    /// @throws MissingProgram when there is no gcc
    Path compile(String name) throws IOException, InterruptedException, MissingProgram {
        var command = new ArrayList<>(List.of(find("gcc").toString()));
        command.addAll(C_FLAGS);
        var program = folder.resolve(name);
        command.addAll(List.of("-o", program.toString(), source(name + ".c").toString(), "-lm"));
        var _ = print(command);
        return program;
    }

    /// Runs a program to its end, with one thread below numpy.
    ///
    /// @throws IOException when it fails
    NativeAnswer run(List<String> command) throws IOException, InterruptedException {
        return NativeAnswer.of(print(command));
    }

    private String print(List<String> command) throws IOException, InterruptedException {
        var process = start(command);
        try {
            var printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            var status = process.waitFor();
            if (status != 0) {
                throw new IOException("%s ended with status %d: %s"
                        .formatted(
                                String.join(" ", command),
                                status,
                                Files.readString(errors()).strip()));
            }
            return printed;
        } finally {
            process.destroyForcibly(); // of no effect unless interrupted
        }
    }

    private Process start(List<String> command) throws IOException {
        var builder = new ProcessBuilder(command).redirectError(errors().toFile());
        builder.environment().putAll(ONE_THREAD);
        return builder.start();
    }

    private Path errors() {
        return folder.resolve("stderr");
    }

    @Override
    public void close() {
        interrupt.close();
        delete();
    }

    private void delete() {
        try {
            Folders.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

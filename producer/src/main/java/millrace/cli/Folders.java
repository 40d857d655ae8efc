package millrace.cli;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/// Where things are on this machine (the XDG base directories).
public final class Folders {
    private static final int TRIES = 20;

    private Folders() {}

    /// Data of embedded fleets: may be deleted when no fleet runs.
    static Path cache(Shell shell) {
        return base(shell, "XDG_CACHE_HOME", ".cache");
    }

    /// What fleets are up, and their logs.
    static Path state(Shell shell) {
        return base(shell, "XDG_STATE_HOME", ".local/state");
    }

    /// The settings file.
    static Path settings(Shell shell) {
        return base(shell, "XDG_CONFIG_HOME", ".config").resolve("millrace.properties");
    }

    private static Path base(Shell shell, String variable, String underHome) {
        var home = Path.of(shell.variable("HOME", System.getProperty("user.home")));
        var base = shell.environment().get(variable);
        // Relative ones are to be ignored, says the specification.
        return (base != null && Path.of(base).isAbsolute() ? Path.of(base) : home.resolve(underHome))
                .resolve("millrace");
    }

    /// Deletes a folder with all that is in it; what others delete from it meanwhile is no trouble, and what they
    /// add goes too.
    public static void delete(Path folder) throws IOException {
        for (var tries = 1; Files.exists(folder); tries++) {
            try {
                deleteOnce(folder);
            } catch (DirectoryNotEmptyException e) {
                if (tries == TRIES) {
                    throw e;
                }
            }
        }
    }

    private static void deleteOnce(Path folder) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException trouble) throws IOException {
                if (trouble instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw trouble;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException trouble) throws IOException {
                Files.deleteIfExists(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}

package millrace.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import millrace.proto.ExitCode;
import millrace.proto.Refusal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The folder of an embedded broker's data, or of a benchmark's: on a disk with room, and gone afterwards.
///
/// Beside it is a file that its process keeps locked. A process that was killed leaves both behind, but not the
/// lock, so the next one that needs a folder sweeps them away.
public final class DataFolder implements AutoCloseable {
    /// The least free space to start with: a job's results stay until their fleet is taken down.
    static final long FREE_BYTES_MIN = 1L << 30;

    private static final Logger LOG = LoggerFactory.getLogger(DataFolder.class);
    private static final Set<String> IN_MEMORY = Set.of("tmpfs", "ramfs");
    private static final String LOCK = ".lock";

    // Whatever else is in the base, such as another program's locks, is not ours to delete.
    private static final Pattern LOCK_FILE = Pattern.compile("fleet-\\d+-[0-9a-f]{8}\\.lock");
    private static final int TRIES = 5;

    // A process that opens and closes a file loses its own lock on it, so it must not look at its own.
    private static final Set<Path> OURS = ConcurrentHashMap.newKeySet();

    private final Path folder;
    private final Path lockFile;
    private final FileChannel lock;

    private DataFolder(Path folder, Path lockFile, FileChannel lock) {
        this.folder = folder;
        this.lockFile = lockFile;
        this.lock = lock;
    }

    /// Makes a folder in `base` after sweeping those of dead processes.
    ///
    /// @throws Refusal when there is too little room, or `base` is no place for data ([ExitCode#MACHINE])
    public static DataFolder open(Path base) {
        try {
            for (var tries = 1; ; tries++) {
                try {
                    Files.createDirectories(base);
                    checkPlace(base, Files.getFileStore(base).type());
                    sweep(base);
                    checkRoom(base, Files.getFileStore(base).getUsableSpace(), FREE_BYTES_MIN);
                    return make(base);
                } catch (NoSuchFileException e) { // another process has just left, and taken the empty base with it
                    if (tries == TRIES) {
                        throw e;
                    }
                }
            }
        } catch (IOException e) {
            throw new Refusal(ExitCode.MACHINE, "cannot keep data in " + base + ": " + e, e);
        }
    }

    /// Deletes what dead processes left in `base`, which may be missing.
    static void sweep(Path base) throws IOException {
        if (!Files.isDirectory(base)) {
            return;
        }
        List<Path> locks;
        try (var files = Files.list(base)) {
            locks = files.filter(file ->
                            LOCK_FILE.matcher(file.getFileName().toString()).matches() && !OURS.contains(file))
                    .toList();
        }
        for (var file : locks) {
            sweepIfDead(file);
        }
    }

    private static void sweepIfDead(Path file) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE);
                var held = channel.tryLock()) {
            if (held != null) {
                LOG.info("{} is a dead process's: deleted", file);
                var name = file.toString();
                Folders.delete(Path.of(name.substring(0, name.length() - LOCK.length())));
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException e) {
            LOG.debug("{} has just been deleted by another process", file);
        }
    }

    private static DataFolder make(Path base) throws IOException {
        var name = "fleet-" + ProcessHandle.current().pid() + "-"
                + UUID.randomUUID().toString().substring(0, 8);
        var lockFile = base.resolve(name + LOCK);
        // Gets its name when it is locked: under that name, unlocked means dead.
        var unnamed = base.resolve(name + ".new");
        OURS.add(lockFile);
        var lock = FileChannel.open(unnamed, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        if (lock.tryLock() == null) {
            throw new IOException(unnamed + " is locked by another process");
        }
        Files.move(unnamed, lockFile, StandardCopyOption.ATOMIC_MOVE);
        return new DataFolder(Files.createDirectory(base.resolve(name)), lockFile, lock);
    }

    public Path path() {
        return folder;
    }

    /// Deletes it, and the base when nothing else is in it.
    @Override
    public void close() {
        try {
            Folders.delete(folder);
            Files.deleteIfExists(lockFile);
            lock.close();
            OURS.remove(lockFile);
            Files.deleteIfExists(Objects.requireNonNull(folder.getParent()));
        } catch (DirectoryNotEmptyException e) {
            LOG.debug("{} is left, others are in it", folder.getParent());
        } catch (IOException e) {
            LOG.warn("{} cannot be deleted: {}", folder, e.toString());
        }
    }

    static void checkPlace(Path base, String fileSystem) {
        if (IN_MEMORY.contains(fileSystem)) {
            throw new Refusal(
                    ExitCode.MACHINE,
                    base + " is in memory (" + fileSystem + "), allowed: a folder on a disk; name one with --data");
        }
    }

    static void checkRoom(Path base, long freeBytes, long wantedBytes) {
        if (freeBytes < wantedBytes) {
            throw new Refusal(
                    ExitCode.MACHINE,
                    "the disk of %s has %s free, needed: %s; free some, or name a folder on another disk with --data"
                            .formatted(base, Units.bytes(freeBytes), Units.bytes(wantedBytes)));
        }
    }
}

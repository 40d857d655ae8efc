package millrace.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import millrace.proto.ExitCode;
import millrace.proto.Refusal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The folder of an embedded broker's data: on a disk with room, and gone afterwards. A process that was killed leaves
/// its folder behind, but not the lock on it, so the next one that needs a folder sweeps it away.
final class DataFolder implements AutoCloseable {
    /// The least free space to start with: a job's results stay until their fleet is taken down.
    static final long FREE_BYTES_MIN = 1L << 30;

    private static final Logger LOG = LoggerFactory.getLogger(DataFolder.class);
    private static final Set<String> IN_MEMORY = Set.of("tmpfs", "ramfs");
    private static final String LOCK = ".lock";

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
    static DataFolder open(Path base) {
        try {
            Files.createDirectories(base);
            checkPlace(base);
            // Held while locks are taken and tried, else one that is just being made looks like a dead one's.
            try (var turn = FileChannel.open(
                            base.resolve("sweep"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    var _ = turn.lock()) {
                sweep(base);
                checkRoom(base);
                return make(base);
            }
        } catch (IOException e) {
            throw new Refusal(ExitCode.MACHINE, "cannot keep data in " + base + ": " + reason(e), e);
        }
    }

    Path path() {
        return folder;
    }

    /// Deletes it.
    @Override
    public void close() {
        try {
            Folders.delete(folder);
            Files.deleteIfExists(lockFile);
            lock.close();
        } catch (IOException e) {
            LOG.warn("{} cannot be deleted: {}", folder, reason(e));
        }
    }

    private static DataFolder make(Path base) throws IOException {
        var name = "fleet-" + ProcessHandle.current().pid() + "-" + UUID.randomUUID().toString().substring(0, 8);
        var lockFile = base.resolve(name + LOCK);
        var lock = FileChannel.open(lockFile, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        if (lock.tryLock() == null) {
            throw new IOException("the new file " + lockFile + " is locked by another process");
        }
        return new DataFolder(Files.createDirectory(base.resolve(name)), lockFile, lock);
    }

    private static void sweep(Path base) throws IOException {
        List<Path> locks;
        try (var files = Files.list(base)) {
            locks = files.filter(file -> file.toString().endsWith(LOCK)).toList();
        }
        for (var file : locks) {
            try (var channel = FileChannel.open(file, StandardOpenOption.WRITE);
                    var held = tryLock(channel)) {
                if (held != null) {
                    var name = file.toString();
                    LOG.info("{} is a dead process's: deleted", file);
                    Folders.delete(Path.of(name.substring(0, name.length() - LOCK.length())));
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // held by this process
        }
    }

    private static void checkPlace(Path base) throws IOException {
        var store = Files.getFileStore(base);
        if (IN_MEMORY.contains(store.type())) {
            throw new Refusal(
                    ExitCode.MACHINE,
                    base + " is in memory (" + store.type() + "), allowed: a folder on a disk; name one with --data");
        }
    }

    private static void checkRoom(Path base) throws IOException {
        checkRoom(base, Files.getFileStore(base).getUsableSpace(), FREE_BYTES_MIN);
    }

    static void checkRoom(Path base, long freeBytes, long wantedBytes) {
        if (freeBytes < wantedBytes) {
            throw new Refusal(
                    ExitCode.MACHINE,
                    "the disk of %s has %s free, needed: %s; free some, or name a folder on another disk with --data"
                            .formatted(base, Units.bytes(freeBytes), Units.bytes(wantedBytes)));
        }
    }

    private static String reason(IOException e) {
        return e.getClass().getSimpleName() + ": " + e.getMessage();
    }
}

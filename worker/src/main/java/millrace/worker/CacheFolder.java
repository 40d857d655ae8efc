package millrace.worker;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A folder that belongs to one process as long as it lives, by a lock that the system gives back when the
/// process is killed. Folders of processes that are gone are removed by the next one that starts beside them.
final class CacheFolder implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(CacheFolder.class);
    private static final String LOCK = "lock";

    // This process's own are not tried: closing a file gives back every lock that the process has on it.
    private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

    private final Path folder;
    private final FileChannel channel;

    private CacheFolder(Path folder, FileChannel channel) {
        this.folder = folder;
        this.channel = channel;
    }

    /// @param parent where the folders of all processes of this machine are; made when it is missing
    /// @param name   of this process, as no other process ever has
    static CacheFolder open(Path parent, String name) throws IOException {
        Files.createDirectories(parent);
        sweep(parent);
        var folder = Files.createDirectory(parent.toRealPath().resolve(name));
        OWN.add(folder);
        // Locked before others can see it: to them a lock that nobody holds is that of a process that is gone.
        var unseen = folder.resolve(LOCK + ".new");
        var channel = FileChannel.open(unseen, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        if (channel.tryLock() == null) {
            throw new IOException(folder + " is in use by another process");
        }
        Files.move(unseen, folder.resolve(LOCK), StandardCopyOption.ATOMIC_MOVE);
        return new CacheFolder(folder, channel);
    }

    Path path() {
        return folder;
    }

    private static void sweep(Path parent) throws IOException {
        try (var folders = Files.newDirectoryStream(parent.toRealPath(), Files::isDirectory)) {
            for (var other : folders) {
                if (!OWN.contains(other) && isAbandoned(other)) {
                    log.info("removing {} of a process that is gone", other);
                    remove(other);
                }
            }
        }
    }

    // Without a lock file it is none of ours, or just being made.
    private static boolean isAbandoned(Path other) throws IOException {
        try (var channel = FileChannel.open(other.resolve(LOCK), StandardOpenOption.WRITE)) {
            return channel.tryLock() != null;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private static void remove(Path folder) {
        try (var files = Files.list(folder)) {
            for (var file : List.copyOf(files.toList())) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            log.warn("cannot remove {}: {}", folder, e.toString());
        }
    }

    @Override
    public void close() {
        remove(folder);
        OWN.remove(folder);
        try {
            channel.close();
        } catch (IOException e) {
            log.debug("the lock of {} is not given back in order", folder, e);
        }
    }
}

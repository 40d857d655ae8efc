package millrace.worker;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import millrace.proto.Blob;
import millrace.proto.BlobMissing;
import millrace.proto.CancelledException;
import org.jspecify.annotations.Nullable;

/// The blobs of a worker process, as files of a folder of its own. Each is fetched once, by the first task that
/// asks while the others wait, and mapped once for all threads. What no task uses goes when room is needed, the
/// one longest unused first. Any thread.
final class BlobCache {
    /// Brings a blob into a new file.
    interface Source {
        /// @param into  does not exist yet
        /// @throws BlobMissing when the blob cannot be had, or is broken; what is in the file then is of no use
        void fetch(Blob blob, Path into, BooleanSupplier cancelled) throws BlobMissing, CancelledException, IOException;
    }

    /// A blob's bytes, and how many were fetched for it.
    record Got(MemorySegment segment, long fetchedBytes) {}

    private static final long LOOK_MILLIS = 50;

    private static final class Entry {
        final Blob blob;
        final Path file;
        int users;
        // Null while it is fetched. The mapping outlives the file: it goes when nobody refers to it any more.
        @Nullable
        MemorySegment segment;

        Entry(Blob blob, Path file) {
            this.blob = blob;
            this.file = file;
        }
    }

    private final Path folder;
    private final long bytesMax;
    private final Source source;
    private final Map<Blob, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;
    private long files;

    /// @param folder   of this process alone; exists
    /// @param bytesMax the most bytes of all its files
    BlobCache(Path folder, long bytesMax, Source source) {
        this.folder = folder;
        this.bytesMax = bytesMax;
        this.source = source;
    }

    /// The blob, which stays until it is released as often as it was got.
    ///
    /// @throws BlobMissing when it cannot be had, or there is no room for it
    Got get(Blob blob, BooleanSupplier cancelled) throws BlobMissing, CancelledException {
        Entry entry;
        synchronized (this) {
            for (entry = entries.get(blob); entry != null; entry = entries.get(blob)) {
                if (entry.segment != null) {
                    entry.users++;
                    return new Got(entry.segment, 0);
                }
                checkWanted(cancelled);
                try {
                    wait(LOOK_MILLIS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new CancelledException();
                }
            }
            entry = begin(blob);
        }
        MemorySegment segment = null;
        try {
            source.fetch(blob, entry.file, cancelled);
            segment = map(entry);
            return new Got(segment, blob.bytes());
        } catch (IOException e) {
            throw new BlobMissing(blob, "cannot be kept in " + folder + ": " + e);
        } finally {
            end(entry, segment);
        }
    }

    synchronized void release(Blob blob) {
        var entry = entries.get(blob);
        if (entry != null && entry.users > 0) {
            entry.users--;
        }
    }

    /// The bytes of its files.
    synchronized long bytes() {
        return bytes;
    }

    private static void checkWanted(BooleanSupplier cancelled) throws CancelledException {
        if (cancelled.getAsBoolean()) {
            throw new CancelledException();
        }
    }

    private Entry begin(Blob blob) throws BlobMissing {
        makeRoom(blob);
        var entry = new Entry(blob, folder.resolve(blob.hex() + "." + files++));
        entry.users = 1;
        entries.put(blob, entry);
        bytes += blob.bytes();
        return entry;
    }

    private void makeRoom(Blob blob) throws BlobMissing {
        var oldest = entries.values().iterator();
        while (bytes + blob.bytes() > bytesMax && oldest.hasNext()) {
            var entry = oldest.next();
            if (entry.users == 0) {
                oldest.remove();
                drop(entry);
            }
        }
        if (bytes + blob.bytes() > bytesMax) {
            throw new BlobMissing(
                    blob,
                    "no room for it: tasks use %d of the %d bytes that %s allows"
                            .formatted(bytes, bytesMax, BlobConfig.BYTES));
        }
    }

    private void drop(Entry entry) {
        bytes -= entry.blob.bytes();
        try {
            Files.deleteIfExists(entry.file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("cannot delete " + entry.file, e);
        }
    }

    private static MemorySegment map(Entry entry) throws IOException, BlobMissing {
        try (var channel = FileChannel.open(entry.file, StandardOpenOption.READ)) {
            if (channel.size() != entry.blob.bytes()) {
                throw new BlobMissing(entry.blob, "its file has " + channel.size() + " bytes");
            }
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, entry.blob.bytes(), Arena.ofAuto());
        }
    }

    private synchronized void end(Entry entry, @Nullable MemorySegment segment) {
        entry.segment = segment;
        if (segment == null) {
            entries.remove(entry.blob);
            drop(entry);
        }
        notifyAll();
    }
}

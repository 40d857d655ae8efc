package millrace.bench;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import millrace.proto.Blob;
import millrace.proto.BlobMissing;
import millrace.proto.WarmMaker;
import millrace.proto.Work;

/// What kernels are given in one JVM without a fleet: blobs are mapped from a folder's files, and what is warm stays
/// as long as the JVM. Any thread.
final class LocalWork implements Work {
    private final Path folder;
    private final Map<Blob, MemorySegment> blobs = new HashMap<>();
    private final Map<String, Object> warm = new HashMap<>();

    /// @param folder holds each blob as a file whose name is the digest in hexadecimal
    LocalWork(Path folder) {
        this.folder = folder;
    }

    @Override
    public boolean cancelled() {
        return false;
    }

    @Override
    public MemorySegment blob(Blob blob) throws BlobMissing {
        synchronized (blobs) {
            var mapped = blobs.get(blob);
            if (mapped == null) {
                mapped = map(blob);
                blobs.put(blob, mapped);
            }
            return mapped;
        }
    }

    private MemorySegment map(Blob blob) throws BlobMissing {
        try (var file = FileChannel.open(folder.resolve(blob.hex()), StandardOpenOption.READ)) {
            return file.map(FileChannel.MapMode.READ_ONLY, 0, blob.bytes(), Arena.ofAuto());
        } catch (IOException e) {
            throw new BlobMissing(blob, e.toString());
        }
    }

    // The others wait while one makes it, as in a worker.
    @Override
    @SuppressWarnings("unchecked") // a key names one content, and so one type
    public <T> T warm(String key, WarmMaker<T> maker) throws Exception {
        synchronized (warm) {
            var made = (T) warm.get(key);
            if (made == null) {
                made = maker.make();
                warm.put(key, made);
            }
            return made;
        }
    }
}

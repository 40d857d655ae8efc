package millrace.worker.kernels;

import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import millrace.proto.Blob;
import millrace.proto.BlobMissing;
import millrace.proto.Work;

/// A task whose blobs are in memory.
final class BlobWork implements Work {
    private final Map<Blob, byte[]> blobs = new HashMap<>();

    Blob put(byte[] bytes) {
        var blob = Blob.of(bytes);
        blobs.put(blob, bytes);
        return blob;
    }

    @Override
    public boolean cancelled() {
        return false;
    }

    @Override
    public MemorySegment blob(Blob blob) throws BlobMissing {
        var bytes = blobs.get(blob);
        if (bytes == null) {
            throw new BlobMissing(blob, "not put");
        }
        return MemorySegment.ofArray(bytes).asReadOnly();
    }
}

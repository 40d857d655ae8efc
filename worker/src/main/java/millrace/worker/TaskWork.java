package millrace.worker;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import millrace.proto.Blob;
import millrace.proto.BlobMissing;
import millrace.proto.CancelledException;
import millrace.proto.Result;
import millrace.proto.WarmMaker;
import millrace.proto.Work;

/// One task's share of what its worker has: what it asked for stays until it is over. Used by the computing
/// thread; [#cancel] by any.
final class TaskWork implements Work, AutoCloseable {
    private final Supplies supplies;
    private final String kernel;
    private final Map<Blob, MemorySegment> blobs = new HashMap<>();
    private final List<String> keys = new ArrayList<>();
    private volatile boolean cancelled;
    private long warmNanos;
    private long blobNanos;
    private long blobBytes;

    /// @param kernel name and version: what one kernel keeps warm is none of another's
    TaskWork(Supplies supplies, String kernel) {
        this.supplies = supplies;
        this.kernel = kernel;
    }

    void cancel() {
        cancelled = true;
    }

    @Override
    public boolean cancelled() {
        return cancelled;
    }

    @Override
    public MemorySegment blob(Blob blob) throws BlobMissing, CancelledException {
        var mine = blobs.get(blob);
        if (mine != null) {
            return mine;
        }
        if (blob.isEmpty()) {
            return Work.super.blob(blob);
        }
        var started = System.nanoTime();
        try {
            var got = supplies.blobs().get(blob, this::cancelled);
            blobs.put(blob, got.segment());
            blobBytes += got.fetchedBytes();
            return got.segment();
        } finally {
            blobNanos += System.nanoTime() - started;
        }
    }

    @Override
    public <T> T warm(String key, WarmMaker<T> maker) throws Exception {
        var started = System.nanoTime();
        var fetching = blobNanos;
        var full = kernel + " " + key;
        try {
            T value = supplies.shelf().get(full, maker, this::cancelled);
            keys.add(full);
            return value;
        } finally {
            warmNanos += System.nanoTime() - started - (blobNanos - fetching);
        }
    }

    /// What it spent on getting ready.
    Result.Extra extra() {
        return new Result.Extra(Math.max(0, warmNanos), Math.max(0, blobNanos), blobBytes);
    }

    /// The task is over: what it used may go.
    @Override
    public void close() {
        blobs.keySet().forEach(supplies.blobs()::release);
        keys.forEach(supplies.shelf()::release);
    }
}

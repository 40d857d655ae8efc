package millrace.aggregator;

import com.google.protobuf.ByteString;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import millrace.proto.Blob;
import millrace.proto.BlobMissing;
import millrace.proto.BlobPlace;
import millrace.proto.OutputPart;
import millrace.proto.blobs.BlobTopic;
import org.apache.kafka.common.errors.InterruptException;

/// Puts and reads the parts of runs, and begins with those that will be wanted next while the joiner works on what it
/// has: else a merge would wait for the brokers most of the time. One thread.
final class PartMover {
    private final BlobTopic blobs;
    private final PlacedValues values;
    // By the parts themselves, not by their bytes: who asks again asks with the same.
    private final IdentityHashMap<OutputPart, BlobTopic.Putting> puts = new IdentityHashMap<>();
    private final IdentityHashMap<OutputPart, FutureTask<ByteString>> reads = new IdentityHashMap<>();

    /// @param values reads parts; used by several threads
    PartMover(BlobTopic blobs, PlacedValues values) {
        this.blobs = blobs;
        this.values = values;
    }

    /// Begins to move what is wanted now and what will be next. What was begun before and is neither is forgotten.
    void begin(RunPart wanted, List<RunPart> ahead) {
        Set<OutputPart> near = Collections.newSetFromMap(new IdentityHashMap<>());
        near.add(wanted.part());
        ahead.forEach(one -> near.add(one.part()));
        puts.keySet().removeIf(part -> !near.contains(part));
        reads.keySet().removeIf(part -> !near.contains(part));
        if (wanted.part() instanceof OutputPart.Data data) {
            begin(wanted.job(), data);
        }
        for (var one : ahead) {
            switch (one.part()) {
                case OutputPart.Data data -> begin(one.job(), data);
                case OutputPart.Placed placed -> begin(placed);
            }
        }
    }

    private void begin(String job, OutputPart.Data part) {
        puts.computeIfAbsent(part, _ -> blobs.beginValue(Blob.of(part.bytes()), part.bytes(), job));
    }

    private void begin(OutputPart.Placed part) {
        reads.computeIfAbsent(part, _ -> {
            var read = new FutureTask<>(() -> values.bytes(part.place()));
            Thread.ofVirtual().name("part").start(read);
            return read;
        });
    }

    /// Puts a part, durably.
    BlobPlace put(String job, OutputPart.Data part) {
        var begun = puts.remove(part);
        return begun == null ? blobs.writeValue(Blob.of(part.bytes()), part.bytes(), job) : begun.place();
    }

    /// The bytes of a part.
    ///
    /// @throws BlobMissing when it is gone or broken
    ByteString read(OutputPart.Placed part) throws BlobMissing {
        var read = reads.remove(part);
        if (read == null) {
            return values.bytes(part.place());
        }
        try {
            return read.get();
        } catch (ExecutionException e) {
            return values.bytes(part.place()); // fails as the other did, or goes better
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}

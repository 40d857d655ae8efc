package millrace.aggregator;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import millrace.proto.BlobPlace;
import millrace.proto.OutputPart;
import org.jspecify.annotations.Nullable;

/// Counts by key that are in no table: their canonical bytes, cut between keys into parts. Those of a worker's value
/// are on the topic of blobs, those of a table are put there one after the other.
final class Run {
    /// What a part takes that was put.
    private static final long PLACE_BYTES = 300;

    private final List<OutputPart> parts;
    private long bytes;
    private long bytesHere;
    private long partBytes;
    // Those before this one were put.
    private int next;

    /// @param parts in the order of their keys
    Run(Collection<? extends OutputPart> parts) {
        this.parts = new ArrayList<>(parts);
        for (var part : parts) {
            var size = switch (part) {
                case OutputPart.Data(var data) -> {
                    bytesHere += data.size();
                    yield data.size();
                }
                case OutputPart.Placed(var place) -> place.blob().bytes();
            };
            bytes += size;
            partBytes = Math.max(partBytes, size);
        }
    }

    List<OutputPart> parts() {
        return List.copyOf(parts);
    }

    /// Of all its parts.
    long bytes() {
        return bytes;
    }

    /// Of its largest part.
    long partBytes() {
        return partBytes;
    }

    /// In memory, roughly.
    long memoryBytes() {
        return bytesHere + PLACE_BYTES * parts.size();
    }

    /// The next part that is to be put, or null when all of them were.
    OutputPart.@Nullable Data toBePut() {
        while (next < parts.size()) {
            if (parts.get(next) instanceof OutputPart.Data data) {
                return data;
            }
            next++;
        }
        return null;
    }

    /// All parts that are still to be put, in their order.
    List<OutputPart> allToBePut() {
        return toBePut() == null ? List.of() : List.copyOf(parts.subList(next, parts.size()));
    }

    /// The part that was to be put is there.
    void put(BlobPlace place) {
        bytesHere -= place.blob().bytes();
        parts.set(next++, new OutputPart.Placed(place));
    }
}

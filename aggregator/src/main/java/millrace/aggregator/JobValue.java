package millrace.aggregator;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.List;
import java.util.Objects;
import millrace.proto.BlobPlace;
import millrace.proto.Digests;
import millrace.proto.OutputPart;
import org.jspecify.annotations.Nullable;

/// The value of a job, of which some may be elsewhere, and the output that it becomes.
final class JobValue {
    private final JoinedValue joined;

    JobValue(JoinedValue joined) {
        this.joined = joined;
    }

    /// @throws IllegalArgumentException when the join cannot take it; then nothing has changed
    void add(Partial partial, long first, long end) {
        partial.addTo(joined, first, end);
    }

    long memoryBytes() {
        return joined.memoryBytes();
    }

    /// What a snapshot keeps.
    ByteString state() {
        return UnsafeByteOperations.unsafeWrap(joined.state());
    }

    /// The output's bytes, or the parts that they are made of.
    ByteString output() {
        var bytes = ByteString.newOutput(1 << 16);
        try {
            var placed = placed();
            if (placed == null) {
                whole().writeTo(bytes);
            } else {
                placed.writeParts(bytes);
            }
        } catch (IOException e) {
            throw new AssertionError("memory is written without I/O", e);
        }
        return bytes.toByteString();
    }

    /// The bytes of all that the parts stand for, or [JobEnd#WHOLE] when the output is no parts.
    long partsBytes() {
        var placed = placed();
        return placed == null ? JobEnd.WHOLE : placed.outputBytes();
    }

    /// The output's digest.
    ByteString digest() {
        var placed = placed();
        if (placed != null) {
            return UnsafeByteOperations.unsafeWrap(placed.digest());
        }
        var sha = Digests.sha256();
        try (var out = new DigestOutputStream(OutputStream.nullOutputStream(), sha)) {
            whole().writeTo(out);
        } catch (IOException e) {
            throw new AssertionError("memory is written without I/O", e);
        }
        return UnsafeByteOperations.unsafeWrap(sha.digest());
    }

    // What has the output.
    private JoinedValue whole() {
        var merged = joined instanceof JoinedCounts counts ? counts.output() : null;
        return merged == null ? joined : merged;
    }

    // The output, when some of it is elsewhere.
    private @Nullable JoinedBytes placed() {
        return whole() instanceof JoinedBytes bytes && bytes.isPlaced() ? bytes : null;
    }

    /// Whether some of it is elsewhere: then that has to be read before there is an output.
    boolean isElsewhere() {
        return (joined instanceof JoinedCounts counts && counts.hasRuns()) || placed() != null;
    }

    /// The next value that is to be read for the output's digest, or null when there is none now.
    ///
    /// @param limit what comes before this item is final
    @Nullable
    BlobPlace toBeRead(long limit) {
        var placed = placed();
        return placed == null ? null : placed.toBeRead(limit);
    }

    /// A digest for the bytes of the value that is [#toBeRead].
    MessageDigest reading() {
        return Objects.requireNonNull(placed(), "nothing is elsewhere").reading();
    }

    /// All bytes of that value went into the digest.
    void read(MessageDigest digest) {
        Objects.requireNonNull(placed(), "nothing is elsewhere").read(digest);
    }

    /// Whether nothing should be added before the part that is [#wanted] was put.
    boolean isFull() {
        return joined instanceof JoinedCounts counts && counts.isFull();
    }

    /// The part that is to be put or read now, or null.
    ///
    /// @param ended whether no more items come
    @Nullable
    OutputPart wanted(boolean ended) {
        return joined instanceof JoinedCounts counts ? counts.wanted(ended) : null;
    }

    /// What will be [#wanted] after that, as far as is known.
    List<OutputPart> ahead() {
        return joined instanceof JoinedCounts counts ? counts.ahead() : List.of();
    }

    /// A part that was [#wanted] was put there.
    void put(OutputPart.Data part, BlobPlace place) {
        if (joined instanceof JoinedCounts counts) {
            counts.put(part, place);
        }
    }

    /// A part that was [#wanted] has these bytes.
    ///
    /// @throws IllegalArgumentException when they are no counts
    void read(OutputPart.Placed part, ByteString bytes) {
        if (joined instanceof JoinedCounts counts) {
            counts.read(part, bytes);
        }
    }
}

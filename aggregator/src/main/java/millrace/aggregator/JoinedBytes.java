package millrace.aggregator;

import com.google.errorprone.annotations.FormatMethod;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import millrace.proto.BlobPlace;
import millrace.proto.Description;
import millrace.proto.Digests;
import millrace.proto.OutputPart;
import org.jspecify.annotations.Nullable;

/// The bytes of all items that are done, in the order of the items.
///
/// Large partial values are elsewhere, and only their places are here. The digest of the output needs their
/// bytes all the same: whoever can read them feeds them in the order of the items ([#toBeRead]), while the job
/// goes on, so that little is left when it ends.
///
/// State: each run of items that do not touch another's, in order: its first item, its end and its number of
/// bytes (eight bytes each, the highest first), then its bytes. A value that is elsewhere is a run of its own,
/// with the negated number of bytes of its place, then its place.
final class JoinedBytes implements JoinedValue {
    /// Neighbours are put together up to this size: else a million pieces of a few bytes would take a hundred
    /// times as much.
    private static final int SMALL_BYTES = 4096;

    /// What a piece takes beside its bytes: a tree's node, two boxed numbers, an array's header.
    private static final int PIECE_BYTES = 128;

    private static final int RUN_BYTES = 3 * Long.BYTES;

    // What a place takes for each piece of its blob.
    private static final long OFFSET_BYTES = 24L;

    private static final byte[] NONE = {};

    private static final class Piece {
        final long end;
        final byte[] bytes;
        final @Nullable BlobPlace place;

        Piece(long end, byte[] bytes, @Nullable BlobPlace place) {
            this.end = end;
            this.bytes = bytes;
            this.place = place;
        }

        long memoryBytes() {
            return PIECE_BYTES
                    + (place == null
                            ? bytes.length
                            : 200 + OFFSET_BYTES * place.offsets().size());
        }
    }

    /// By the first item of each; disjoint.
    private final TreeMap<Long, Piece> pieces = new TreeMap<>();

    private long outputBytes;
    private long memoryBytes;
    private int placed;
    // Over the output as far as its values were read: up to, not including, this item.
    private MessageDigest read = Digests.sha256();
    private long readTo = -1;

    static JoinedBytes restore(byte[] state) {
        var restored = new JoinedBytes();
        var buffer = ByteBuffer.wrap(state);
        var low = 0L;
        var touchable = true;
        while (buffer.hasRemaining()) {
            require(buffer.remaining() >= RUN_BYTES, "a run begins in the last %d bytes", buffer.remaining());
            var first = buffer.getLong();
            var end = buffer.getLong();
            var length = buffer.getLong();
            // Only a value that is elsewhere touches its neighbours.
            require(
                    low <= first
                            && first < end
                            && end <= Description.ITEMS_MAX
                            && (first > low || first == 0 || touchable || length < 0),
                    "bad run [%d, %d)",
                    first,
                    end);
            require(
                    Math.abs(length) >= 0 && Math.abs(length) <= buffer.remaining(),
                    "the run [%d, %d) has %d bytes, %d are left",
                    first,
                    end,
                    length,
                    buffer.remaining());
            var bytes = new byte[(int) Math.abs(length)];
            buffer.get(bytes);
            if (length < 0) {
                restored.add(first, end, BlobPlace.parse(UnsafeByteOperations.unsafeWrap(bytes)));
                low = end;
                touchable = true;
            } else {
                restored.add(first, end, bytes);
                low = end;
                touchable = false;
            }
        }
        return restored;
    }

    @FormatMethod
    private static void require(boolean holds, String message, Object... arguments) {
        if (!holds) {
            throw new IllegalArgumentException("bad state: " + message.formatted(arguments));
        }
    }

    @Override
    public void add(long first, long end, byte[] partial) {
        var lower = checkNew(first, end);
        var upper = pieces.get(end);
        var from = first;
        var to = end;
        var bytes = partial;
        if (lower != null && lower.getValue().end == first && first != readTo && small(lower.getValue(), bytes)) {
            from = lower.getKey();
            bytes = joined(lower.getValue().bytes, bytes);
            memoryBytes -= lower.getValue().memoryBytes();
        }
        if (upper != null && end != readTo && small(upper, bytes)) {
            to = upper.end;
            bytes = joined(bytes, upper.bytes);
            memoryBytes -= upper.memoryBytes();
            pieces.remove(end);
        }
        put(from, new Piece(to, bytes, null));
        outputBytes += partial.length;
    }

    @Override
    public void add(long first, long end, List<BlobPlace> parts) {
        Check.require(
                parts.size() == 1, "a value of items [%d, %d) is in %d parts, allowed 1", first, end, parts.size());
        add(first, end, parts.getFirst());
    }

    void add(long first, long end, BlobPlace partial) {
        checkNew(first, end);
        put(first, new Piece(end, NONE, partial));
        outputBytes += partial.blob().bytes();
        placed++;
    }

    /// Adds a part behind all others, for an output that nobody asks for its items.
    void append(OutputPart part) {
        var first = pieces.isEmpty() ? 0 : pieces.lastEntry().getValue().end;
        switch (part) {
            case OutputPart.Data(var bytes) -> add(first, first + 1, bytes.toByteArray());
            case OutputPart.Placed(var place) -> add(first, first + 1, place);
        }
    }

    private void put(long first, Piece piece) {
        pieces.put(first, piece);
        memoryBytes += piece.memoryBytes();
    }

    private Map.@Nullable Entry<Long, Piece> checkNew(long first, long end) {
        var lower = pieces.lowerEntry(end);
        if (lower != null && lower.getValue().end > first) {
            throw new IllegalStateException("items of [%d, %d) are joined twice".formatted(first, end));
        }
        return lower;
    }

    private static boolean small(Piece neighbour, byte[] bytes) {
        return neighbour.place == null && (long) neighbour.bytes.length + bytes.length <= SMALL_BYTES;
    }

    private static byte[] joined(byte[] left, byte[] right) {
        var joined = Arrays.copyOf(left, left.length + right.length);
        System.arraycopy(right, 0, joined, left.length, right.length);
        return joined;
    }

    @Override
    public long memoryBytes() {
        return memoryBytes;
    }

    @Override
    public byte[] state() {
        var bytes = 0L;
        for (var run : runs()) {
            bytes += RUN_BYTES + run.bytes();
        }
        var state = ByteBuffer.allocate(Math.toIntExact(bytes));
        for (var run : runs()) {
            var place = run.place();
            state.putLong(run.first()).putLong(run.end()).putLong(place == null ? run.bytes() : -run.bytes());
            if (place != null) {
                state.put(place.asReadOnlyByteBuffer());
            } else {
                pieces.subMap(run.first(), run.end()).values().forEach(piece -> state.put(piece.bytes));
            }
        }
        return state.array();
    }

    private record Run(
            long first, long end, long bytes, @Nullable ByteString place) {}

    private List<Run> runs() {
        var runs = new ArrayList<Run>();
        pieces.forEach((first, piece) -> {
            var last = runs.isEmpty() ? null : runs.getLast();
            if (piece.place != null) {
                var place = piece.place.bytes();
                runs.add(new Run(first, piece.end, place.size(), place));
            } else if (last != null && last.end == first && last.place == null) {
                runs.set(runs.size() - 1, new Run(last.first, piece.end, last.bytes + piece.bytes.length, null));
            } else {
                runs.add(new Run(first, piece.end, piece.bytes.length, null));
            }
        });
        return runs;
    }

    /// The number of the output's bytes, with those that are elsewhere.
    long outputBytes() {
        return outputBytes;
    }

    /// The output's bytes; what is elsewhere is not among them.
    @Override
    public void writeTo(OutputStream out) throws IOException {
        if (placed > 0) {
            throw new IllegalStateException(placed + " values are elsewhere");
        }
        for (var piece : pieces.values()) {
            out.write(piece.bytes);
        }
    }

    /// Whether some of its values are elsewhere.
    boolean isPlaced() {
        return placed > 0;
    }

    /// Writes what the output is made of, one part after the other.
    void writeParts(OutputStream out) throws IOException {
        for (var piece : pieces.values()) {
            if (piece.place != null) {
                new OutputPart.Placed(piece.place).writeTo(out);
            } else if (piece.bytes.length > 0) {
                new OutputPart.Data(UnsafeByteOperations.unsafeWrap(piece.bytes)).writeTo(out);
            }
        }
    }

    /// The next value that is to be read for the digest, or null when there is none now.
    ///
    /// @param limit what comes before this item is final
    @Nullable
    BlobPlace toBeRead(long limit) {
        for (var next = pieces.ceilingEntry(readTo); next != null; next = pieces.ceilingEntry(readTo)) {
            if (next.getValue().end > limit) {
                return null;
            }
            if (next.getValue().place != null) {
                return next.getValue().place;
            }
            read.update(next.getValue().bytes);
            readTo = next.getValue().end;
        }
        return null;
    }

    /// A digest as it was before the value that is to be read, for whoever reads it.
    MessageDigest reading() {
        try {
            return (MessageDigest) read.clone();
        } catch (CloneNotSupportedException e) {
            throw new AssertionError("SHA-256 of every Java runtime can be copied", e);
        }
    }

    /// The value that was to be read is.
    ///
    /// @param after what [#reading] gave, over all bytes of the value
    void read(MessageDigest after) {
        var next = pieces.ceilingEntry(readTo);
        if (next == null || next.getValue().place == null) {
            throw new IllegalStateException("nothing was to be read at item " + readTo);
        }
        read = after;
        readTo = next.getValue().end;
    }

    /// The digest of the output, when nothing is left to be read.
    byte[] digest() {
        if (toBeRead(Long.MAX_VALUE) != null) {
            throw new IllegalStateException("values from item " + readTo + " on have not been read");
        }
        return reading().digest();
    }
}

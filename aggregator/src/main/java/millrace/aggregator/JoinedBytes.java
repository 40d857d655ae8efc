package millrace.aggregator;

import com.google.errorprone.annotations.FormatMethod;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.TreeMap;
import millrace.proto.Description;

/// The bytes of all items that are done, in the order of the items.
///
/// State: each run of items that do not touch another's, in order: its first item, its end and its number of bytes (eight
/// bytes each, the highest first), then its bytes.
final class JoinedBytes implements JoinedValue {
    /// Neighbours are put together up to this size: else a million pieces of a few bytes would take a hundred
    /// times as much.
    private static final int SMALL_BYTES = 4096;

    /// What a piece takes beside its bytes: a tree's node, two boxed numbers, an array's header.
    private static final int PIECE_BYTES = 128;

    private static final int RUN_BYTES = 3 * Long.BYTES;

    private static final class Piece {
        final long end;
        final byte[] bytes;

        Piece(long end, byte[] bytes) {
            this.end = end;
            this.bytes = bytes;
        }
    }

    /// By the first item of each; disjoint.
    private final TreeMap<Long, Piece> pieces = new TreeMap<>();

    private long outputBytes;

    static JoinedBytes restore(byte[] state) {
        var restored = new JoinedBytes();
        var buffer = ByteBuffer.wrap(state);
        var low = 0L;
        while (buffer.hasRemaining()) {
            require(buffer.remaining() >= RUN_BYTES, "a run begins in the last %d bytes", buffer.remaining());
            var first = buffer.getLong();
            var end = buffer.getLong();
            var length = buffer.getLong();
            require(low <= first && first < end && end <= Description.ITEMS_MAX, "bad run [%d, %d)", first, end);
            require(
                    0 <= length && length <= buffer.remaining(),
                    "the run [%d, %d) has %d bytes, %d are left",
                    first,
                    end,
                    length,
                    buffer.remaining());
            var bytes = new byte[(int) length];
            buffer.get(bytes);
            restored.add(first, end, bytes);
            low = end + 1;
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
        var lower = pieces.lowerEntry(end);
        if (lower != null && lower.getValue().end > first) {
            throw new IllegalStateException("items of [%d, %d) are joined twice".formatted(first, end));
        }
        var upper = pieces.get(end);
        var from = first;
        var to = end;
        var bytes = partial;
        if (lower != null && lower.getValue().end == first && small(lower.getValue().bytes, bytes)) {
            from = lower.getKey();
            bytes = joined(lower.getValue().bytes, bytes);
        }
        if (upper != null && small(bytes, upper.bytes)) {
            to = upper.end;
            bytes = joined(bytes, upper.bytes);
            pieces.remove(end);
        }
        pieces.put(from, new Piece(to, bytes));
        outputBytes += partial.length;
    }

    private static boolean small(byte[] left, byte[] right) {
        return (long) left.length + right.length <= SMALL_BYTES;
    }

    private static byte[] joined(byte[] left, byte[] right) {
        var joined = Arrays.copyOf(left, left.length + right.length);
        System.arraycopy(right, 0, joined, left.length, right.length);
        return joined;
    }

    @Override
    public long memoryBytes() {
        return outputBytes + (long) PIECE_BYTES * pieces.size();
    }

    @Override
    public byte[] state() {
        var state = ByteBuffer.allocate(Math.toIntExact(outputBytes + (long) RUN_BYTES * runs()));
        var run = 0; // where the current one begins
        var end = -1L;
        for (var piece : pieces.entrySet()) {
            if (piece.getKey() != end) {
                run = state.position();
                state.putLong(piece.getKey()).putLong(0).putLong(0);
            }
            end = piece.getValue().end;
            state.put(piece.getValue().bytes);
            state.putLong(run + Long.BYTES, end);
            state.putLong(run + 2 * Long.BYTES, state.position() - run - RUN_BYTES);
        }
        return state.array();
    }

    private int runs() {
        var runs = 0;
        var end = -1L;
        for (var piece : pieces.entrySet()) {
            if (piece.getKey() != end) {
                runs++;
            }
            end = piece.getValue().end;
        }
        return runs;
    }

    @Override
    public long outputBytes() {
        return outputBytes;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        for (var piece : pieces.values()) {
            out.write(piece.bytes);
        }
    }
}

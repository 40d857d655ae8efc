package millrace.proto;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/// Sets of [Entry], and the two orders in which joins choose among them.
///
/// Encoding: the entries in the order of [#LARGEST_FIRST], each its score (eight bytes of IEEE 754, the highest first),
/// its item (a varint), its payload's length (a varint) and its payload.
public final class Entries {
    /// The largest score first; among equal scores the lowest item, then the smallest payload, as unsigned bytes.
    public static final Comparator<Entry> LARGEST_FIRST =
            order(Comparator.comparingDouble(Entry::score).reversed());

    /// The smallest score first; among equal scores the lowest item, then the smallest payload, as unsigned bytes.
    public static final Comparator<Entry> SMALLEST_FIRST = order(Comparator.comparingDouble(Entry::score));

    private Entries() {}

    /// The canonical bytes of a set of entries, given in any order; what is given twice is in it once.
    public static byte[] encode(Collection<Entry> entries) {
        var sorted = new TreeSet<>(LARGEST_FIRST);
        sorted.addAll(entries);
        var bytes = ByteBuffer.allocate(sorted.stream().mapToInt(Entries::size).reduce(0, Math::addExact));
        for (var entry : sorted) {
            bytes.putDouble(entry.score());
            Varint.put(bytes, entry.item());
            Varint.put(bytes, entry.payload().size());
            entry.payload().copyTo(bytes);
        }
        return bytes.array();
    }

    private static int size(Entry entry) {
        var payload = entry.payload().size();
        return Double.BYTES + Varint.size(entry.item()) + Varint.size(payload) + payload;
    }

    /// Reads what [#encode] wrote; in the order of [#LARGEST_FIRST].
    ///
    /// @throws IllegalArgumentException when the bytes are not the canonical bytes of a set of entries
    public static List<Entry> decode(byte[] bytes) {
        var cursor = new Cursor("entries", bytes);
        var entries = new ArrayList<Entry>();
        while (!cursor.atEnd()) {
            var bits = cursor.fixed64();
            var score = Double.longBitsToDouble(bits);
            cursor.require(!Double.isNaN(score), "score is NaN");
            cursor.require(bits != Long.MIN_VALUE, "score is -0.0");
            var item = cursor.varint("item", 0, Description.ITEMS_MAX - 1);
            var length = (int) cursor.varint("payload's length", 0, Entry.PAYLOAD_BYTES_MAX);
            var entry = new Entry(score, item, ByteString.copyFrom(bytes, cursor.skip(length), length));
            cursor.require(
                    entries.isEmpty() || LARGEST_FIRST.compare(entries.getLast(), entry) < 0,
                    "entry %d does not come after the one before it",
                    entries.size());
            entries.add(entry);
        }
        return entries;
    }

    private static Comparator<Entry> order(Comparator<Entry> byScore) {
        return byScore.thenComparingLong(Entry::item)
                .thenComparing(Entry::payload, ByteString.unsignedLexicographicalComparator());
    }
}

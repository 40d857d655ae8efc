package millrace.aggregator;

import java.util.TreeSet;
import millrace.proto.Description;
import millrace.proto.Entries;
import millrace.proto.Entry;

/// The entries with the largest scores.
final class JoinedTop implements JoinedValue.Small {
    /// What an entry takes at most: a few objects and its payload.
    static final int ENTRY_BYTES = 160 + Entry.PAYLOAD_BYTES_MAX;

    private final int k;
    private final TreeSet<Entry> top = new TreeSet<>(Entries.LARGEST_FIRST);

    JoinedTop(int k) {
        this.k = k;
    }

    static JoinedTop restore(int k, byte[] state) {
        var restored = new JoinedTop(k);
        restored.add(0, Description.ITEMS_MAX, state);
        return restored;
    }

    @Override
    public void add(long first, long end, byte[] partial) {
        for (var entry : JoinedExtremes.entriesOf(first, end, partial)) {
            if (top.size() == k) {
                if (Entries.LARGEST_FIRST.compare(top.last(), entry) <= 0) {
                    return; // nor does any later one come before the last of the top
                }
                top.pollLast();
            }
            top.add(entry);
        }
    }

    @Override
    public long memoryBytes() {
        return (long) ENTRY_BYTES * top.size();
    }

    @Override
    public byte[] output() {
        return Entries.encode(top);
    }
}

package millrace.aggregator;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import millrace.proto.Description;
import millrace.proto.Entries;
import millrace.proto.Entry;
import org.jspecify.annotations.Nullable;

/// The smallest and the largest entry; one where they are the same, none where there is none.
final class JoinedExtremes implements JoinedValue.Small {
    private @Nullable Entry largest;
    private @Nullable Entry smallest;

    static JoinedExtremes restore(byte[] state) {
        var restored = new JoinedExtremes();
        restored.add(0, Description.ITEMS_MAX, state);
        return restored;
    }

    @Override
    public void add(long first, long end, byte[] partial) {
        for (var entry : entriesOf(first, end, partial)) {
            if (largest == null || Entries.LARGEST_FIRST.compare(entry, largest) < 0) {
                largest = entry;
            }
            if (smallest == null || Entries.SMALLEST_FIRST.compare(entry, smallest) < 0) {
                smallest = entry;
            }
        }
    }

    /// Reads entries that must have been found at the items `[first, end)`.
    static List<Entry> entriesOf(long first, long end, byte[] partial) {
        var entries = Entries.decode(partial);
        for (var entry : entries) {
            if (entry.item() < first || end <= entry.item()) {
                throw new IllegalArgumentException(
                        "an entry is of item %d, the task has [%d, %d)".formatted(entry.item(), first, end));
            }
        }
        return entries;
    }

    @Override
    public long memoryBytes() {
        return 2L * JoinedTop.ENTRY_BYTES;
    }

    @Override
    public byte[] output() {
        return Entries.encode(
                Stream.of(largest, smallest).filter(Objects::nonNull).toList());
    }
}

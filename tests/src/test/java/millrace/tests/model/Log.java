package millrace.tests.model;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// One partition of a topic.
///
/// Every append succeeds and is as good as on disk: a killed broker kept all of 20,000 acknowledged records in
/// each of three runs, and Millrace promises no more than that. Offsets are dense but for what compaction took
/// and for the markers that end transactions, each of which takes an offset of its own.
public final class Log {
    private final Facts facts;
    private final List<@Nullable Entry> entries = new ArrayList<>();
    private final SortedMap<Long, Long> producersByFirstOpenOffset = new TreeMap<>();
    private final Map<Long, Long> firstOpenOffsets = new HashMap<>();
    private long startOffset;

    Log(Facts facts) {
        this.facts = facts;
    }

    /// The first offset that has not been deleted.
    public long startOffset() {
        return startOffset;
    }

    /// The offset that the next record gets.
    public long endOffset() {
        return startOffset + entries.size();
    }

    /// The offset before which nothing is undecided: the first record of the oldest open transaction, else the
    /// end.
    public long lastStableOffset() {
        return producersByFirstOpenOffset.isEmpty() || !facts.hold(Fact.OPEN_TRANSACTION_HOLDS_READERS_BACK)
                ? endOffset()
                : producersByFirstOpenOffset.firstKey();
    }

    /// Where a reader of this isolation level has read everything there is for it.
    public long endOffset(Isolation isolation) {
        return switch (isolation) {
            case READ_UNCOMMITTED -> endOffset();
            case READ_COMMITTED -> lastStableOffset();
        };
    }

    /// Reads what a reader at `fromOffset` would be given, in order.
    ///
    /// @param fromOffset where to start; before the start offset it reads from there
    /// @param recordsMax at most so many records, at least 1
    public List<Entry> read(long fromOffset, Isolation isolation, int recordsMax) {
        List<Entry> found = new ArrayList<>();
        long end = endOffset(isolation);
        for (long offset = Math.max(fromOffset, startOffset); offset < end && found.size() < recordsMax; offset++) {
            Entry entry = at(offset);
            if (entry != null && entry.visible(isolation)) {
                found.add(entry);
            }
        }
        return found;
    }

    /// Deletes everything before `offset`, as retention does.
    ///
    /// @param offset at most the end offset; an offset that is deleted already changes nothing
    public void deleteBefore(long offset) {
        if (offset > endOffset()) {
            throw new IllegalArgumentException("offset " + offset + " is past the end " + endOffset());
        }
        if (offset > startOffset) {
            entries.subList(0, Math.toIntExact(offset - startOffset)).clear();
            startOffset = offset;
        }
    }

    /// Compacts everything before `offset`: of records with the same key the last one stays, the others leave
    /// gaps. Kafka promises no more, and it never touches an undecided transaction or the newest segment.
    public void compactBefore(long offset) {
        Set<ByteBuffer> later = new HashSet<>();
        long end = Math.min(offset, lastStableOffset());
        for (long at = endOffset() - 1; at >= startOffset; at--) {
            Entry entry = at(at);
            if (entry == null || !entry.visible(Isolation.READ_COMMITTED)) {
                continue;
            }
            byte[] key = entry.key();
            if (key != null && !later.add(ByteBuffer.wrap(key)) && at < end) {
                entries.set(Math.toIntExact(at - startOffset), null);
            }
        }
    }

    /// Appends one batch and returns its first offset.
    long append(List<Payload> batch, long producerId, long nowMillis) {
        long first = endOffset();
        long last = first + batch.size() - 1;
        boolean transactional = producerId != Entry.NO_TRANSACTION;
        if (transactional && firstOpenOffsets.putIfAbsent(producerId, first) == null) {
            producersByFirstOpenOffset.put(first, producerId);
        }
        Entry.Standing standing = transactional ? Entry.Standing.OPEN : Entry.Standing.PLAIN;
        for (Payload payload : batch) {
            entries.add(new Entry(endOffset(), payload.key(), payload.value(), nowMillis, last, producerId, standing));
        }
        return first;
    }

    /// Ends a producer's transaction here with a marker, which takes one offset, also when the producer wrote
    /// nothing here.
    void endTransaction(long producerId, boolean committed, long nowMillis) {
        Long first = firstOpenOffsets.remove(producerId);
        if (first != null) {
            producersByFirstOpenOffset.remove(first);
            Entry.Standing outcome = committed || !facts.hold(Fact.ABORTED_RECORDS_ARE_HIDDEN)
                    ? Entry.Standing.COMMITTED
                    : Entry.Standing.ABORTED;
            for (long offset = Math.max(first, startOffset); offset < endOffset(); offset++) {
                Entry entry = at(offset);
                if (entry != null && entry.producerId() == producerId && entry.standing() == Entry.Standing.OPEN) {
                    entry.settle(outcome);
                }
            }
        }
        if (facts.hold(Fact.MARKERS_TAKE_OFFSETS)) {
            long offset = endOffset();
            entries.add(new Entry(offset, null, null, nowMillis, offset, producerId, Entry.Standing.MARKER));
        }
    }

    /// The entry at an offset, or null where compaction left a gap.
    @Nullable
    Entry at(long offset) {
        return entries.get(Math.toIntExact(offset - startOffset));
    }

    /// The last offset of the batch that holds `offset`.
    long batchLastOffset(long offset) {
        Entry entry = at(offset);
        if (entry == null || entry.standing() != Entry.Standing.PLAIN) {
            throw new IllegalStateException(
                    "share groups are modelled over topics without transactions and compaction");
        }
        return entry.batchLastOffset();
    }
}

package millrace.tests.model;

import org.jspecify.annotations.Nullable;

/// What stands at one offset of a [Log]: a record, or the marker that ended a transaction there.
public final class Entry {
    /// Whether readers may see an entry. Only an entry of an open transaction ever changes it, once.
    enum Standing {
        PLAIN,
        OPEN,
        COMMITTED,
        ABORTED,
        MARKER
    }

    /// Producer of entries that belong to no transaction.
    static final long NO_TRANSACTION = -1;

    private final long offset;
    private final byte @Nullable [] key;
    private final byte @Nullable [] value;
    private final long timestampMillis;
    private final long batchLastOffset;
    private final long producerId;
    private Standing standing;

    Entry(
            long offset,
            byte @Nullable [] key,
            byte @Nullable [] value,
            long timestampMillis,
            long batchLastOffset,
            long producerId,
            Standing standing) {
        this.offset = offset;
        this.key = key;
        this.value = value;
        this.timestampMillis = timestampMillis;
        this.batchLastOffset = batchLastOffset;
        this.producerId = producerId;
        this.standing = standing;
    }

    public long offset() {
        return offset;
    }

    /// The key's bytes, not copied; null when the record has none.
    public byte @Nullable [] key() {
        return key;
    }

    /// The value's bytes, not copied; null is a tombstone.
    public byte @Nullable [] value() {
        return value;
    }

    /// The model's clock when the record was appended, as with `LogAppendTime`.
    public long timestampMillis() {
        return timestampMillis;
    }

    /// The last offset that was appended in the same request: share groups take hold of whole batches.
    long batchLastOffset() {
        return batchLastOffset;
    }

    long producerId() {
        return producerId;
    }

    Standing standing() {
        return standing;
    }

    void settle(Standing outcome) {
        standing = outcome;
    }

    boolean visible(Isolation isolation) {
        return switch (standing) {
            case PLAIN, COMMITTED -> true;
            case OPEN, ABORTED -> isolation == Isolation.READ_UNCOMMITTED;
            case MARKER -> false;
        };
    }
}

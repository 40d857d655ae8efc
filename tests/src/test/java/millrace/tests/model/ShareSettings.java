package millrace.tests.model;

import java.time.Duration;

/// The settings of a share group.
///
/// @param lock               how long an acquisition lasts, at least a millisecond
/// @param deliveryCountLimit deliveries of a record before it is dropped, at least 2
/// @param recordLocksMax     size of a partition's window, counting finished records, at least 1
/// @param offsetReset        where a group begins that never was here
public record ShareSettings(Duration lock, int deliveryCountLimit, int recordLocksMax, OffsetReset offsetReset) {
    /// `share.auto.offset.reset`.
    public enum OffsetReset {
        EARLIEST,
        LATEST
    }

    public ShareSettings {
        if (!lock.isPositive() || deliveryCountLimit < 2 || recordLocksMax < 1) {
            throw new IllegalArgumentException("bad share settings: lock %s, delivery limit %d, record locks %d"
                    .formatted(lock, deliveryCountLimit, recordLocksMax));
        }
    }

    /// What Millrace sets before its first worker joins.
    public static ShareSettings ofMillrace() {
        return new ShareSettings(Duration.ofSeconds(15), 10, 4000, OffsetReset.EARLIEST);
    }
}

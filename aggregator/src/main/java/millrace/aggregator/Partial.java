package millrace.aggregator;

import millrace.proto.BlobPlace;
import org.jspecify.annotations.Nullable;

/// A partial value: its bytes, or where they are.
final class Partial {
    private final byte[] value;
    private final @Nullable BlobPlace place;

    private Partial(byte[] value, @Nullable BlobPlace place) {
        this.value = value;
        this.place = place;
    }

    static Partial of(byte[] value) {
        return new Partial(value, null);
    }

    static Partial elsewhere(BlobPlace place) {
        return new Partial(new byte[0], place);
    }

    /// @throws IllegalArgumentException when the join cannot take it
    void addTo(JoinedValue joined, long first, long end) {
        if (place == null) {
            joined.add(first, end, value);
        } else {
            joined.add(first, end, place);
        }
    }

    /// Equal values have equal ones: a value's size alone says whether it is here.
    long digest() {
        return place == null
                ? RecentValues.digest(value)
                : RecentValues.digest(place.blob().digest().toByteArray());
    }

    /// The bytes of the value, wherever it is.
    long bytes() {
        return place == null ? value.length : place.blob().bytes();
    }
}

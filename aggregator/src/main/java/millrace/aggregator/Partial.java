package millrace.aggregator;

import millrace.proto.Result;
import org.jspecify.annotations.Nullable;

/// A partial value: its bytes, or where they are.
final class Partial {
    private final byte[] value;
    private final Result.@Nullable Place place;

    private Partial(byte[] value, Result.@Nullable Place place) {
        this.value = value;
        this.place = place;
    }

    static Partial of(byte[] value) {
        return new Partial(value, null);
    }

    static Partial elsewhere(Result.Place place) {
        return new Partial(new byte[0], place);
    }

    /// @throws IllegalArgumentException when the join cannot take it
    void addTo(JoinedValue joined, long first, long end) {
        if (place == null) {
            joined.add(first, end, value);
        } else {
            joined.add(first, end, place.parts());
        }
    }

    /// As [RecentValues] compares them.
    long digest() {
        return place == null ? RecentValues.digest(value) : RecentValues.digest(place.parts());
    }

    /// The bytes of the value, wherever it is.
    long bytes() {
        return place == null ? value.length : place.bytes();
    }
}

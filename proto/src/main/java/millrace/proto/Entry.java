package millrace.proto;

import static millrace.proto.Check.require;

import com.google.protobuf.ByteString;

/// Something found at an item: what [Join.Extremes] and [Join.TopK] choose from. An item may have any number of them.
///
/// @param score   what is compared; infinities are allowed, NaN is not, `-0.0` becomes `0.0`
/// @param item    the item it was found at, 0 to 2^53 - 1
/// @param payload what to know about it, at most [#PAYLOAD_BYTES_MAX] bytes
public record Entry(double score, long item, ByteString payload) {
    /// The most bytes of a payload.
    public static final int PAYLOAD_BYTES_MAX = 1024;

    public Entry {
        require(!Double.isNaN(score), "the score of item %d is NaN, allowed: anything else", item);
        require(0 <= item && item < Description.ITEMS_MAX, "item is %d, allowed 0..2^53 - 1", item);
        require(
                payload.size() <= PAYLOAD_BYTES_MAX,
                "the payload of item %d has %d bytes, allowed at most %d",
                item,
                payload.size(),
                PAYLOAD_BYTES_MAX);
        score += 0.0; // makes -0.0 the one zero, changes nothing else
    }
}

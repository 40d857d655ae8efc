package millrace.aggregator;

import millrace.proto.OutputPart;

/// A part of counts by key that are more than the aggregator holds. [OutputPart.Data] is to be put on the topic of
/// blobs, [OutputPart.Placed] to be read from there.
///
/// @param job whose counts they are
public record RunPart(String job, OutputPart part) {
    /// The bytes to be put or read.
    public long bytes() {
        return switch (part) {
            case OutputPart.Data(var bytes) -> bytes.size();
            case OutputPart.Placed(var place) -> place.blob().bytes();
        };
    }
}

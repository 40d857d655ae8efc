package millrace.proto;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;

/// What comes next in an output that was put together from values which nobody but its reader needs to read.
public sealed interface OutputPart {
    /// These bytes.
    record Data(ByteString bytes) implements OutputPart {}

    /// The bytes of a blob.
    record Placed(BlobPlace place) implements OutputPart {}

    /// Writes the part, after its length.
    default void writeTo(OutputStream out) throws IOException {
        var message = millrace.v1.OutputPart.newBuilder();
        switch (this) {
            case Data(var bytes) -> message.setData(bytes);
            case Placed(var place) -> message.setPlace(BlobWire.place(place));
        }
        message.build().writeDelimitedTo(out);
    }

    /// Reads what [#writeTo] wrote; empty at the end.
    ///
    /// @throws IOException when it is no part
    static Optional<OutputPart> read(InputStream in) throws IOException {
        try {
            var message = millrace.v1.OutputPart.parseDelimitedFrom(in);
            if (message == null) {
                return Optional.empty();
            }
            return Optional.of(
                    switch (message.getPartCase()) {
                        case DATA -> new Data(message.getData());
                        case PLACE -> new Placed(BlobWire.place(message.getPlace()));
                        case PART_NOT_SET -> throw new IOException("a part of an output is unknown to this release");
                    });
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            throw new IOException("a part of an output is broken", e);
        }
    }
}

package millrace.proto;

import static millrace.proto.Check.require;

import com.google.protobuf.ByteString;
import java.util.HexFormat;

/// The SHA-256 of a spec's bytes: names one job's exact order, so that a record of another one is told apart even under
/// the same job id.
///
/// @param bytes 32 bytes
public record SpecDigest(ByteString bytes) {
    public SpecDigest {
        require(bytes.size() == 32, "spec digest has %d bytes, allowed 32", bytes.size());
    }

    static SpecDigest over(ByteString spec) {
        return new SpecDigest(ByteString.copyFrom(Digests.sha256(spec.asReadOnlyByteBuffer())));
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(bytes.substring(0, 8).toByteArray());
    }
}

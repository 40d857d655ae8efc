package millrace.proto;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// SHA-256, which every Java runtime has.
public final class Digests {
    private Digests() {}

    /// A fresh SHA-256; for one thread.
    public static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java runtime has SHA-256", e);
        }
    }

    /// The 32 bytes of the digest over what remains in the buffer.
    public static byte[] sha256(ByteBuffer bytes) {
        var digest = sha256();
        digest.update(bytes);
        return digest.digest();
    }
}

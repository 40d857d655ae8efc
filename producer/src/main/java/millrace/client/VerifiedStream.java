package millrace.client;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import millrace.proto.Digests;
import millrace.proto.Ending;

/// The bytes of an output. At their end it checks that they are those of the digest, and fails otherwise. For one
/// thread.
final class VerifiedStream extends FilterInputStream {
    private final Ending ending;
    private final MessageDigest digest = Digests.sha256();
    private boolean verified;

    VerifiedStream(InputStream bytes, Ending ending) {
        super(bytes);
        this.ending = ending;
    }

    @Override
    public int read() throws IOException {
        var one = in.read();
        if (one < 0) {
            verify();
        } else {
            digest.update((byte) one);
        }
        return one;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        var bytes = in.read(into, offset, length);
        if (bytes < 0) {
            verify();
        } else {
            digest.update(into, offset, bytes);
        }
        return bytes;
    }

    // What is skipped is read all the same: the digest is over everything.
    @Override
    public long skip(long bytes) throws IOException {
        var skipped = 0L;
        while (skipped < bytes && read() >= 0) {
            skipped++;
        }
        return skipped;
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    private void verify() throws IOException {
        if (!verified && !Arrays.equals(digest.digest(), ending.outputDigest().toByteArray())) {
            throw new IOException("the output of job " + ending.job()
                    + " is damaged: its bytes have another digest than " + Output.digest(ending.outputDigest()));
        }
        verified = true;
    }
}

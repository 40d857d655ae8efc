package millrace.aggregator;

import java.io.IOException;
import java.io.OutputStream;
import millrace.proto.Counts;

/// Counts by key.
final class JoinedCounts implements JoinedValue {
    private final Counts counts = new Counts();

    static JoinedCounts restore(byte[] state) {
        var restored = new JoinedCounts();
        restored.counts.addEncoded(state);
        return restored;
    }

    @Override
    public void add(long first, long end, byte[] partial) {
        counts.addEncoded(partial);
    }

    @Override
    public long memoryBytes() {
        return counts.memoryBytes();
    }

    @Override
    public byte[] state() {
        return counts.encode();
    }

    @Override
    public long outputBytes() {
        return counts.encodedBytes();
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        counts.writeTo(out);
    }
}

package millrace.aggregator;

import java.io.IOException;
import java.io.OutputStream;
import millrace.proto.Counts;

/// Counts by key, of which the output has the prefixes. Which of them are frequent shows only at the end, so the state
/// is all keys.
final class JoinedPrefixes implements JoinedValue {
    private final Counts counts = new Counts();
    private final long atLeast;

    JoinedPrefixes(long atLeast) {
        this.atLeast = atLeast;
    }

    static JoinedPrefixes restore(long atLeast, byte[] state) {
        var restored = new JoinedPrefixes(atLeast);
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
        return counts.prefixesBytes(atLeast);
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        counts.writePrefixesTo(out, atLeast);
    }
}

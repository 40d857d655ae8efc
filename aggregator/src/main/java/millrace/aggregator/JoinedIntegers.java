package millrace.aggregator;

import java.math.BigInteger;
import java.util.Arrays;
import millrace.proto.Integers;

/// The value of an integer sum.
final class JoinedIntegers implements JoinedValue.Small {
    /// What a component takes beside its bytes: two objects and a reference.
    private static final int COMPONENT_BYTES = 64;

    private final BigInteger[] sums;

    JoinedIntegers(int width) {
        sums = new BigInteger[width];
        Arrays.fill(sums, BigInteger.ZERO);
    }

    static JoinedIntegers restore(int width, byte[] state) {
        var restored = new JoinedIntegers(width);
        restored.add(0, 1, state);
        return restored;
    }

    @Override
    public void add(long first, long end, byte[] partial) {
        var values = Integers.decode(partial);
        if (values.length != sums.length) {
            throw new IllegalArgumentException("%d integers, the join adds %d".formatted(values.length, sums.length));
        }
        for (var i = 0; i < sums.length; i++) {
            sums[i] = sums[i].add(values[i]);
        }
    }

    @Override
    public long memoryBytes() {
        var bytes = 0L; // asked for after every result
        for (var sum : sums) {
            bytes += COMPONENT_BYTES + sum.bitLength() / 8;
        }
        return bytes;
    }

    @Override
    public byte[] output() {
        return Integers.encode(sums);
    }
}

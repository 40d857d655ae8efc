package millrace.aggregator;

import java.util.Arrays;
import millrace.proto.ExactSum;

/// The value of a floating-point sum.
final class JoinedFloats implements JoinedValue.Small {
    /// A component is below 2^1088, as the sum of 2^64 of the largest doubles is: then no job has items enough to
    /// bring the total beyond the 2^1166 that an exact sum holds.
    private static final int EXPONENT_END = 1088;

    private static final int SUM_BYTES = 620;

    private final ExactSum[] sums;

    JoinedFloats(int width) {
        this(new ExactSum[width]);
        Arrays.setAll(sums, i -> new ExactSum());
    }

    private JoinedFloats(ExactSum[] sums) {
        this.sums = sums;
    }

    static JoinedFloats restore(int width, byte[] state) {
        return new JoinedFloats(decode(width, state));
    }

    private static ExactSum[] decode(int width, byte[] bytes) {
        var values = ExactSum.decode(bytes);
        if (values.length != width) {
            throw new IllegalArgumentException("%d exact sums, the join adds %d".formatted(values.length, width));
        }
        return values;
    }

    @Override
    public void add(long first, long end, byte[] partial) {
        var values = decode(sums.length, partial);
        for (var i = 0; i < values.length; i++) {
            if (values[i].isFinite() && values[i].exponent() >= EXPONENT_END) {
                throw new IllegalArgumentException("exact sum %d is beyond 2^%d".formatted(i, EXPONENT_END));
            }
        }
        for (var i = 0; i < values.length; i++) {
            sums[i].add(values[i]);
        }
    }

    @Override
    public long memoryBytes() {
        return (long) SUM_BYTES * sums.length;
    }

    @Override
    public byte[] output() {
        return ExactSum.encode(sums);
    }
}

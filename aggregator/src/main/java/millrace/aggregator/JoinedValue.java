package millrace.aggregator;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import millrace.proto.BlobPlace;
import millrace.proto.Join;

/// The output of a job as far as its results came. Its bytes depend neither on the order of the partial values nor on
/// how the items were cut into tasks. Not for several threads at once.
sealed interface JoinedValue permits JoinedValue.Small, JoinedBytes, JoinedCounts {
    /// The value of no items, of which all stays in memory.
    static JoinedValue of(Join join) {
        return of(join, RunLimits.NONE);
    }

    /// The value of no items.
    static JoinedValue of(Join join, RunLimits limits) {
        return switch (join) {
            case Join.IntegerSum(var width) -> new JoinedIntegers(width);
            case Join.FloatSum(var width) -> new JoinedFloats(width);
            case Join.Concatenation() -> new JoinedBytes();
            case Join.CountsByKey() -> new JoinedCounts(JoinedCounts.ALL, limits);
            case Join.CountsByPrefix(var atLeast) -> new JoinedCounts(atLeast, limits);
            case Join.Extremes() -> new JoinedExtremes();
            case Join.TopK(var k) -> new JoinedTop(k);
        };
    }

    /// Reads what [#state] gave.
    ///
    /// @throws IllegalArgumentException when the bytes are no state of the join
    static JoinedValue restore(Join join, RunLimits limits, byte[] state) {
        return switch (join) {
            case Join.IntegerSum(var width) -> JoinedIntegers.restore(width, state);
            case Join.FloatSum(var width) -> JoinedFloats.restore(width, state);
            case Join.Concatenation() -> JoinedBytes.restore(state);
            case Join.CountsByKey() -> JoinedCounts.restore(JoinedCounts.ALL, limits, state);
            case Join.CountsByPrefix(var atLeast) -> JoinedCounts.restore(atLeast, limits, state);
            case Join.Extremes() -> JoinedExtremes.restore(state);
            case Join.TopK(var k) -> JoinedTop.restore(k, state);
        };
    }

    /// Adds the partial value of the items `[first, end)`, none of which was added before.
    ///
    /// @param partial may be kept; the caller leaves it as it is
    /// @throws IllegalArgumentException when it is not in the join's encoding, or not a value of these items;
    ///     then nothing has changed
    void add(long first, long end, byte[] partial);

    /// Adds the partial value of the items `[first, end)`, none of which was added before, by where it is.
    ///
    /// @param parts of the value, one and up
    /// @throws IllegalArgumentException when the join has to read values, or takes no such parts
    default void add(long first, long end, List<BlobPlace> parts) {
        throw new IllegalArgumentException("the value is elsewhere, and this join has to read it");
    }

    /// What the value takes in memory, in bytes, roughly.
    long memoryBytes();

    /// What a snapshot keeps: equal values that are all in memory have equal bytes.
    ///
    /// @throws ArithmeticException when they are more than an array holds
    byte[] state();

    /// Writes the output in its canonical bytes, perhaps in many small writes.
    void writeTo(OutputStream out) throws IOException;

    /// A value whose output fits into an array, and is all of its state.
    sealed interface Small extends JoinedValue permits JoinedIntegers, JoinedFloats, JoinedExtremes, JoinedTop {
        /// The output in its canonical bytes.
        byte[] output();

        @Override
        default byte[] state() {
            return output();
        }

        @Override
        default void writeTo(OutputStream out) throws IOException {
            out.write(output());
        }
    }
}

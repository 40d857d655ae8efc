package millrace.proto;

import static millrace.proto.Check.require;

/// How partial values become the output: a small closed set, run by the aggregator, so that no user code runs there.
///
/// Each join fixes the encoding of partial values and of the output; both are canonical: equal values have equal bytes,
/// whatever the order and sizes of the tasks were.
public sealed interface Join {
    /// The most components of a sum.
    int WIDTH_MAX = 4096;

    /// The most entries of a [TopK].
    int K_MAX = 10_000;

    /// Adds vectors of `width` integers, exactly, without a bound on their size. Encoding: [Integers].
    ///
    /// @param width components, 1 to [#WIDTH_MAX]
    record IntegerSum(int width) implements Join {
        public IntegerSum {
            require(1 <= width && width <= WIDTH_MAX, "join width is %d, allowed 1..%d", width, WIDTH_MAX);
        }
    }

    /// Adds vectors of `width` floating-point numbers exactly: the sum is rounded once, when it is read. Encoding:
    /// [ExactSum].
    ///
    /// @param width components, 1 to [#WIDTH_MAX]
    record FloatSum(int width) implements Join {
        public FloatSum {
            require(1 <= width && width <= WIDTH_MAX, "join width is %d, allowed 1..%d", width, WIDTH_MAX);
        }
    }

    /// Puts the bytes of all ranges one behind the other in the order of their items. A partial value is the bytes of
    /// its items, of any length.
    record Concatenation() implements Join {}

    /// Adds counts by key. Encoding: [Counts].
    record CountsByKey() implements Join {}

    /// Adds counts by key, and of the sums gives the prefixes: the output has each prefix of one byte and more, up to
    /// the whole key, with the sum of the counts of all keys that begin with it, when that is at least `atLeast`.
    /// Encoding of both: [Counts]. So a kernel names a key once instead of all its prefixes.
    ///
    /// @param atLeast the smallest count in the output, 1 and up
    record CountsByPrefix(long atLeast) implements Join {
        public CountsByPrefix {
            require(1 <= atLeast, "counts of the output are at least %d, allowed 1 and up", atLeast);
        }
    }

    /// Keeps the smallest and the largest entry; ties go to the lowest item number. Encoding: [Entries].
    record Extremes() implements Join {}

    /// Keeps the `k` entries with the largest scores; ties go to the lowest item number. Encoding: [Entries].
    ///
    /// @param k entries kept, 1 to [#K_MAX]
    record TopK(int k) implements Join {
        public TopK {
            require(1 <= k && k <= K_MAX, "join k is %d, allowed 1..%d", k, K_MAX);
        }
    }
}

package millrace.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import millrace.proto.Counts;
import millrace.proto.ExactSum;
import millrace.proto.Integers;
import millrace.proto.Join;

/// Puts partial values together in one JVM, as they come. The computing threads take turns with it.
sealed interface LocalJoin {
    /// @param first the part's first item
    void add(long first, byte[] part);

    /// The joined value, in pieces: what a fleet's output has, byte for byte.
    List<byte[]> value();

    static LocalJoin of(Join join) {
        return switch (join) {
            case Join.IntegerSum(var width) -> new Whole(width);
            case Join.FloatSum(var width) -> new Real(width);
            case Join.Concatenation _ -> new InOrder();
            case Join.CountsByPrefix(var atLeast) -> new Prefixes(atLeast);
            case Join.CountsByKey _, Join.Extremes _, Join.TopK _ ->
                throw new IllegalArgumentException("joins of " + join + " are not compared");
        };
    }

    /// Adds integers.
    final class Whole implements LocalJoin {
        private final BigInteger[] sums;

        private Whole(int width) {
            sums = new BigInteger[width];
            Arrays.fill(sums, BigInteger.ZERO);
        }

        @Override
        public void add(long first, byte[] part) {
            var values = Integers.decode(part);
            for (var i = 0; i < sums.length; i++) {
                sums[i] = sums[i].add(values[i]);
            }
        }

        @Override
        public List<byte[]> value() {
            return List.of(Integers.encode(sums));
        }
    }

    /// Adds real numbers, exactly.
    final class Real implements LocalJoin {
        private final ExactSum[] sums;

        private Real(int width) {
            sums = new ExactSum[width];
            Arrays.setAll(sums, _ -> new ExactSum());
        }

        @Override
        public void add(long first, byte[] part) {
            var values = ExactSum.decode(part);
            for (var i = 0; i < sums.length; i++) {
                sums[i].add(values[i]);
            }
        }

        @Override
        public List<byte[]> value() {
            return List.of(ExactSum.encode(sums));
        }
    }

    /// Keeps parts in the order of their items. They stay where they are: a copy would be time that one JVM does
    /// not have to spend.
    final class InOrder implements LocalJoin {
        private final TreeMap<Long, byte[]> parts = new TreeMap<>();

        private InOrder() {}

        @Override
        public void add(long first, byte[] part) {
            parts.put(first, part);
        }

        @Override
        public List<byte[]> value() {
            return List.copyOf(parts.values());
        }
    }

    /// Counts keys, and gives their frequent prefixes.
    final class Prefixes implements LocalJoin {
        private final Counts counts = new Counts();
        private final long atLeast;

        private Prefixes(long atLeast) {
            this.atLeast = atLeast;
        }

        @Override
        public void add(long first, byte[] part) {
            counts.addEncoded(part);
        }

        @Override
        public List<byte[]> value() {
            var bytes = new ByteArrayOutputStream();
            try {
                counts.writePrefixesTo(bytes, atLeast);
            } catch (IOException e) { // not in memory
                throw new UncheckedIOException(e);
            }
            return List.of(bytes.toByteArray());
        }
    }
}

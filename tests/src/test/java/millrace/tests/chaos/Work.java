package millrace.tests.chaos;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import millrace.proto.Description;
import millrace.proto.kernels.Primes;
import millrace.tests.kernels.Spell;
import millrace.tests.kernels.Weights;

/// What a job computes, and what its output must be, computed by one thread in the simplest way there is.
sealed interface Work {
    Description description();

    /// The output's canonical bytes.
    byte[] expected();

    /// How many items an output of these bytes has, each that is in it twice counted twice; empty when it does not tell.
    Optional<BigInteger> items(byte[] output);

    /// A sum of random weights.
    record Sum(Weights description) implements Work {
        @Override
        public byte[] expected() {
            var sum = BigInteger.ZERO;
            for (var item = 0L; item < description.count(); item++) {
                sum = sum.add(BigInteger.valueOf(Weights.weight(description.seed(), item)));
            }
            return encode(List.of(sum, BigInteger.valueOf(description.count())));
        }

        @Override
        public Optional<BigInteger> items(byte[] output) {
            return Optional.of(new BigInteger(output, 2 + output[0], output[1 + output[0]]));
        }
    }

    /// The numbers, a line each, in order.
    record Lines(Spell description) implements Work {
        @Override
        public byte[] expected() {
            var lines = new StringBuilder();
            for (var item = 0L; item < description.count(); item++) {
                lines.append(item).append('\n');
            }
            return lines.toString().getBytes(StandardCharsets.US_ASCII);
        }

        @Override
        public Optional<BigInteger> items(byte[] output) {
            var lines = 0L;
            for (var one : output) {
                lines += one == '\n' ? 1 : 0;
            }
            return Optional.of(BigInteger.valueOf(lines));
        }
    }

    /// The number of primes.
    record Count(Primes description) implements Work {
        @Override
        public byte[] expected() {
            var end = Math.toIntExact(description.to());
            var composite = new BitSet(end);
            for (var n = 2; (long) n * n < end; n = composite.nextClearBit(n + 1)) {
                for (var multiple = n * n; multiple < end; multiple += n) {
                    composite.set(multiple);
                }
            }
            composite.set(0, 2);
            var from = Math.toIntExact(description.from());
            return encode(List.of(
                    BigInteger.valueOf(end - from - composite.get(from, end).cardinality())));
        }

        @Override
        public Optional<BigInteger> items(byte[] output) {
            return Optional.empty();
        }
    }

    // Each number as the length of its bytes and its bytes; none of ours is longer than 127 bytes.
    private static byte[] encode(List<BigInteger> numbers) {
        var bytes = new ByteArrayOutputStream();
        for (var number : numbers) {
            bytes.write(number.toByteArray().length);
            bytes.writeBytes(number.toByteArray());
        }
        return bytes.toByteArray();
    }
}

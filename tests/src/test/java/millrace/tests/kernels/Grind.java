package millrace.tests.kernels;

import millrace.proto.CancelledException;
import millrace.proto.Described;
import millrace.proto.Integers;
import millrace.proto.Kernel;
import millrace.proto.Parameter;
import millrace.proto.Work;

/// Costs CPU time and nothing else.
@Described(name = "grind", version = 1, summary = "Mixes numbers and sums them up.", item = "a number")
public record Grind(
        @Parameter(help = "numbers", min = "0", max = "9e15")
        long count,

        @Parameter(help = "times that each is mixed, about a nanosecond each", min = "1", max = "1e12")
        long rounds,

        @Parameter(help = "another seed gives another sum", byDefault = "0")
        long seed)
        implements Summing {
    private static final int CHECK = 10_000_000;

    @Override
    public long items() {
        return count;
    }

    /// The sum over the items `[first, end)`.
    long sum(Work work, long first, long end) throws CancelledException {
        var sum = 0L;
        var mixed = 0L;
        for (var item = first; item < end; item++) {
            var z = item + seed;
            for (var round = 0L; round < rounds; round++) {
                z = (z ^ (z >>> 29)) * 0x9E3779B97F4A7C15L + 1;
                if (++mixed % CHECK == 0) {
                    work.checkCancelled();
                }
            }
            sum += z & 0xFFFF;
        }
        return sum;
    }

    /// What the output must be, computed here and now.
    public long expected() {
        try {
            return sum(() -> false, 0, count);
        } catch (CancelledException e) {
            throw new AssertionError("nobody cancels it", e);
        }
    }

    /// Its math.
    public static final class Mill implements Kernel<Grind> {
        @Override
        public Class<Grind> description() {
            return Grind.class;
        }

        @Override
        public byte[] compute(Grind grind, Work work, long first, long end) throws CancelledException {
            return Integers.encode(grind.sum(work, first, end));
        }
    }
}

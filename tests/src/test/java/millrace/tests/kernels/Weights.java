package millrace.tests.kernels;

import java.math.BigInteger;
import java.util.concurrent.locks.LockSupport;
import millrace.proto.Described;
import millrace.proto.Integers;
import millrace.proto.Join;
import millrace.proto.Kernel;
import millrace.proto.Parameter;
import millrace.proto.Work;

/// Every item has a weight of 62 random bits, so that a sum tells which items are in it, and how often.
@Described(name = "weights", version = 1, summary = "Sums up random weights, and counts them.", item = "a weight")
public record Weights(
        @Parameter(help = "weights", min = "0", max = "1e12")
        long count,

        @Parameter(help = "other weights for another seed") long seed,

        @Parameter(help = "time that each item takes, without using the cores", min = "0", max = "1e8")
        long micros)
        implements Summing {
    @Override
    public long items() {
        return count;
    }

    /// The sum, and the number of items in it.
    @Override
    public Join join() {
        return new Join.IntegerSum(2);
    }

    /// The weight of an item: 0 to 2^62 - 1, by the finalizer of MurmurHash3.
    public static long weight(long seed, long item) {
        var z = seed + item * 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 33)) * 0xFF51AFD7ED558CCDL;
        z = (z ^ (z >>> 33)) * 0xC4CEB9FE1A85EC53L;
        return (z ^ (z >>> 33)) >>> 2;
    }

    /// Its math.
    public static final class Mill implements Kernel<Weights> {
        private static final long LOOK_NANOS = 20_000_000;

        @Override
        public Class<Weights> description() {
            return Weights.class;
        }

        @Override
        public byte[] compute(Weights weights, Work work, long first, long end) throws Exception {
            var until = System.nanoTime() + 1000 * weights.micros() * (end - first);
            for (var left = until - System.nanoTime(); left > 0; left = until - System.nanoTime()) {
                LockSupport.parkNanos(Math.min(LOOK_NANOS, left));
                work.checkCancelled();
            }
            var sum = BigInteger.ZERO;
            for (var item = first; item < end; item++) {
                sum = sum.add(BigInteger.valueOf(weight(weights.seed(), item)));
            }
            return Integers.encode(sum, BigInteger.valueOf(end - first));
        }
    }
}

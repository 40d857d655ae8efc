package millrace.worker.kernels;

import java.util.Arrays;
import millrace.proto.CancelledException;
import millrace.proto.Integers;
import millrace.proto.Kernel;
import millrace.proto.Work;
import millrace.proto.kernels.Primes;

/// Counts primes with a [Sieve]. The primes that it sieves with are kept for all tasks of the process, at most 33
/// MB.
public final class PrimesKernel implements Kernel<Primes> {
    private volatile LargePrimes large = LargePrimes.NONE;

    @Override
    public Class<Primes> description() {
        return Primes.class;
    }

    @Override
    public byte[] compute(Primes primes, Work work, long first, long end) throws CancelledException {
        return Integers.encode(count(primes, work, first, end));
    }

    long count(Primes primes, Work work, long first, long end) throws CancelledException {
        var start = primes.base() + first * primes.blockNumbers();
        var count = new Count(primes);
        new Sieve(work, sievingPrimes(primes.to(), work))
                .run(start / 30, (end - first) * (primes.blockNumbers() / Primes.BLOCK), count);
        return count.primes + (first == 0 ? primesOfWheel(primes) : 0);
    }

    private static long primesOfWheel(Primes primes) {
        return Arrays.stream(new int[] {2, 3, 5})
                .filter(p -> primes.from() <= p && p < primes.to())
                .count();
    }

    private LargePrimes sievingPrimes(long to, Work work) throws CancelledException {
        // One more than the root, which is rounded, and room for the rest of the last block.
        var needed = (long) Math.sqrt((double) to + 16 * Primes.BLOCK) + 2;
        if (large.limit() < needed) {
            synchronized (this) {
                if (large.limit() < needed) {
                    large = LargePrimes.upTo(needed, work);
                }
            }
        }
        return large;
    }

    /// Counts what lies in the interval.
    private static final class Count implements Sieve.Consumer {
        private final Primes interval;
        private long primes;

        private Count(Primes interval) {
            this.interval = interval;
        }

        @Override
        public void accept(byte[] sieve, int at, long first) {
            clear(sieve, at, 0, interval.from() - 30 * first);
            clear(sieve, at, interval.to() - 30 * first, 30L * Sieve.SEGMENT);
            primes += Sieve.count(sieve, at, Sieve.SEGMENT);
        }

        /// Clears the numbers `[low, high)`, counted from the segment's first, as far as they are in the segment.
        private static void clear(byte[] sieve, int at, long low, long high) {
            var from = Math.max(0, low);
            var to = Math.min(30L * Sieve.SEGMENT, high);
            for (var n = from; n < to; ) {
                if (n % 30 == 0 && to - n >= 30) {
                    Arrays.fill(sieve, at + (int) (n / 30), at + (int) (to / 30), (byte) 0);
                    n = to - to % 30;
                } else {
                    var bit = Wheel.BITS[(int) (n % 30)];
                    if (bit >= 0) {
                        sieve[at + (int) (n / 30)] &= (byte) ~(1 << bit);
                    }
                    n++;
                }
            }
        }
    }
}

package millrace.worker.kernels;

import millrace.proto.CancelledException;
import millrace.proto.Work;

/// The primes from 2^19 up to some limit, as a bitmap on the [Wheel]: 33 MB for all that numbers up to 1e18 need.
/// Immutable, so that all threads share one.
final class LargePrimes {
    /// No primes: enough for sieving numbers below 2^38.
    static final LargePrimes NONE = new LargePrimes(new byte[0], SmallPrimes.LIMIT);

    private static final int FIRST_BYTE = SmallPrimes.LIMIT / 30;
    private static final int PRIMES_BETWEEN_CHECKS = 1 << 20;

    /// For each prime modulo 30 and each cofactor modulo 30, both as bits: the bit of their product, the distance
    /// to the next cofactor, and the bytes to its product beyond `prime / 30` times that distance.
    private static final int[] PRODUCT_BIT = new int[64];

    private static final int[] GAP = new int[8];
    private static final int[] EXTRA = new int[64];

    /// The distance of a number modulo 30 to the next one that 2, 3 and 5 do not divide, 0 for those themselves.
    private static final int[] SKIP = new int[30];

    static {
        for (var w = 0; w < 8; w++) {
            var cofactor = Wheel.RESIDUES[w];
            var next = w == 7 ? 31 : Wheel.RESIDUES[w + 1];
            GAP[w] = next - cofactor;
            for (var r = 0; r < 8; r++) {
                var prime = Wheel.RESIDUES[r];
                PRODUCT_BIT[8 * r + w] = Wheel.BITS[prime * cofactor % 30];
                EXTRA[8 * r + w] = prime * next / 30 - prime * cofactor / 30;
            }
        }
        for (var n = 0; n < 30; n++) {
            while (Wheel.BITS[(n + SKIP[n]) % 30] < 0) {
                SKIP[n]++;
            }
        }
    }

    private final byte[] bitmap;
    private final long limit;

    private LargePrimes(byte[] bitmap, long limit) {
        this.bitmap = bitmap;
        this.limit = limit;
    }

    /// One past the largest number that may be among them.
    long limit() {
        return limit;
    }

    /// The primes below `limit`, or a little more.
    ///
    /// @param limit at most 2^38
    static LargePrimes upTo(long limit, Work work) throws CancelledException {
        var bytes = (int) (limit / 30 + 1);
        var bitmap = new byte[bytes];
        var segments = (bytes - 1) / Sieve.SEGMENT + 1;
        new Sieve(work, NONE)
                .run(
                        0,
                        segments,
                        (sieve, at, first) -> System.arraycopy(
                                sieve, at, bitmap, (int) first, (int) Math.min(Sieve.SEGMENT, bytes - first)));
        return new LargePrimes(bitmap, 30L * bytes);
    }

    /// Notes every multiple of these primes in the bytes `[start, end)`, from the prime's square on, in the list of
    /// its segment.
    void mark(Work work, long start, long end, Sieve.Marks[] marks) throws CancelledException {
        var seen = 0;
        for (var i = FIRST_BYTE; i < bitmap.length; i++) {
            for (var bits = bitmap[i] & 0xff; bits != 0; bits &= bits - 1) {
                var b = Integer.numberOfTrailingZeros(bits);
                var p = 30 * i + Wheel.RESIDUES[b];
                if (p < SmallPrimes.LIMIT) {
                    continue;
                }
                if ((long) p * p >= 30 * end) {
                    return;
                }
                mark(p, i, b, start, end, marks);
                if (++seen % PRIMES_BETWEEN_CHECKS == 0) {
                    work.checkCancelled();
                }
            }
        }
    }

    private static void mark(int p, int q, int r, long start, long end, Sieve.Marks[] marks) {
        var cofactor = Math.max(p, quotient(30 * start + p - 1, p));
        var rest = (int) (cofactor % 30);
        cofactor += SKIP[rest];
        var w = Wheel.BITS[(rest + SKIP[rest]) % 30];
        var length = (int) (end - start);
        for (var at = p * cofactor / 30 - start; at < length; ) {
            marks[(int) (at >>> 19)].add((int) (at & (Sieve.SEGMENT - 1)) << 3 | PRODUCT_BIT[8 * r + w]);
            at += (long) q * GAP[w] + EXTRA[8 * r + w];
            w = (w + 1) & 7;
        }
    }

    /// `n / p`, by a floating-point division, which is several times as fast as an integer one.
    ///
    /// @param n below 2^62
    /// @param p above 2^18, so that the estimate is off by one at most
    private static long quotient(long n, int p) {
        var estimate = (long) ((double) n / p);
        var rest = n - estimate * p;
        return rest < 0 ? estimate - 1 : rest >= p ? estimate + 1 : estimate;
    }
}

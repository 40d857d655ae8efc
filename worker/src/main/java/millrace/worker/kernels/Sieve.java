package millrace.worker.kernels;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import millrace.proto.CancelledException;
import millrace.proto.Work;

/// A segmented sieve of Eratosthenes on the [Wheel] of 30. Bytes are numbered over all numbers: byte i stands for
/// `30 i .. 30 i + 29`.
///
/// A segment of half a megabyte stays in the second-level cache. Primes are treated by size:
/// - up to 163: patterns ([SmallPrimes]);
/// - up to [#STRIDE_MAX]: turn by turn, in chunks that stay in the first-level cache;
/// - up to 2^19: turn by turn over the whole segment;
/// - above ([LargePrimes]): their multiples in the next [#GROUP] segments are noted in one list for each segment
///   beforehand. So no prime is looked at in a segment that it does not meet, and nothing is kept for each prime.
///
/// Memory: half a megabyte, and for numbers above 2.7e11 up to [#GROUP] lists of at most 4 MB each. For one thread.
final class Sieve {
    /// Bytes of a segment.
    static final int SEGMENT = 1 << 19;

    /// Segments that are prepared together.
    static final int GROUP = 16;

    private static final int CHUNK = 1 << 15;
    private static final int STRIDE_MAX = 1 << 13;

    // A byte in front and one behind take the crossings of a turn that lie in the segment before or after.
    private static final int BASE = 64;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final byte[] sieve = new byte[BASE + SEGMENT + 64];
    private final Work work;
    private final LargePrimes large;
    private final Marks[] marks = new Marks[GROUP];

    /// Where the next turn of each of [SmallPrimes#PRIMES] begins, from the segment's first byte on.
    private final int[] turns = new int[SmallPrimes.PRIMES.length];

    private int active;

    /// @param large at least up to the square root of the largest number that will be sieved
    Sieve(Work work, LargePrimes large) {
        this.work = work;
        this.large = large;
        Arrays.setAll(marks, i -> new Marks());
    }

    /// What is done with a sieved segment.
    interface Consumer {
        /// @param sieve set bits are primes; changed at will
        /// @param at    where in `sieve` the segment begins
        /// @param first the byte over all numbers that it begins with
        void accept(byte[] sieve, int at, long first) throws CancelledException;
    }

    /// Sieves `segments` segments from the byte `first` on.
    void run(long first, long segments, Consumer consumer) throws CancelledException {
        for (var done = 0L; done < segments; done += GROUP) {
            var group = (int) Math.min(GROUP, segments - done);
            var start = first + done * SEGMENT;
            prepare(start, group);
            for (var i = 0; i < group; i++) {
                work.checkCancelled();
                var at = start + (long) i * SEGMENT;
                SmallPrimes.fill(sieve, BASE, SEGMENT, at);
                crossOut();
                marks[i].crossOut(sieve);
                consumer.accept(sieve, BASE, at);
            }
        }
    }

    private void prepare(long start, int group) throws CancelledException {
        var end = start + (long) group * SEGMENT;
        active = 0;
        for (var p : SmallPrimes.PRIMES) {
            // From p^2 on, or a little before: a turn that has p itself is never used.
            var turn = Math.max(start / p, p / 30) * p - start;
            if (turn >= end - start) {
                break;
            }
            turns[active++] = (int) turn;
        }
        for (var i = 0; i < group; i++) {
            marks[i].size = 0;
        }
        large.mark(work, start, end, marks);
    }

    private void crossOut() {
        var primes = SmallPrimes.PRIMES;
        var chunked = 0;
        while (chunked < active && primes[chunked] < STRIDE_MAX) {
            chunked++;
        }
        for (var end = CHUNK; end <= SEGMENT; end += CHUNK) {
            for (var j = 0; j < chunked; j++) {
                turns[j] = crossOut(sieve, turns[j], end, primes[j], 8 * j);
            }
        }
        for (var j = chunked; j < active; j++) {
            turns[j] = crossOut(sieve, turns[j], SEGMENT, primes[j], 8 * j);
        }
        for (var j = 0; j < active; j++) {
            turns[j] -= SEGMENT;
        }
    }

    /// Crosses out the turns of `p` that begin before byte `end` of the segment, and returns where the next turn
    /// begins. The last turn of a segment is the first of the next again, because it has multiples in both.
    private static int crossOut(byte[] sieve, int turn, int end, int p, int offsets) {
        var offset = SmallPrimes.OFFSETS;
        var o0 = BASE + offset[offsets];
        var o1 = BASE + offset[offsets + 1];
        var o2 = BASE + offset[offsets + 2];
        var o3 = BASE + offset[offsets + 3];
        var o4 = BASE + offset[offsets + 4];
        var o5 = BASE + offset[offsets + 5];
        var o6 = BASE + offset[offsets + 6];
        var o7 = BASE + offset[offsets + 7];
        var i = turn;
        if (i < 0) {
            var before = BASE - 1;
            sieve[Math.max(before, i + o0)] &= ~1;
            sieve[Math.max(before, i + o1)] &= ~2;
            sieve[Math.max(before, i + o2)] &= ~4;
            sieve[Math.max(before, i + o3)] &= ~8;
            sieve[Math.max(before, i + o4)] &= ~16;
            sieve[Math.max(before, i + o5)] &= ~32;
            sieve[Math.max(before, i + o6)] &= ~64;
            sieve[Math.max(before, i + o7)] &= 127;
            i += p;
        }
        for (var last = Math.min(end - 1, SEGMENT - p); i <= last; i += p) {
            sieve[i + o0] &= ~1;
            sieve[i + o1] &= ~2;
            sieve[i + o2] &= ~4;
            sieve[i + o3] &= ~8;
            sieve[i + o4] &= ~16;
            sieve[i + o5] &= ~32;
            sieve[i + o6] &= ~64;
            sieve[i + o7] &= 127;
        }
        if (end == SEGMENT && i < SEGMENT) {
            var after = BASE + SEGMENT;
            sieve[Math.min(after, i + o0)] &= ~1;
            sieve[Math.min(after, i + o1)] &= ~2;
            sieve[Math.min(after, i + o2)] &= ~4;
            sieve[Math.min(after, i + o3)] &= ~8;
            sieve[Math.min(after, i + o4)] &= ~16;
            sieve[Math.min(after, i + o5)] &= ~32;
            sieve[Math.min(after, i + o6)] &= ~64;
            sieve[Math.min(after, i + o7)] &= 127;
        }
        return i;
    }

    /// The set bits of `length` bytes from `at` on.
    ///
    /// @param length a multiple of 8
    static long count(byte[] sieve, int at, int length) {
        var count = 0L;
        for (var i = at; i < at + length; i += 8) {
            count += Long.bitCount((long) LONGS.get(sieve, i));
        }
        return count;
    }

    /// The multiples of large primes in one segment, each as its byte times eight plus its bit.
    static final class Marks {
        private int[] marks = {};
        private int size;

        void add(int mark) {
            if (size == marks.length) {
                marks = Arrays.copyOf(marks, Math.max(1024, size + size / 2));
            }
            marks[size++] = mark;
        }

        private void crossOut(byte[] sieve) {
            for (var i = 0; i < size; i++) {
                sieve[BASE + (marks[i] >>> 3)] &= (byte) ~(1 << (marks[i] & 7));
            }
        }
    }
}

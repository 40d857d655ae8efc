package millrace.worker.kernels;

import java.util.Arrays;

/// What sieving needs to know of the primes below 2^19, made once: the patterns of the smallest and the offsets of
/// the rest.
///
/// The primes from 7 to 163 are not crossed out one by one. Two or three of them together make a pattern that
/// repeats after their product in bytes; a segment starts as the intersection of these patterns (the grouping is
/// that of K. Walisch, primesieve).
final class SmallPrimes {
    /// Larger primes are found by [LargePrimes].
    static final int LIMIT = 1 << 19;

    /// Bytes that a pattern can give at once.
    static final int STRIP = 1 << 12;

    private static final int[][] GROUPS = {
        {7, 23, 37}, {11, 19, 31}, {13, 17, 29}, {41, 163}, {43, 157}, {47, 151}, {53, 149}, {59, 139},
        {61, 137}, {67, 131}, {71, 127}, {73, 113}, {79, 109}, {83, 107}, {89, 103}, {97, 101},
    };

    /// The first bytes of the sieve, numbers 0 to 179: the patterns cross out their own primes there, and leave 1.
    private static final int START_BYTES = 6;

    /// The primes from 167 up to [#LIMIT].
    static final int[] PRIMES;

    /// For each of [#PRIMES] its eight [Wheel#offset]s.
    static final int[] OFFSETS;

    private static final byte[] START = new byte[START_BYTES];
    private static final int[] PERIODS = new int[GROUPS.length];
    private static final byte[][] PATTERNS = new byte[GROUPS.length][];

    static {
        var composite = new boolean[LIMIT];
        for (var i = 2; i * i < LIMIT; i++) {
            for (var j = i * i; !composite[i] && j < LIMIT; j += i) {
                composite[j] = true;
            }
        }
        for (var n = 7; n < 30 * START_BYTES; n++) {
            if (!composite[n] && Wheel.BITS[n % 30] >= 0) {
                START[n / 30] |= (byte) (1 << Wheel.BITS[n % 30]);
            }
        }
        PRIMES = java.util.stream.IntStream.range(167, LIMIT)
                .filter(n -> !composite[n])
                .toArray();
        OFFSETS = new int[8 * PRIMES.length];
        for (var i = 0; i < OFFSETS.length; i++) {
            OFFSETS[i] = Wheel.offset(PRIMES[i >> 3], i & 7);
        }
        for (var g = 0; g < GROUPS.length; g++) {
            PERIODS[g] = Arrays.stream(GROUPS[g]).reduce(1, (a, b) -> a * b);
            PATTERNS[g] = pattern(GROUPS[g], PERIODS[g]);
        }
    }

    private SmallPrimes() {}

    private static byte[] pattern(int[] group, int period) {
        var pattern = new byte[period + STRIP];
        Arrays.fill(pattern, (byte) -1);
        for (var p : group) {
            for (var b = 0; b < 8; b++) {
                for (var i = Wheel.offset(p, b); i < pattern.length; i += p) {
                    pattern[i] &= (byte) ~(1 << b);
                }
            }
        }
        return pattern;
    }

    /// Fills `length` bytes of a sieve from `at` on, which stand for the bytes from `first` on of all numbers, with
    /// what the primes up to 163 leave.
    ///
    /// @param length a multiple of [#STRIP]
    static void fill(byte[] sieve, int at, int length, long first) {
        var phases = new int[GROUPS.length];
        for (var g = 0; g < phases.length; g++) {
            phases[g] = (int) (first % PERIODS[g]);
        }
        // Copied to the same place first: C2 makes vector code of loops that index all their arrays alike.
        var a = new byte[STRIP];
        var b = new byte[STRIP];
        var c = new byte[STRIP];
        var d = new byte[STRIP];
        var strip = new byte[STRIP];
        for (var done = 0; done < length; done += STRIP) {
            Arrays.fill(strip, (byte) -1);
            for (var g = 0; g < phases.length; g += 4) {
                System.arraycopy(PATTERNS[g], phases[g], a, 0, STRIP);
                System.arraycopy(PATTERNS[g + 1], phases[g + 1], b, 0, STRIP);
                System.arraycopy(PATTERNS[g + 2], phases[g + 2], c, 0, STRIP);
                System.arraycopy(PATTERNS[g + 3], phases[g + 3], d, 0, STRIP);
                intersect(strip, a, b, c, d);
            }
            System.arraycopy(strip, 0, sieve, at + done, STRIP);
            for (var g = 0; g < phases.length; g++) {
                phases[g] = (phases[g] + STRIP) % PERIODS[g];
            }
        }
        if (first < START_BYTES) {
            System.arraycopy(START, (int) first, sieve, at, START_BYTES - (int) first);
        }
    }

    private static void intersect(byte[] strip, byte[] a, byte[] b, byte[] c, byte[] d) {
        for (var i = 0; i < STRIP; i++) {
            strip[i] &= (byte) (a[i] & b[i] & c[i] & d[i]);
        }
    }
}

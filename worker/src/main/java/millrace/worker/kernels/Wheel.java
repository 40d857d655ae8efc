package millrace.worker.kernels;

/// The wheel of 30: one byte stands for the 30 numbers `30 i .. 30 i + 29`, one bit for each of the eight that 2, 3
/// and 5 do not divide.
///
/// A *turn* of a prime p is its multiples `p (30 k + w)`, w in [#RESIDUES]: they lie in the p bytes from byte `p k`
/// on, one for each bit.
final class Wheel {
    /// The numbers below 30 that 2, 3 and 5 do not divide; bit b stands for `RESIDUES[b]`.
    static final int[] RESIDUES = {1, 7, 11, 13, 17, 19, 23, 29};

    /// The bit of a number modulo 30, or -1 when 2, 3 or 5 divides it.
    static final int[] BITS = new int[30];

    static {
        java.util.Arrays.fill(BITS, -1);
        for (var b = 0; b < 8; b++) {
            BITS[RESIDUES[b]] = b;
        }
    }

    private Wheel() {}

    /// The byte, counted from the turn's first, of the one multiple of `p` in each turn that has bit `b`.
    static int offset(int p, int b) {
        for (var w : RESIDUES) {
            if (p % 30 * w % 30 == RESIDUES[b]) {
                return (int) ((long) p * w / 30);
            }
        }
        throw new IllegalArgumentException("2, 3 or 5 divides " + p);
    }
}

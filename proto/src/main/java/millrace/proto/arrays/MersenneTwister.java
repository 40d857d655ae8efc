package millrace.proto.arrays;

/// MT19937 (M. Matsumoto and T. Nishimura, 1998), as numpy's `RandomState` seeds it: `init_genrand`. Its numbers come
/// one after the other only, so whoever needs those far out keeps states on the way. Not for several threads at once.
public final class MersenneTwister {
    private static final int N = 624;
    private static final int M = 397;

    private final int[] state;
    private int next = N;

    /// @param seed 32 bits, all of them allowed
    public MersenneTwister(int seed) {
        state = new int[N];
        state[0] = seed;
        for (var i = 1; i < N; i++) {
            state[i] = 1812433253 * (state[i - 1] ^ (state[i - 1] >>> 30)) + i;
        }
    }

    private MersenneTwister(MersenneTwister other) {
        state = other.state.clone();
        next = other.next;
    }

    /// One that goes on from the same place.
    public MersenneTwister copy() {
        return new MersenneTwister(this);
    }

    /// The next number: any 32 bits.
    public int nextInt() {
        if (next == N) {
            twist();
        }
        var y = state[next++];
        y ^= y >>> 11;
        y ^= (y << 7) & 0x9d2c5680;
        y ^= (y << 15) & 0xefc60000;
        return y ^ (y >>> 18);
    }

    /// Passes over so many numbers, 0 and up.
    public void skip(long numbers) {
        for (var left = numbers; left > 0; ) {
            if (next == N) {
                twist();
            }
            var step = (int) Math.min(N - next, left);
            next += step;
            left -= step;
        }
    }

    private void twist() {
        for (var i = 0; i < N - M; i++) {
            state[i] = state[i + M] ^ mixed(state[i], state[i + 1]);
        }
        for (var i = N - M; i < N - 1; i++) {
            state[i] = state[i + M - N] ^ mixed(state[i], state[i + 1]);
        }
        state[N - 1] = state[M - 1] ^ mixed(state[N - 1], state[0]);
        next = 0;
    }

    private static int mixed(int upper, int lower) {
        var y = (upper & 0x80000000) | (lower & 0x7fffffff);
        return (y >>> 1) ^ (-(y & 1) & 0x9908b0df);
    }
}

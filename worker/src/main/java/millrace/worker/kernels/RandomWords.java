package millrace.worker.kernels;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import millrace.proto.arrays.MersenneTwister;
import millrace.proto.kernels.PrefixCount;

/// The stream of random words of one seed: numpy's `RandomState(seed).bytes(20)` again and again, from any place on.
/// Keeps a state of the generator for every [#STEP] words. Any thread.
final class RandomWords {
    /// Words between states: skipping as many takes a tenth of a millisecond.
    private static final int STEP = 10_000;

    private static final int NUMBERS = PrefixCount.WORD_BYTES / Integer.BYTES;

    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private final List<MersenneTwister> states = new ArrayList<>();

    /// @param words that will be asked for
    RandomWords(long seed, long words) {
        var random = new MersenneTwister((int) seed);
        for (var at = 0L; at < words; at += STEP) {
            states.add(random.copy());
            random.skip((long) STEP * NUMBERS);
        }
    }

    /// Is told words.
    interface Visitor {
        /// @param word its bytes; overwritten by the next
        void word(byte[] word);
    }

    /// The words from there on. One thread.
    Stream from(long first) {
        var random = states.get(Math.toIntExact(first / STEP)).copy();
        random.skip(first % STEP * NUMBERS);
        return new Stream(random);
    }

    /// Words one after the other.
    static final class Stream {
        private final MersenneTwister random;
        private final byte[] word = new byte[PrefixCount.WORD_BYTES];

        private Stream(MersenneTwister random) {
            this.random = random;
        }

        /// Tells the next so many words.
        void next(long words, Visitor visitor) {
            for (var i = 0L; i < words; i++) {
                for (var b = 0; b < word.length; b += Integer.BYTES) {
                    INTS.set(word, b, random.nextInt());
                }
                visitor.word(word);
            }
        }
    }
}

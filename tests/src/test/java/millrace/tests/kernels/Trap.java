package millrace.tests.kernels;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import millrace.proto.Described;
import millrace.proto.Integers;
import millrace.proto.Kernel;
import millrace.proto.Parameter;
import millrace.proto.Work;

/// Sums up the item numbers, but for one item that goes wrong.
@Described(name = "trap", version = 1, summary = "Goes wrong at one item.", item = "a number")
public record Trap(
        @Parameter(help = "numbers", min = "1", max = "1e9") long count,

        @Parameter(help = "the item that goes wrong", min = "0", max = "1e9")
        long at,

        @Parameter(help = "what happens there") Trick trick,

        @Parameter(help = "file that remembers, for every process, that it has happened", optional = true)
        String marker)
        implements Summing {
    /// What goes wrong.
    public enum Trick {
        THROW,
        /// The first time only, by the marker.
        THROW_ONCE,
        /// The process ends at once, as if it were killed.
        HALT
    }

    @Override
    public long items() {
        return count;
    }

    /// Its math.
    public static final class Mill implements Kernel<Trap> {
        @Override
        public Class<Trap> description() {
            return Trap.class;
        }

        @Override
        public byte[] compute(Trap trap, Work work, long first, long end) throws IOException {
            if (first <= trap.at() && trap.at() < end) {
                spring(trap);
            }
            return Integers.encode((first + end - 1) * (end - first) / 2);
        }

        private static void spring(Trap trap) throws IOException {
            switch (trap.trick()) {
                case THROW -> throw new ArithmeticException("item " + trap.at() + " cannot be computed");
                case THROW_ONCE -> {
                    try {
                        Files.createFile(Path.of(trap.marker()));
                    } catch (FileAlreadyExistsException e) {
                        return;
                    }
                    throw new ArithmeticException("item " + trap.at() + " cannot be computed the first time");
                }
                case HALT -> Runtime.getRuntime().halt(139);
            }
        }
    }
}

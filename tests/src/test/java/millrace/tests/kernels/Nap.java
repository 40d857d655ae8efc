package millrace.tests.kernels;

import millrace.proto.Described;
import millrace.proto.Integers;
import millrace.proto.Kernel;
import millrace.proto.Parameter;
import millrace.proto.Work;

/// Takes time without using the cores, which other tests need.
@Described(name = "nap", version = 1, summary = "Sleeps, and sums up the item numbers.", item = "a nap")
public record Nap(
        @Parameter(help = "naps", min = "0", max = "9e15") long count,

        @Parameter(help = "length of each", unit = "milliseconds", min = "1", max = "1e9")
        long millis,

        @Parameter(help = "whether it sleeps on when it is cancelled", byDefault = "false")
        boolean deaf)
        implements Summing {
    @Override
    public long items() {
        return count;
    }

    /// Its math.
    public static final class Mill implements Kernel<Nap> {
        private static final long LOOK_MILLIS = 20;

        @Override
        public Class<Nap> description() {
            return Nap.class;
        }

        @Override
        public byte[] compute(Nap nap, Work work, long first, long end) throws Exception {
            for (var item = first; item < end; item++) {
                var until = System.nanoTime() + 1_000_000 * nap.millis();
                for (var left = until - System.nanoTime(); left > 0; left = until - System.nanoTime()) {
                    Thread.sleep(Math.min(LOOK_MILLIS, left / 1_000_000 + 1));
                    if (!nap.deaf()) {
                        work.checkCancelled();
                    }
                }
            }
            return Integers.encode((first + end - 1) * (end - first) / 2);
        }
    }
}

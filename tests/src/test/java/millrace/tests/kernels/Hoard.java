package millrace.tests.kernels;

import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import millrace.proto.Described;
import millrace.proto.Integers;
import millrace.proto.Kernel;
import millrace.proto.Parameter;
import millrace.proto.Work;

/// Needs memory, says how much, and notices when more of its tasks are computed at once than there should be.
@Described(name = "hoard", version = 1, summary = "Holds memory, and sums up the item numbers.", item = "a hoard")
public record Hoard(
        @Parameter(help = "hoards", min = "1", max = "1e9") long count,

        @Parameter(help = "what each holds", unit = "bytes", min = "1", max = "2e9")
        int bytes,

        @Parameter(help = "how long", unit = "milliseconds", min = "1", max = "1e6")
        long millis,

        @Parameter(help = "how many a process may hold at once", min = "1", max = "1024")
        int atOnce)
        implements Summing {
    @Override
    public long items() {
        return count;
    }

    /// Its math.
    public static final class Mill implements Kernel<Hoard> {
        private final AtomicInteger hoards = new AtomicInteger();

        @Override
        public Class<Hoard> description() {
            return Hoard.class;
        }

        @Override
        public OptionalLong liveBytes(Hoard hoard, long first, long end) {
            return OptionalLong.of(hoard.bytes());
        }

        @Override
        public byte[] compute(Hoard hoard, Work work, long first, long end) throws Exception {
            var held = hoards.incrementAndGet();
            try {
                if (held > hoard.atOnce()) {
                    throw new IllegalStateException(held + " tasks at once, allowed " + hoard.atOnce());
                }
                var sum = 0L;
                for (var item = first; item < end; item++) {
                    sum += hold(hoard, item);
                }
                return Integers.encode(sum);
            } finally {
                hoards.decrementAndGet();
            }
        }

        private static long hold(Hoard hoard, long item) throws InterruptedException {
            var bytes = new byte[hoard.bytes()];
            bytes[bytes.length - 1] = 1;
            Thread.sleep(hoard.millis());
            return item + bytes[bytes.length - 1] - 1;
        }
    }
}

package millrace.tests.kernels;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import millrace.proto.Described;
import millrace.proto.Description;
import millrace.proto.Join;
import millrace.proto.Kernel;
import millrace.proto.OutputSource;
import millrace.proto.Parameter;
import millrace.proto.Ranges;
import millrace.proto.Work;

/// Every item takes its time, without using the cores, until a file appears; from then on none. So a job lasts until a
/// test is through with what it does meanwhile. The output is the same either way, and shows each item at its place.
@Described(name = "vigil", version = 1, summary = "Waits for a file to appear.", item = "eight bytes")
public record Vigil(
        @Parameter(help = "items", min = "0", max = "1e9") long count,

        @Parameter(help = "time that each takes until the file is there", min = "0", max = "1e8")
        long micros,

        @Parameter(help = "the file") String file)
        implements Description {
    @Override
    public long items() {
        return count;
    }

    @Override
    public Join join() {
        return new Join.Concatenation();
    }

    @Override
    public boolean text() {
        return false;
    }

    @Override
    public void write(OutputSource output, Ranges done, OutputStream out) throws IOException {
        try (var in = output.open()) {
            in.transferTo(out);
        }
    }

    /// The bytes of the items `[first, end)`.
    public static byte[] bytes(long first, long end) {
        var bytes = ByteBuffer.allocate(Math.toIntExact(8 * (end - first)));
        for (var item = first; item < end; item++) {
            bytes.putLong(Weights.weight(1, item));
        }
        return bytes.array();
    }

    /// Its math.
    public static final class Mill implements Kernel<Vigil> {
        private static final long LOOK_NANOS = 20_000_000;

        @Override
        public Class<Vigil> description() {
            return Vigil.class;
        }

        @Override
        public byte[] compute(Vigil vigil, Work work, long first, long end) throws Exception {
            var file = Path.of(vigil.file());
            var until = System.nanoTime() + 1000 * vigil.micros() * (end - first);
            for (var left = until - System.nanoTime();
                    left > 0 && !Files.exists(file);
                    left = until - System.nanoTime()) {
                LockSupport.parkNanos(Math.min(LOOK_NANOS, left));
                work.checkCancelled();
            }
            return bytes(first, end);
        }
    }
}

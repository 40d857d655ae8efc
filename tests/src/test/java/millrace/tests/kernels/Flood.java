package millrace.tests.kernels;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import millrace.proto.Described;
import millrace.proto.Description;
import millrace.proto.Join;
import millrace.proto.Kernel;
import millrace.proto.OutputSource;
import millrace.proto.Parameter;
import millrace.proto.Ranges;
import millrace.proto.Work;

/// Every item is many bytes, so that the output is larger than the aggregator's memory.
@Described(name = "flood", version = 1, summary = "Writes many bytes.", item = "a stretch of bytes")
public record Flood(
        @Parameter(help = "stretches", min = "0", max = "1e6")
        long stretches,

        @Parameter(help = "size of each", unit = "words of eight bytes", min = "1", max = "1e8")
        int words)
        implements Description {
    @Override
    public long items() {
        return stretches;
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
    public byte[] bytes(long first, long end) {
        var bytes =
                ByteBuffer.allocate(Math.toIntExact(8L * words * (end - first))).order(ByteOrder.LITTLE_ENDIAN);
        for (var word = first * words; word < end * words; word++) {
            bytes.putLong(Weights.weight(0, word));
        }
        return bytes.array();
    }

    /// Its math.
    public static final class Mill implements Kernel<Flood> {
        @Override
        public Class<Flood> description() {
            return Flood.class;
        }

        @Override
        public byte[] compute(Flood flood, Work work, long first, long end) {
            return flood.bytes(first, end);
        }
    }
}

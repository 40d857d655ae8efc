package millrace.tests.kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import millrace.proto.Blob;
import millrace.proto.Described;
import millrace.proto.Integers;
import millrace.proto.Join;
import millrace.proto.Kernel;
import millrace.proto.Parameter;
import millrace.proto.Work;

/// Reads all of a file for each item, and keeps its sum warm.
@Described(name = "sift", version = 1, summary = "Adds up the bytes of a file, again and again.", item = "a sum")
public record Sift(
        @Parameter(help = "what to add up") Blob file,

        @Parameter(help = "how often", min = "0", max = "1e9")
        long times)
        implements Summing {
    @Override
    public long items() {
        return times;
    }

    @Override
    public Join join() {
        return new Join.IntegerSum(1);
    }

    /// The sum of all bytes, each 0 to 255.
    public static long sum(MemorySegment bytes) {
        var sum = 0L;
        for (var at = 0L; at < bytes.byteSize(); at++) {
            sum += bytes.get(ValueLayout.JAVA_BYTE, at) & 0xff;
        }
        return sum;
    }

    /// Its math.
    public static final class Mill implements Kernel<Sift> {
        @Override
        public Class<Sift> description() {
            return Sift.class;
        }

        @Override
        public byte[] compute(Sift sift, Work work, long first, long end) throws Exception {
            long once = work.warm(sift.file().toString(), () -> sum(work.blob(sift.file())));
            return Integers.encode(BigInteger.valueOf(once).multiply(BigInteger.valueOf(end - first)));
        }
    }
}

package millrace.tests.kernels;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import millrace.proto.Counts;
import millrace.proto.Described;
import millrace.proto.Description;
import millrace.proto.Join;
import millrace.proto.Kernel;
import millrace.proto.OutputSource;
import millrace.proto.Parameter;
import millrace.proto.Ranges;
import millrace.proto.Work;

/// Every item counts all of the same long keys once, so that a partial value is as large as the output.
@Described(name = "tags", version = 1, summary = "Counts keys.", item = "one of each key")
public record Tags(
        @Parameter(help = "how often each key comes", min = "0", max = "1e6")
        long rounds,

        @Parameter(help = "different keys", min = "1", max = "1e6")
        int keys)
        implements Description {
    @Override
    public long items() {
        return rounds;
    }

    @Override
    public Join join() {
        return new Join.CountsByKey();
    }

    @Override
    public void write(OutputSource output, Ranges done, OutputStream out) throws IOException {
        out.write(Integer.toString(Counts.decode(output.readAll()).size()).getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] key(int number) {
        return "a key that is rather long, number %08d".formatted(number).getBytes(StandardCharsets.US_ASCII);
    }

    /// What so many rounds count.
    public byte[] count(long number) {
        var counts = new Counts();
        for (var key = 0; key < keys; key++) {
            counts.add(key(key), number);
        }
        return counts.encode();
    }

    /// Its math.
    public static final class Mill implements Kernel<Tags> {
        @Override
        public Class<Tags> description() {
            return Tags.class;
        }

        @Override
        public byte[] compute(Tags tags, Work work, long first, long end) {
            return tags.count(end - first);
        }
    }
}

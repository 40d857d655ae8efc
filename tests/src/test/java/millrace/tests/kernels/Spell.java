package millrace.tests.kernels;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import millrace.proto.Described;
import millrace.proto.Description;
import millrace.proto.Join;
import millrace.proto.Kernel;
import millrace.proto.OutputSource;
import millrace.proto.Parameter;
import millrace.proto.Ranges;
import millrace.proto.Work;

/// An output as long as the job: each item is a line.
@Described(name = "spell", version = 1, summary = "Writes the numbers from 0 up, a line each.", item = "a number")
public record Spell(
        @Parameter(help = "numbers", min = "0", max = "1e9") long count) implements Description {
    @Override
    public long items() {
        return count;
    }

    @Override
    public Join join() {
        return new Join.Concatenation();
    }

    @Override
    public void write(OutputSource output, Ranges done, OutputStream out) throws IOException {
        try (var in = output.open()) {
            in.transferTo(out);
        }
    }

    /// The lines of the items `[first, end)`.
    public static byte[] lines(long first, long end) {
        var text = new StringBuilder();
        for (var item = first; item < end; item++) {
            text.append(item).append('\n');
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    /// Its math.
    public static final class Mill implements Kernel<Spell> {
        @Override
        public Class<Spell> description() {
            return Spell.class;
        }

        @Override
        public byte[] compute(Spell spell, Work work, long first, long end) {
            return lines(first, end);
        }
    }
}

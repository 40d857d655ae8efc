package millrace.proto.kernels;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import millrace.proto.Described;
import millrace.proto.Description;
import millrace.proto.Integers;
import millrace.proto.Join;
import millrace.proto.OutputSource;
import millrace.proto.Parameter;
import millrace.proto.Ranges;

/// Keeps a core busy for a given time an item, to measure a fleet with.
///
/// The output is the sum of all item numbers, so that an item that is lost or counted twice shows.
@Described(
        name = "spin",
        version = 1,
        summary = "Keeps a core busy for --micros an item and adds the item numbers up: to measure a fleet.",
        item = "one spell of --micros on one core")
public record Spin(
        @Parameter(help = "how many items", min = "0", max = "1e9")
        long count,

        @Parameter(help = "how long an item keeps its core busy", unit = "us", byDefault = "0", min = "0", max = "1e9")
        double micros)
        implements Description {
    @Override
    public long items() {
        return count;
    }

    @Override
    public Join join() {
        return new Join.IntegerSum(1);
    }

    @Override
    public void write(OutputSource output, Ranges done, OutputStream out) throws IOException {
        var sum = Integers.decode(output.readAll())[0];
        out.write((sum + "\n").getBytes(StandardCharsets.US_ASCII));
    }
}

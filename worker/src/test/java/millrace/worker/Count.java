package millrace.worker;

import java.io.IOException;
import java.io.OutputStream;
import millrace.proto.Described;
import millrace.proto.Description;
import millrace.proto.Join;
import millrace.proto.OutputSource;
import millrace.proto.Parameter;
import millrace.proto.Ranges;

/// A description for tests: so many items that mean nothing.
@Described(name = "count", version = 1, summary = "Counts.", item = "a thing to count")
record Count(
        @Parameter(help = "how many", min = "0", max = "1e15")
        long things) implements Description {
    @Override
    public long items() {
        return things;
    }

    @Override
    public Join join() {
        return new Join.IntegerSum(1);
    }

    @Override
    public void write(OutputSource output, Ranges done, OutputStream out) throws IOException {
        throw new IOException("tests write no outputs");
    }
}

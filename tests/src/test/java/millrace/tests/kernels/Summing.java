package millrace.tests.kernels;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import millrace.proto.Description;
import millrace.proto.Integers;
import millrace.proto.Join;
import millrace.proto.OutputSource;
import millrace.proto.Ranges;

/// A description whose output is one integer, written as text.
interface Summing extends Description {
    @Override
    default Join join() {
        return new Join.IntegerSum(1);
    }

    @Override
    default void write(OutputSource output, Ranges done, OutputStream out) throws IOException {
        out.write(Integers.decode(output.readAll())[0].toString().getBytes(StandardCharsets.US_ASCII));
    }
}

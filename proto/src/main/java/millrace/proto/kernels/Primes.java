package millrace.proto.kernels;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import millrace.proto.BadInput;
import millrace.proto.Described;
import millrace.proto.Description;
import millrace.proto.Integers;
import millrace.proto.Join;
import millrace.proto.OutputSource;
import millrace.proto.Parameter;
import millrace.proto.Ranges;

/// Counts the primes of an interval.
///
/// The output is one integer. Blocks start at the largest multiple of 30 that is not above `from`; the first and
/// the last are cut to the interval.
@Described(
        name = "primes",
        version = 1,
        summary = "Counts the prime numbers from --from up to, but without, --to.",
        item = "a block of 15,728,640 numbers, doubled up to four times for --to above 4e15")
public record Primes(
        @Parameter(help = "where to start", byDefault = "0", min = "0", max = "1e18")
        long from,

        @Parameter(help = "where to stop; not counted itself", min = "0", max = "1e18")
        long to)
        implements Description {
    /// The numbers of the smallest block: one byte for 30 numbers fills half of a usual second-level cache.
    public static final long BLOCK = 30L << 19;

    public Primes {
        if (from > to) {
            throw new BadInput("--from is %d, allowed: at most --to, which is %d".formatted(from, to));
        }
    }

    /// The first number of the first block: a multiple of 30.
    public long base() {
        return from - from % 30;
    }

    /// The numbers of a block: [#BLOCK], doubled until it is a quarter of the largest prime that `to` needs to be
    /// sieved with, because each task has to look at every one of those primes.
    public long blockNumbers() {
        var numbers = BLOCK;
        while (16.0 * numbers * numbers < to) {
            numbers *= 2;
        }
        return numbers;
    }

    @Override
    public long items() {
        return from == to ? 0 : (to - base() - 1) / blockNumbers() + 1;
    }

    @Override
    public Join join() {
        return new Join.IntegerSum(1);
    }

    @Override
    public void write(OutputSource output, Ranges done, OutputStream out) throws IOException {
        var count = Integers.decode(output.readAll())[0];
        out.write((count + "\n").getBytes(StandardCharsets.US_ASCII));
    }
}

package millrace.tests.sim;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import millrace.proto.Counts;
import millrace.proto.Described;
import millrace.proto.Description;
import millrace.proto.Entries;
import millrace.proto.Entry;
import millrace.proto.ExactSum;
import millrace.proto.Integers;
import millrace.proto.Join;
import millrace.proto.Kernel;
import millrace.proto.OutputSource;
import millrace.proto.Parameter;
import millrace.proto.Ranges;
import millrace.proto.Work;

/// A kernel that costs nothing, in six kinds for the six joins. It exists in simulated worlds only.
@Described(name = "toy", version = 1, summary = "Numbers out of a hat.", item = "a number")
record Toy(
        @Parameter(help = "sum, floats, bytes, counts, extremes or top")
        String kind,

        @Parameter(help = "numbers", min = "0", max = "1e6") long count,

        @Parameter(help = "of the hat") long seed,

        @Parameter(help = "the item that always fails, or -1", min = "-1", max = "1e6", byDefault = "-1")
        long bad)
        implements Description {
    static final List<String> KINDS = List.of("sum", "floats", "bytes", "counts", "extremes", "top");
    static final int TOP = 5;

    @Override
    public long items() {
        return count;
    }

    @Override
    public Join join() {
        return switch (kind) {
            case "sum" -> new Join.IntegerSum(2);
            case "floats" -> new Join.FloatSum(1);
            case "bytes" -> new Join.Concatenation();
            case "counts" -> new Join.CountsByKey();
            case "extremes" -> new Join.Extremes();
            case "top" -> new Join.TopK(TOP);
            default -> throw new IllegalArgumentException(kind);
        };
    }

    @Override
    public void write(OutputSource output, Ranges done, OutputStream out) throws IOException {
        try (var in = output.open()) {
            in.transferTo(out);
        }
    }

    /// What is drawn for an item.
    long draw(long item) {
        var z = (seed * 31 + item) * 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        return (z ^ (z >>> 27)) >>> 8;
    }

    double number(long item) {
        var z = draw(item);
        return Math.scalb((double) ((z & 0xFFFF) - 0x8000), (int) (z >>> 20) % 200 - 100);
    }

    // Long enough for pieces in every other world; else an output is mostly in its ending.
    byte[] text(long item) {
        var text = Long.toString(draw(item) % 1000);
        return (seed % 2 == 0 ? text : text.repeat(20)).getBytes(StandardCharsets.US_ASCII);
    }

    byte[] key(long item) {
        return ("k" + draw(item) % 13).getBytes(StandardCharsets.US_ASCII);
    }

    Entry entry(long item) {
        return new Entry(draw(item) % 50, item, ByteString.copyFrom(text(item)));
    }

    /// Its math.
    static final class Mill implements Kernel<Toy> {
        @Override
        public Class<Toy> description() {
            return Toy.class;
        }

        @Override
        public byte[] compute(Toy toy, Work work, long first, long end) throws Exception {
            if (first <= toy.bad && toy.bad < end) {
                throw new IllegalStateException("item " + toy.bad);
            }
            work.checkCancelled();
            return switch (toy.kind) {
                case "sum" -> sum(toy, first, end);
                case "floats" -> {
                    var sum = new ExactSum();
                    for (var item = end - 1; item >= first; item--) {
                        sum.add(toy.number(item));
                    }
                    yield ExactSum.encode(sum);
                }
                case "bytes" -> bytes(toy, first, end);
                case "counts" -> {
                    var counts = new Counts();
                    for (var item = first; item < end; item++) {
                        counts.add(toy.key(item), 1);
                    }
                    yield counts.encode();
                }
                case "extremes", "top" -> {
                    var entries = new ArrayList<Entry>();
                    for (var item = first; item < end; item++) {
                        entries.add(toy.entry(item));
                    }
                    yield Entries.encode(entries);
                }
                default -> throw new IllegalArgumentException(toy.kind);
            };
        }

        private static byte[] sum(Toy toy, long first, long end) {
            var plain = BigInteger.ZERO;
            var weighed = BigInteger.ZERO;
            for (var item = first; item < end; item++) {
                var drawn = BigInteger.valueOf(toy.draw(item));
                plain = plain.add(drawn);
                weighed = weighed.add(drawn.multiply(BigInteger.valueOf(item)));
            }
            return Integers.encode(plain, weighed);
        }

        private static byte[] bytes(Toy toy, long first, long end) {
            var text = new java.io.ByteArrayOutputStream();
            for (var item = first; item < end; item++) {
                text.writeBytes(toy.text(item));
            }
            return text.toByteArray();
        }
    }
}

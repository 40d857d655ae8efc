package millrace.tests.sim;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import millrace.proto.Counts;
import millrace.proto.Entries;
import millrace.proto.Entry;
import millrace.proto.ExactSum;
import millrace.proto.Integers;

/// What the output of a job must be, worked out from its items one by one, without tasks or joins.
final class Truth {
    private Truth() {}

    /// @param done the items that are in the output
    static byte[] output(Toy toy, BitSet done) {
        return switch (toy.kind()) {
            case "sum" -> {
                var plain = BigInteger.ZERO;
                var weighed = BigInteger.ZERO;
                for (var item : items(done)) {
                    plain = plain.add(BigInteger.valueOf(toy.draw(item)));
                    weighed = weighed.add(BigInteger.valueOf(toy.draw(item)).multiply(BigInteger.valueOf(item)));
                }
                yield Integers.encode(plain, weighed);
            }
            case "floats" -> {
                var sum = new ExactSum();
                for (var item : items(done)) {
                    sum.add(toy.number(item));
                }
                yield ExactSum.encode(sum);
            }
            case "bytes" -> {
                var text = new ByteArrayOutputStream();
                for (var item : items(done)) {
                    text.writeBytes(toy.text(item));
                }
                yield text.toByteArray();
            }
            case "counts" -> counts(toy, done);
            case "extremes" -> {
                var entries = entries(toy, done);
                var byScore = Comparator.comparingDouble(Entry::score);
                var ends = new ArrayList<Entry>();
                if (!entries.isEmpty()) {
                    // Among equals the first is taken, which has the lowest item.
                    ends.add(entries.stream().min(byScore).orElseThrow());
                    ends.add(entries.stream().min(byScore.reversed()).orElseThrow());
                }
                yield Entries.encode(ends);
            }
            case "top" -> {
                var entries = entries(toy, done);
                entries.sort(Comparator.comparingDouble(Entry::score).reversed());
                yield Entries.encode(entries.subList(0, Math.min(Toy.TOP, entries.size())));
            }
            default -> throw new IllegalArgumentException(toy.kind());
        };
    }

    private static byte[] counts(Toy toy, BitSet done) {
        var byKey = new TreeMap<String, Long>();
        for (var item : items(done)) {
            byKey.merge(new String(toy.key(item), java.nio.charset.StandardCharsets.US_ASCII), 1L, Long::sum);
        }
        var counts = new Counts();
        byKey.forEach((key, count) -> counts.add(key.getBytes(java.nio.charset.StandardCharsets.US_ASCII), count));
        return counts.encode();
    }

    private static List<Entry> entries(Toy toy, BitSet done) {
        var entries = new ArrayList<Entry>();
        for (var item : items(done)) {
            entries.add(toy.entry(item));
        }
        return entries;
    }

    private static long[] items(BitSet done) {
        return done.stream().asLongStream().toArray();
    }
}

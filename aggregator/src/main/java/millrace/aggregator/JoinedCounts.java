package millrace.aggregator;

import com.google.protobuf.ByteString;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import millrace.proto.BlobPlace;
import millrace.proto.Counts;
import millrace.proto.OutputPart;
import org.jspecify.annotations.Nullable;

/// Counts by key, of which the output has all, or the frequent prefixes. Which of them are frequent shows only at the
/// end, so the state is all keys.
///
/// They are in a table until that is too large. Then the table becomes a [Run], which is put on the topic of blobs, and
/// another begins. A value that its worker has put there is a run as it lies. Many small runs become a larger one on
/// the way. When no more items come, all runs and the table are merged into the output ([RunMerge]). Whoever can put
/// and read parts asks [#wanted] and answers. The output has the same bytes as that of one large table.
///
/// State: the bytes of the table. When there are runs, before them [#WITH_RUNS], the sum of all counts that came here
/// and are in runs (eight bytes), the number of runs (four), and each run: the number of its parts (four), its parts.
final class JoinedCounts implements JoinedValue {
    /// No table begins so: the number 0 in more bytes than it needs.
    private static final short WITH_RUNS = (short) 0x8000;

    /// As the smallest count of prefixes: all keys instead.
    static final long ALL = 0;

    private final long atLeast;
    private final RunLimits limits;
    private Counts table = new Counts();
    private final List<Run> runs = new ArrayList<>();
    private long runsTotal;
    private @Nullable RunMerge merge;
    // What is merged before the end; empty while the output is.
    private List<Run> merged = List.of();
    private @Nullable JoinedBytes output;

    /// @param atLeast the smallest count of a prefix in the output, or [#ALL]
    JoinedCounts(long atLeast, RunLimits limits) {
        this.atLeast = atLeast;
        this.limits = limits;
    }

    static JoinedCounts restore(long atLeast, RunLimits limits, byte[] state) {
        var restored = new JoinedCounts(atLeast, limits);
        try (var in = new DataInputStream(new ByteArrayInputStream(state))) {
            if (state.length >= Short.BYTES && in.readShort() == WITH_RUNS) {
                restored.readRuns(in);
                restored.table.addEncoded(in.readAllBytes());
            } else {
                restored.table.addEncoded(state);
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("the runs of the state are broken", e);
        }
        return restored;
    }

    private void readRuns(DataInputStream in) throws IOException {
        runsTotal = in.readLong();
        var number = in.readInt();
        for (var run = 0; run < number; run++) {
            var size = in.readInt();
            var parts = new ArrayList<OutputPart>();
            for (var part = 0; part < size; part++) {
                parts.add(OutputPart.read(in).orElseThrow(() -> new IOException("a part is missing")));
            }
            runs.add(new Run(parts));
        }
    }

    @Override
    public byte[] state() {
        if (runs.isEmpty()) {
            return table.encode();
        }
        var state = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(state)) {
            out.writeShort(WITH_RUNS);
            out.writeLong(runsTotal);
            out.writeInt(runs.size());
            for (var run : runs) {
                out.writeInt(run.parts().size());
                for (var part : run.parts()) {
                    part.writeTo(out);
                }
            }
            out.write(table.encode());
        } catch (IOException e) {
            throw new AssertionError("memory is written without I/O", e);
        }
        return state.toByteArray();
    }

    @Override
    public void add(long first, long end, byte[] partial) {
        var large = isLarge(partial);
        if (large || !runs.isEmpty()) {
            var added = Counts.read(partial, (_, _, _, _) -> {});
            Check.require(
                    added <= Long.MAX_VALUE - runsTotal - table.total(), "the sum of all counts is beyond 2^63 - 1");
            if (large) {
                runsTotal += added;
                addRun(partial);
                return;
            }
        }
        table.addEncoded(partial);
        if (table.memoryBytes() > limits.tableBytes() && table.size() > 0) {
            runsTotal += table.total();
            addRun(table.encode());
            table = new Counts();
        }
    }

    @Override
    public void add(long first, long end, List<BlobPlace> parts) {
        for (var part : parts) {
            var bytes = part.blob().bytes();
            Check.require(
                    0 < bytes && bytes <= Counts.PART_BYTES,
                    "a part of counts has %d bytes, allowed 1 to %d",
                    bytes,
                    Counts.PART_BYTES);
        }
        runs.add(new Run(parts.stream().map(OutputPart.Placed::new).toList()));
    }

    // It would make the table much larger.
    private boolean isLarge(byte[] partial) {
        return partial.length > limits.tableBytes() / 4;
    }

    private void addRun(byte[] encoded) {
        runs.add(new Run(data(encoded)));
    }

    private List<OutputPart.Data> data(byte[] encoded) {
        return Counts.cut(encoded, limits.partBytes()).stream()
                .map(OutputPart.Data::new)
                .toList();
    }

    @Override
    public long memoryBytes() {
        var bytes = table.memoryBytes();
        for (var run : runs) {
            bytes += run.memoryBytes();
        }
        if (runs.isEmpty()) {
            return bytes;
        }
        var parts = Math.min(runs.size(), limits.fanIn()) + RunMerge.PARTS_BESIDE;
        var partBytes = runs.stream().mapToLong(Run::partBytes).max().orElse(0);
        return bytes + parts * RunMerge.partMemoryBytes(Math.max(limits.partBytes(), partBytes));
    }

    /// Whether some of it is not in the table: then [#output] has the output, once nothing is [#wanted] any more.
    boolean hasRuns() {
        return !runs.isEmpty();
    }

    /// Whether a run waits to be put: until it is, nothing should be added.
    boolean isFull() {
        return toBePut() != null;
    }

    /// What is to be put (data) or read (placed) now, or null.
    ///
    /// @param ended whether no more items come
    @Nullable
    OutputPart wanted(boolean ended) {
        var first = toBePut();
        if (first != null) {
            return first.toBePut();
        }
        while (merge != null || begin(ended)) {
            var wanted = merge == null ? null : merge.wanted();
            if (wanted != null) {
                return wanted;
            }
            finish();
        }
        return null;
    }

    /// What will be [#wanted] after that, as far as is known: whoever begins to move it now saves waiting later.
    List<OutputPart> ahead() {
        for (var run : runs) {
            var waiting = run.allToBePut();
            if (!waiting.isEmpty()) {
                return waiting.subList(1, Math.min(waiting.size(), RunMerge.PUTS));
            }
        }
        return merge == null ? List.of() : merge.ahead();
    }

    /// A part that was [#wanted] was put there. Does nothing when it is not wanted any more.
    void put(OutputPart.Data part, BlobPlace place) {
        var run = toBePut();
        if (run != null) {
            if (part.equals(run.toBePut())) {
                run.put(place);
            }
        } else if (merge != null && part.equals(merge.wanted())) {
            merge.put(place);
        }
    }

    /// A part that was [#wanted] has these bytes. Does nothing when it is not wanted any more.
    ///
    /// @throws IllegalArgumentException when they are no counts
    void read(OutputPart.Placed part, ByteString bytes) {
        if (merge != null && part.equals(merge.wanted())) {
            merge.read(bytes);
        }
    }

    private @Nullable Run toBePut() {
        for (var run : runs) {
            if (run.toBePut() != null) {
                return run;
            }
        }
        return null;
    }

    // Begins a merge when one is due.
    private boolean begin(boolean ended) {
        if (output != null || runs.isEmpty()) {
            return false;
        }
        var fanIn = limits.fanIn();
        // When there are twice as many, the smallest are merged before the end.
        if (runs.size() >= 2 * fanIn || (ended && runs.size() > fanIn)) {
            merged = runs.stream()
                    .sorted(Comparator.comparingLong(Run::bytes))
                    .limit(Math.min(fanIn, ended ? runs.size() - fanIn + 1 : fanIn))
                    .toList();
            merge = new RunMerge(merged.stream().map(Run::parts).toList(), null, limits.partBytes(), 0);
            return true;
        }
        if (ended) {
            var all = new ArrayList<>(runs.stream().map(Run::parts).toList());
            all.add(List.copyOf(data(table.encode())));
            var prefixes = atLeast == ALL ? null : new PrefixSums(atLeast);
            merge = new RunMerge(all, prefixes, limits.partBytes(), limits.outputBytes());
            return true;
        }
        return false;
    }

    private void finish() {
        var parts = merge == null ? List.<OutputPart>of() : merge.parts();
        merge = null;
        if (merged.isEmpty()) {
            var bytes = new JoinedBytes();
            for (var part : parts) {
                bytes.append(part);
            }
            output = bytes;
        } else {
            runs.removeAll(merged);
            runs.add(new Run(parts));
            merged = List.of();
        }
    }

    /// The output of all runs and the table, or null before it is merged.
    @Nullable
    JoinedBytes output() {
        return output;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        Check.invariant(runs.isEmpty(), "the output of %d runs is not in the table", runs.size());
        if (atLeast == ALL) {
            table.writeTo(out);
        } else {
            table.writePrefixesTo(out, atLeast);
        }
    }
}

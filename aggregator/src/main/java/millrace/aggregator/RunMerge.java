package millrace.aggregator;

import com.google.protobuf.ByteString;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import millrace.proto.BlobPlace;
import millrace.proto.CountsReader;
import millrace.proto.CountsWriter;
import millrace.proto.OutputPart;
import org.jspecify.annotations.Nullable;

/// Adds up runs in one pass, of each of which it holds one part at a time. From the largest key down, as
/// [PrefixSums] needs it. Goes on whenever it is given what it [#wanted].
final class RunMerge {
    private static final class Source {
        private final List<OutputPart> parts;
        private int next;
        private CountsReader reader = new CountsReader(new byte[0]);

        Source(List<OutputPart> parts) {
            this.parts = parts;
            next = parts.size();
        }

        OutputPart part() {
            return parts.get(next - 1);
        }

        void load(ByteString bytes) {
            reader = new CountsReader(bytes.toByteArray());
            next--;
        }
    }

    private final PriorityQueue<Source> heads =
            new PriorityQueue<>((one, other) -> other.reader.compareKey(one.reader));
    // Those whose next part is to be read.
    private final Deque<Source> starving = new ArrayDeque<>();
    private final @Nullable PrefixSums prefixes;
    private final long outputBytes;
    private final CountsWriter writer;
    // From the last part to the first; the first `placed` of them were put.
    private final List<OutputPart> parts = new ArrayList<>();
    private long bytes;
    private int placed;
    private boolean ended;

    /// @param runs        the parts of each
    /// @param prefixes    what of the sums is wanted, or null for all
    /// @param partBytes   of a part of what comes of it
    /// @param outputBytes when more comes of it, its parts are put
    RunMerge(List<List<OutputPart>> runs, @Nullable PrefixSums prefixes, int partBytes, long outputBytes) {
        this.prefixes = prefixes;
        this.outputBytes = outputBytes;
        writer = new CountsWriter(partBytes);
        runs.forEach(run -> advance(new Source(run)));
        go();
    }

    /// The part that is to be put or read now, or null when it is at its end.
    @Nullable
    OutputPart wanted() {
        var full = toBePut();
        return full != null ? full : starving.isEmpty() ? null : starving.peek().part();
    }

    /// The part that is [#wanted] was put there.
    void put(BlobPlace place) {
        parts.set(placed++, new OutputPart.Placed(place));
        go();
    }

    /// The part that is [#wanted] has these bytes.
    ///
    /// @throws IllegalArgumentException when they are no counts; then nothing has changed
    void read(ByteString part) {
        starving.element().load(part);
        advance(starving.remove());
        go();
    }

    /// What came of it, at its end.
    List<OutputPart> parts() {
        Check.invariant(wanted() == null, "a merge has not ended");
        var ascending = new ArrayList<>(parts);
        Collections.reverse(ascending);
        return ascending;
    }

    private @Nullable OutputPart toBePut() {
        return bytes > outputBytes && placed < parts.size() ? parts.get(placed) : null;
    }

    private void go() {
        while (!ended && starving.isEmpty() && toBePut() == null) {
            step();
        }
    }

    private void step() {
        var first = heads.peek();
        if (prefixes != null) {
            if (first == null) {
                prefixes.end();
            } else {
                prefixes.approach(first.reader.bytes(), first.reader.from(), first.reader.length());
            }
            while (prefixes.hasFinal()) {
                prefixes.tell(this::write);
                if (toBePut() != null) {
                    return;
                }
            }
        }
        if (first == null) {
            if (!writer.isEmpty()) {
                full();
            }
            ended = true;
        } else {
            add(heads.remove());
        }
    }

    private void add(Source first) {
        var key = first.reader;
        var count = key.count();
        while (!heads.isEmpty() && heads.element().reader.compareKey(key) == 0) {
            var same = heads.remove();
            count += same.reader.count();
            advance(same);
        }
        if (prefixes == null) {
            write(key.bytes(), key.from(), key.length(), count);
        } else {
            prefixes.add(key.bytes(), key.from(), key.length(), count);
        }
        advance(first);
    }

    private void advance(Source source) {
        while (!source.reader.previous()) {
            if (source.next == 0) {
                return;
            }
            switch (source.part()) {
                case OutputPart.Data(var data) -> source.load(data);
                case OutputPart.Placed _ -> {
                    starving.add(source);
                    return;
                }
            }
        }
        heads.add(source);
    }

    private void write(byte[] key, int from, int length, long count) {
        if (!writer.put(key, from, length, count)) {
            full();
            writer.put(key, from, length, count);
        }
    }

    private void full() {
        var part = writer.take();
        bytes += part.size();
        parts.add(new OutputPart.Data(part));
    }
}

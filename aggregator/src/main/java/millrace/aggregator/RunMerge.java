package millrace.aggregator;

import com.google.protobuf.ByteString;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import millrace.proto.BlobPlace;
import millrace.proto.CountsReader;
import millrace.proto.CountsWriter;
import millrace.proto.OutputPart;
import org.jspecify.annotations.Nullable;

/// Adds up runs in one pass, of each of which it holds one part at a time. From the largest key down, as
/// [PrefixSums] needs it. Goes on whenever it is given what it [#wanted].
final class RunMerge {
    /// So many parts may wait to be put: they can be on their way at once, and meanwhile the merge goes on.
    static final int PUTS = 4;

    /// So many parts may be read ahead: a fetch takes about as long as to merge one.
    static final int READS = 3;

    /// Parts that a merge has in memory beside one of each run: of the table, what is written, put, read and read ahead.
    static final int PARTS_BESIDE = 3 + PUTS + READS;

    private static final class Source {
        private final int number;
        private final List<OutputPart> parts;
        private int next;
        private CountsReader reader = new CountsReader(new byte[0]);
        // Whether the reader is at a key.
        private boolean hasKey;

        Source(int number, List<OutputPart> parts) {
            this.number = number;
            this.parts = parts;
            next = parts.size();
        }

        boolean comesBefore(Source other) {
            return hasKey && (!other.hasKey || reader.compareKey(other.reader) > 0);
        }

        OutputPart part() {
            return parts.get(next - 1);
        }

        /// Bytes of the part that it has, of which keys are left.
        int left() {
            return hasKey ? reader.from() : 0;
        }

        void load(ByteString bytes) {
            var behind = reader;
            reader = new CountsReader(bytes.toByteArray());
            next--;
            hasKey = reader.previous();
            Check.require(
                    !hasKey || behind.total() == 0 || reader.compareKey(behind) < 0,
                    "a part of a run does not end before the next one begins");
        }
    }

    /// Which source has the largest key: a tree of comparisons, each of two below it. When a source has moved, those
    /// above it are made again, and no others.
    private static final class Tournament {
        private final Source[] sources;
        // Of the key of each source: these alone decide most comparisons, and lie near each other.
        private final long[] keys;
        // The winner of places 2 i and 2 i + 1 is in place i; the sources themselves begin at their number.
        private final int[] winners;

        Tournament(Source[] sources) {
            this.sources = sources;
            keys = new long[sources.length];
            winners = new int[sources.length];
            for (var place = sources.length - 1; place > 0; place--) {
                play(place);
            }
        }

        void moved(Source source) {
            keys[source.number] = source.hasKey ? source.reader.head() : 0;
            for (var place = (sources.length + source.number) >> 1; place > 0; place >>= 1) {
                play(place);
            }
        }

        private void play(int place) {
            var one = winner(2 * place);
            var other = winner(2 * place + 1);
            var otherFirst = keys[one] == keys[other]
                    ? sources[other].comesBefore(sources[one])
                    : Long.compareUnsigned(keys[other], keys[one]) > 0;
            winners[place] = otherFirst ? other : one;
        }

        private int winner(int place) {
            return place >= sources.length ? place - sources.length : winners[place];
        }

        /// The source with the largest key, or null when none has one.
        @Nullable
        Source first() {
            var first = sources[winner(1)];
            return first.hasKey ? first : null;
        }
    }

    private final Source[] sources;
    private final Tournament heads;
    // Those whose next part is to be read.
    private final Deque<Source> starving = new ArrayDeque<>();
    // Those whose next part was said to be wanted soon: it stays so until it is read, or what was begun were in vain.
    private final Set<Source> ahead = new LinkedHashSet<>();
    private final @Nullable PrefixSums prefixes;
    private final long outputBytes;
    private final CountsWriter writer;
    // From the last part to the first; the first `placed` of them were put.
    private final List<OutputPart> parts = new ArrayList<>();
    private long bytes;
    private int placed;
    // Of all counts so far.
    private long total;
    private boolean ended;

    /// @param runs        the parts of each
    /// @param prefixes    what of the sums is wanted, or null for all
    /// @param partBytes   of a part of what comes of it
    /// @param outputBytes when more comes of it, its parts are put
    RunMerge(List<List<OutputPart>> runs, @Nullable PrefixSums prefixes, int partBytes, long outputBytes) {
        this.prefixes = prefixes;
        this.outputBytes = outputBytes;
        writer = new CountsWriter(partBytes);
        sources = new Source[runs.size()];
        Arrays.setAll(sources, number -> new Source(number, runs.get(number)));
        heads = new Tournament(sources);
        for (var source : sources) {
            advance(source);
        }
        go();
    }

    /// What a part takes in memory, with where its entries begin, of eight bytes or more as a rule.
    static long partMemoryBytes(long bytes) {
        return bytes * 3 / 2;
    }

    /// The part that is to be put or read now, or null when it is at its end.
    @Nullable
    OutputPart wanted() {
        if (isFull() || (ended && hasToBePut())) {
            return parts.get(placed);
        }
        return starving.isEmpty() ? null : starving.peek().part();
    }

    /// What will be [#wanted] next, as far as is known: whoever begins to move it now saves waiting later.
    List<OutputPart> ahead() {
        if (isFull() || (ended && hasToBePut())) {
            return List.copyOf(parts.subList(placed + 1, parts.size()));
        }
        Arrays.stream(sources)
                .filter(source ->
                        !ahead.contains(source) && source.next > 0 && source.part() instanceof OutputPart.Placed)
                .sorted(Comparator.comparingInt(Source::left))
                .limit(1L + READS - ahead.size())
                .toList()
                .forEach(ahead::add);
        var wanted = starving.peek();
        return ahead.stream()
                .filter(source -> source != wanted)
                .limit(READS)
                .map(Source::part)
                .toList();
    }

    /// The part that is [#wanted] was put there.
    void put(BlobPlace place) {
        parts.set(placed++, new OutputPart.Placed(place));
        go();
    }

    /// The part that is [#wanted] has these bytes.
    ///
    /// @throws IllegalArgumentException when they are no counts, or too many; then the merge is of no use any more
    void read(ByteString part) {
        load(starving.element(), part);
        fill(starving.remove());
        go();
    }

    /// What came of it, at its end.
    List<OutputPart> parts() {
        Check.invariant(wanted() == null, "a merge has not ended");
        var ascending = new ArrayList<>(parts);
        Collections.reverse(ascending);
        return ascending;
    }

    private boolean hasToBePut() {
        return bytes > outputBytes && placed < parts.size();
    }

    private boolean isFull() {
        return hasToBePut() && parts.size() - placed >= PUTS;
    }

    private void go() {
        while (!ended && starving.isEmpty() && !isFull()) {
            step();
        }
    }

    private void step() {
        var first = heads.first();
        if (prefixes != null) {
            if (first == null) {
                prefixes.end();
            } else {
                prefixes.approach(first.reader.bytes(), first.reader.from(), first.reader.length());
            }
            while (prefixes.hasFinal()) {
                prefixes.tell(this::write);
                if (isFull()) {
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
            add(first);
        }
    }

    // Of a source that starves no key is as large, because those of a run fall.
    private void add(Source first) {
        var key = first.reader;
        var bytes = key.bytes();
        var from = key.from();
        var length = key.length();
        var head = key.head();
        var count = key.count();
        advance(first);
        for (var same = heads.first();
                same != null && same.reader.hasKey(head, bytes, from, length);
                same = heads.first()) {
            count += same.reader.count();
            advance(same);
        }
        if (prefixes == null) {
            write(bytes, from, length, count);
        } else {
            prefixes.add(bytes, from, length, count);
        }
    }

    private void load(Source source, ByteString part) {
        ahead.remove(source);
        source.load(part);
        var added = source.reader.total();
        Check.require(added <= Long.MAX_VALUE - total, "the sum of all counts is beyond 2^63 - 1");
        total += added;
    }

    private void advance(Source source) {
        source.hasKey = source.reader.previous();
        fill(source);
    }

    private void fill(Source source) {
        while (!source.hasKey && source.next > 0) {
            if (!(source.part() instanceof OutputPart.Data(var data))) {
                starving.add(source);
                break;
            }
            load(source, data);
        }
        heads.moved(source);
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

package millrace.tests.sim;

import java.util.ArrayList;
import java.util.List;
import millrace.proto.Channel;
import millrace.proto.ForeignRecord;
import millrace.tests.model.Entry;
import millrace.tests.model.Isolation;
import millrace.tests.model.Log;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/// One partition of a topic, with its records as the checked ones that they are. Each record goes through its
/// bytes; reading these once is enough for all readers, because checked records do not change.
final class Tape<T> {
    /// What stands at an offset.
    ///
    /// @param record  null when it is a tombstone or foreign
    /// @param foreign why it is none of ours, or null
    record Line<T>(
            long offset,
            long atMillis,
            @Nullable T record,
            @Nullable ForeignRecord foreign) {}

    final TopicPartition partition;
    final Log log;
    final Channel<T> channel;
    private final List<@Nullable Line<T>> lines = new ArrayList<>();

    Tape(TopicPartition partition, Log log, Channel<T> channel) {
        this.partition = partition;
        this.log = log;
        this.channel = channel;
    }

    List<Line<T>> read(long from, Isolation isolation, int max) {
        var read = new ArrayList<Line<T>>();
        for (var entry : log.read(from, isolation, max)) {
            read.add(line(entry));
        }
        return read;
    }

    /// What stands at the offset, or null where nothing does any more.
    @Nullable
    Line<T> at(long offset) {
        var found = log.read(offset, Isolation.READ_UNCOMMITTED, 1);
        return found.isEmpty() || found.getFirst().offset() != offset ? null : line(found.getFirst());
    }

    private Line<T> line(Entry entry) {
        var at = Math.toIntExact(entry.offset());
        while (lines.size() <= at) {
            lines.add(null);
        }
        var known = lines.get(at);
        if (known == null) {
            known = parse(entry);
            lines.set(at, known);
        }
        return known;
    }

    private Line<T> parse(Entry entry) {
        var value = entry.value();
        if (value == null) {
            return new Line<>(entry.offset(), entry.timestampMillis(), null, null);
        }
        try {
            return new Line<>(entry.offset(), entry.timestampMillis(), channel.read(entry.key(), value), null);
        } catch (ForeignRecord e) {
            return new Line<>(entry.offset(), entry.timestampMillis(), null, e);
        }
    }
}

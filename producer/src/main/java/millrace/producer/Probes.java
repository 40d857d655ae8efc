package millrace.producer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Questions for the end offsets of `results`. What was noticed before a question was asked has its result, if it
/// has one at all, below the end that the answer tells. One question per partition is under way at a time.
final class Probes {
    private static final long PATIENCE = 2 * Nanos.SECOND;

    /// What is to be asked, or has been.
    static final class Probe {
        private long end = -1;

        boolean isAnswered() {
            return end >= 0;
        }

        /// All results that there were when the probe was made lie below this offset.
        long end() {
            return end;
        }
    }

    private static final class Line {
        List<Probe> next = new ArrayList<>();
        List<Probe> asked = List.of();
        long ask;
        long askedAt;
    }

    private final Map<Integer, Line> lines = new HashMap<>();
    private long asks;

    Probe probe(int partition) {
        var line = lines.computeIfAbsent(partition, _ -> new Line());
        var probe = new Probe();
        line.next.add(probe);
        return probe;
    }

    /// The questions to ask now.
    List<Action> ask(long now) {
        var actions = new ArrayList<Action>();
        lines.forEach((partition, line) -> {
            if (!line.asked.isEmpty() && now - line.askedAt > PATIENCE) {
                line.next.addAll(line.asked);
                line.asked = List.of();
            }
            if (line.asked.isEmpty() && !line.next.isEmpty()) {
                line.asked = line.next;
                line.next = new ArrayList<>();
                line.ask = ++asks;
                line.askedAt = now;
                actions.add(new Action.AskResultsEnd(line.ask, partition));
            }
        });
        return actions;
    }

    void answer(long ask, long end) {
        for (var line : lines.values()) {
            if (line.ask == ask) {
                line.asked.forEach(probe -> probe.end = end);
                line.asked = List.of();
            }
        }
    }

    void clear() {
        lines.clear();
    }
}

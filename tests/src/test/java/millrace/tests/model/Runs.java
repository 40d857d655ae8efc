package millrace.tests.model;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// Splits acknowledgements into runs of neighbouring offsets, the form in which a client sends them.
final class Runs {
    private Runs() {}

    static List<SortedMap<Long, Ack>> of(SortedMap<Long, Ack> acks) {
        List<SortedMap<Long, Ack>> runs = new ArrayList<>();
        acks.forEach((offset, ack) -> {
            if (runs.isEmpty() || runs.getLast().lastKey() != offset - 1) {
                runs.add(new TreeMap<>());
            }
            runs.getLast().put(offset, ack);
        });
        return runs;
    }
}

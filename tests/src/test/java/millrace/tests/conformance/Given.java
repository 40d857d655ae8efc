package millrace.tests.conformance;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import millrace.tests.model.Ack;

/// What a share member was given so far, and which of it it has not acknowledged.
final class Given {
    /// A record, and for which time it was delivered.
    record Item(int partition, long offset, int deliveryCount) {
        @Override
        public String toString() {
            return partition + ":" + offset + "x" + deliveryCount;
        }
    }

    private record Place(int partition, long offset) {}

    private final List<Place> ever = new ArrayList<>();
    private final Set<Place> open = new LinkedHashSet<>();

    void add(List<Item> items) {
        for (Item item : items) {
            Place place = new Place(item.partition(), item.offset());
            ever.add(place);
            open.add(place);
        }
    }

    void clear() {
        ever.clear();
        open.clear();
    }

    Map<Integer, SortedMap<Long, Ack>> pick(List<Step.Pick> picks) {
        Map<Integer, SortedMap<Long, Ack>> acks = new TreeMap<>();
        for (Step.Pick pick : picks) {
            if (!ever.isEmpty()) {
                note(acks, ever.get(ever.size() - 1 - pick.back() % ever.size()), pick.ack());
            }
        }
        return acks;
    }

    Map<Integer, SortedMap<Long, Ack>> settle(Ack ack) {
        Map<Integer, SortedMap<Long, Ack>> acks = new TreeMap<>();
        for (Place place : List.copyOf(open)) {
            note(acks, place, ack);
        }
        return acks;
    }

    private void note(Map<Integer, SortedMap<Long, Ack>> acks, Place place, Ack ack) {
        acks.computeIfAbsent(place.partition(), key -> new TreeMap<>()).put(place.offset(), ack);
        if (ack != Ack.RENEW) {
            open.remove(place);
        }
    }
}

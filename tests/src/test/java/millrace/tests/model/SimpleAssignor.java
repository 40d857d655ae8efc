package millrace.tests.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// The broker's only assignor for share groups: a partition gets as many members as it takes for every member to
/// have one.
///
/// With P partitions and M members each partition is shared by ceil(M / P) members and each member gets about as
/// many partitions as every other; whoever has a partition keeps it where that is possible. Seen: 4 partitions
/// and 2 members gave one member each, 2 and 4 two each, 4 and 6 two each with two members on two partitions, 8
/// and 8 one to one. The broker goes by hash order where this goes by order of joining, so only the numbers
/// agree, not the names.
final class SimpleAssignor {
    private SimpleAssignor() {}

    static Map<String, Set<Integer>> assign(int partitions, Map<String, Set<Integer>> current) {
        List<String> members = List.copyOf(current.keySet());
        Map<String, Set<Integer>> assigned = new LinkedHashMap<>();
        current.forEach((member, had) -> assigned.put(member, new TreeSet<>(had)));
        if (members.isEmpty()) {
            return assigned;
        }
        int sharing = (members.size() + partitions - 1) / partitions;
        Map<String, Integer> wanted = wanted(members, sharing * partitions);
        int[] sharers = new int[partitions];
        assigned.forEach((member, has) -> {
            trim(has, wanted.getOrDefault(member, 0));
            has.forEach(partition -> sharers[partition]++);
        });
        for (Set<Integer> has : assigned.values()) {
            has.removeIf(partition -> sharers[partition] > sharing && sharers[partition]-- > 0);
        }
        for (int partition = 0; partition < partitions; partition++) {
            for (String member : inNeed(members, assigned, wanted)) {
                Set<Integer> has = assigned.getOrDefault(member, Set.of());
                if (sharers[partition] < sharing && !has.contains(partition)) {
                    has.add(partition);
                    sharers[partition]++;
                }
            }
        }
        return assigned;
    }

    /// Spreads so many assignments over the members that no two differ by more than one.
    private static Map<String, Integer> wanted(List<String> members, int assignments) {
        Map<String, Integer> wanted = new LinkedHashMap<>();
        for (int i = 0; i < members.size(); i++) {
            int upTo = Math.ceilDiv(assignments * (i + 1), members.size());
            wanted.put(members.get(i), upTo - Math.ceilDiv(assignments * i, members.size()));
        }
        return wanted;
    }

    private static void trim(Set<Integer> has, int wanted) {
        List<Integer> surplus = new ArrayList<>(has).subList(0, Math.max(0, has.size() - wanted));
        has.removeAll(Set.copyOf(surplus));
    }

    /// Those with fewer partitions than they should have, the poorest first.
    private static List<String> inNeed(
            List<String> members, Map<String, Set<Integer>> assigned, Map<String, Integer> wanted) {
        return members.stream()
                .filter(member -> missing(member, assigned, wanted) > 0)
                .sorted((a, b) -> missing(b, assigned, wanted) - missing(a, assigned, wanted))
                .toList();
    }

    private static int missing(String member, Map<String, Set<Integer>> assigned, Map<String, Integer> wanted) {
        return wanted.getOrDefault(member, 0)
                - assigned.getOrDefault(member, Set.of()).size();
    }
}

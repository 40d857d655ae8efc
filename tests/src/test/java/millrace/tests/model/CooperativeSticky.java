package millrace.tests.model;

import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import millrace.tests.model.ClassicGroup.Subscription;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/// The assignment a group's leader makes: even, with as few moves as possible, and a partition that moves is
/// given to nobody in the generation in which its owner has to let go of it.
final class CooperativeSticky {
    /// Partitions by topic and number.
    static final Comparator<TopicPartition> ORDER =
            Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition);

    private CooperativeSticky() {}

    static Map<String, Set<TopicPartition>> assign(Set<TopicPartition> partitions, Map<String, Subscription> members) {
        Map<TopicPartition, String> owners = owners(partitions, members);
        Map<String, Set<TopicPartition>> assigned = new LinkedHashMap<>();
        members.keySet().forEach(member -> assigned.put(member, new TreeSet<>(ORDER)));
        int fewest = partitions.size() / members.size();
        int withOneMore = partitions.size() % members.size();
        for (TopicPartition partition : sorted(owners.keySet())) {
            Set<TopicPartition> has = assigned.getOrDefault(owners.get(partition), Set.of());
            if (has.size() < fewest) {
                has.add(partition);
            } else if (has.size() == fewest && withOneMore > 0) {
                has.add(partition);
                withOneMore--;
            }
        }
        for (TopicPartition partition : sorted(partitions)) {
            if (assigned.values().stream().noneMatch(has -> has.contains(partition))) {
                poorest(assigned).add(partition);
            }
        }
        assigned.forEach((member, has) -> has.removeIf(partition -> {
            String owner = owners.get(partition);
            return owner != null && !owner.equals(member);
        }));
        return assigned;
    }

    /// Who owns what by the newest claim; a claim of the same generation by two counts for neither.
    private static Map<TopicPartition, String> owners(
            Set<TopicPartition> partitions, Map<String, Subscription> members) {
        Map<TopicPartition, @Nullable String> owners = new HashMap<>();
        Map<TopicPartition, Integer> since = new HashMap<>();
        members.forEach((member, subscription) -> {
            for (TopicPartition partition : subscription.owned()) {
                int known = since.getOrDefault(partition, Integer.MIN_VALUE);
                if (partitions.contains(partition) && subscription.ownedSince() >= known) {
                    owners.put(partition, subscription.ownedSince() == known ? null : member);
                    since.put(partition, subscription.ownedSince());
                }
            }
        });
        Map<TopicPartition, String> undisputed = new HashMap<>();
        owners.forEach((partition, owner) -> {
            if (owner != null) {
                undisputed.put(partition, owner);
            }
        });
        return undisputed;
    }

    private static Set<TopicPartition> poorest(Map<String, Set<TopicPartition>> assigned) {
        return assigned.values().stream()
                .min(Comparator.comparingInt(Set::size))
                .orElseThrow();
    }

    private static List<TopicPartition> sorted(Set<TopicPartition> partitions) {
        return partitions.stream().sorted(ORDER).toList();
    }
}

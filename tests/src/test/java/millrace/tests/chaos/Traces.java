package millrace.tests.chaos;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import millrace.v1.JobOrder;

/// What the faults have left in the topics: that they hit.
///
/// @param repeated     jobs whose submission stands there more than once
/// @param redeliveries results of records that had been delivered before
/// @param duplicates   values of a range that had one already
/// @param reEmissions  tasks that had been sent before
/// @param handedBack   results without an answer
/// @param takeovers    changes of a partition's owner
/// @param deposed      owners that were replaced while they were frozen
/// @param outdated     records of progress by an owner that had been replaced
/// @param aborted      records of transactions that came to nothing
record Traces(
        long results,
        long repeated,
        long redeliveries,
        long duplicates,
        long reEmissions,
        long copies,
        long handedBack,
        long takeovers,
        long deposed,
        long outdated,
        long aborted) {
    private record Span(String job, long first, long end) {}

    static Traces of(Ledger ledger, List<Nemesis.Zombie> zombies) {
        var redeliveries = 0L;
        var duplicates = 0L;
        var handedBack = 0L;
        var values = new HashSet<Span>();
        for (var entry : ledger.results()) {
            var result = entry.body();
            redeliveries += result.getDelivery() > 1 ? 1 : 0;
            handedBack += result.hasHandedBack() ? 1 : 0;
            if (result.hasDone() && !values.add(new Span(result.getJob(), result.getFirst(), result.getEnd()))) {
                duplicates++;
            }
        }
        var reEmissions = 0L;
        var copies = 0L;
        for (var entry : ledger.tasks()) {
            copies += entry.body().getCopy() ? 1 : 0;
            reEmissions += entry.body().getEmission() > 1 && !entry.body().getCopy() ? 1 : 0;
        }
        var outdated = 0L;
        var generations = new HashMap<Integer, Long>();
        for (var entry : ledger.progress()) {
            var generation = entry.body().getGeneration();
            outdated += generation < generations.getOrDefault(entry.partition(), 0L) ? 1 : 0;
            generations.merge(entry.partition(), generation, Math::max);
        }
        return new Traces(
                ledger.results().size(),
                repeated(ledger),
                redeliveries,
                duplicates,
                reEmissions,
                copies,
                handedBack,
                takeovers(ledger),
                zombies.stream().filter(zombie -> isDeposed(ledger, zombie)).count(),
                outdated,
                ledger.aborted());
    }

    // In the order of generations: those of the group, which are common to all partitions.
    private static long takeovers(Ledger ledger) {
        var owners = new HashMap<Integer, TreeMap<Long, String>>();
        ledger.progress()
                .forEach(entry -> owners.computeIfAbsent(entry.partition(), _ -> new TreeMap<>())
                        .put(entry.body().getGeneration(), entry.body().getOwner()));
        ledger.endings()
                .forEach(entry -> owners.computeIfAbsent(entry.partition(), _ -> new TreeMap<>())
                        .put(entry.body().getGeneration(), entry.body().getOwner()));
        var takeovers = 0L;
        for (var ofPartition : owners.values()) {
            var before = "";
            for (var owner : ofPartition.values()) {
                takeovers += before.isEmpty() || owner.equals(before) ? 0 : 1;
                before = owner;
            }
        }
        return takeovers;
    }

    private static long repeated(Ledger ledger) {
        return ledger.orders().stream()
                .map(Ledger.Entry::body)
                .filter(JobOrder::hasSubmit)
                .collect(Collectors.groupingBy(JobOrder::getJob, Collectors.counting()))
                .values()
                .stream()
                .filter(times -> times > 1)
                .count();
    }

    // It owned a partition when it was frozen, and before it ran again somebody else did.
    private static boolean isDeposed(Ledger ledger, Nemesis.Zombie zombie) {
        var owners = new HashMap<Integer, String>();
        for (var entry : ledger.progress()) {
            if (entry.atMillis() < zombie.frozenMillis()) {
                owners.put(entry.partition(), entry.body().getOwner());
            } else if (entry.atMillis() < zombie.thawedMillis()
                    && zombie.process().equals(owners.get(entry.partition()))
                    && !zombie.process().equals(entry.body().getOwner())) {
                return true;
            }
        }
        return false;
    }
}

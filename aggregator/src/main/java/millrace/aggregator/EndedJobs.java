package millrace.aggregator;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import millrace.proto.SpecDigest;
import org.jspecify.annotations.Nullable;

/// The ids of the jobs that ended in a partition, so that none ends twice; and those of them that somebody wants
/// gone.
final class EndedJobs {
    private record Ended(SpecDigest digest, boolean removed, int pieces) {}

    private final Map<String, Ended> ended = new LinkedHashMap<>();
    private final Map<String, Transaction.Removal> removals = new LinkedHashMap<>();

    void add(String job, SpecDigest digest) {
        ended.put(job, new Ended(digest, false, 0));
    }

    /// So many pieces of its value are kept in `snapshots`, at least.
    void kept(String job, int pieces) {
        ended.computeIfPresent(job, (_, one) -> new Ended(one.digest, one.removed, Math.max(pieces, one.pieces)));
    }

    /// Its records are gone, or about to be; the id stays taken.
    void removed(String job, SpecDigest digest) {
        removals.remove(job);
        ended.put(job, new Ended(digest, true, 0));
    }

    /// Somebody wants it gone.
    ///
    /// @return whether it is known
    boolean remove(String job) {
        var one = ended.get(job);
        if (one != null && !one.removed) {
            removals.put(job, new Transaction.Removal(job, one.digest, one.pieces));
        }
        return one != null;
    }

    /// Those to be removed, at most so many.
    List<Transaction.Removal> removals(int most) {
        return removals.values().stream().limit(most).toList();
    }

    boolean contains(String job) {
        return ended.containsKey(job);
    }

    /// The spec under which it ended, or null.
    @Nullable
    SpecDigest digest(String job) {
        var one = ended.get(job);
        return one == null ? null : one.digest;
    }

    /// Forgets the oldest: their orders are not sent again so late, and a takeover reads all endings anew.
    void forgetOldest(int keep) {
        var oldest = ended.entrySet().iterator();
        while (ended.size() > keep) {
            oldest.next();
            oldest.remove();
        }
    }
}

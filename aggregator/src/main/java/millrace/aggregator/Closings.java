package millrace.aggregator;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import millrace.proto.BlobPlace;
import millrace.proto.Ending;
import millrace.proto.SpecDigest;
import org.jspecify.annotations.Nullable;

/// Jobs with values that are elsewhere, which have to be read for their outputs or the digests of them: open ones,
/// whose values are read as they come, and those that are decided and end as soon as the rest is read. Ended ones
/// come first, but for tables of counts that are full, because they hold up all results.
final class Closings {
    /// A job and how it is to end.
    ///
    /// @param bytes what it takes in memory, as counted
    record Closing(JobJoin job, Verdict verdict, long bytes) {}

    private final Set<JobJoin> open = new LinkedHashSet<>();
    private final Set<JobJoin> full = new LinkedHashSet<>();
    private final Map<String, Closing> closing = new LinkedHashMap<>();

    /// An open job may have values to be read, or counts to be put.
    void follow(JobJoin job) {
        if (job.hasToBeRead()) {
            open.add(job);
            if (job.value().isFull()) {
                full.add(job);
            } else {
                full.remove(job);
            }
        }
    }

    /// The job is not open any more.
    void leave(JobJoin job) {
        open.remove(job);
        full.remove(job);
    }

    /// Whether counts have to be put before more results come.
    boolean areFull() {
        return !full.isEmpty();
    }

    /// The job ends so once its values are read.
    void add(Closing one) {
        closing.put(one.job.spec().job(), one);
    }

    int size() {
        return closing.size();
    }

    boolean contains(String job) {
        return closing.containsKey(job);
    }

    /// The job that is to end, or null.
    @Nullable
    JobJoin job(String job) {
        var one = closing.get(job);
        return one == null ? null : one.job;
    }

    @Nullable
    SpecDigest digest(String job) {
        var one = job(job);
        return one == null ? null : one.spec().digest();
    }

    /// Somebody wants it gone once it has ended.
    void remove(String job) {
        var one = closing.get(job);
        if (one != null) {
            one.job.remove();
        }
    }

    List<JobJoin> jobs() {
        return closing.values().stream().map(Closing::job).toList();
    }

    /// The job whose value is to be read next, or null.
    @Nullable
    JobJoin next() {
        for (var one : closing.values()) {
            if (one.job.toBeRead(true) != null) {
                return one.job;
            }
        }
        for (var job : open) {
            if (job.toBeRead(false) != null) {
                return job;
            }
        }
        return null;
    }

    /// What is to be read of that job, or null.
    @Nullable
    BlobPlace toBeRead(JobJoin job) {
        return job.toBeRead(closing.containsKey(job.spec().job()));
    }

    /// The part of counts that is to be put or read next, or null.
    @Nullable
    RunPart nextPart() {
        for (var job : full) {
            var part = job.wanted(false);
            if (part != null) {
                return part;
            }
        }
        for (var one : closing.values()) {
            var part = one.job.wanted(true);
            if (part != null) {
                return part;
            }
        }
        for (var job : open) {
            var part = job.wanted(false);
            if (part != null) {
                return part;
            }
        }
        return null;
    }

    /// Takes those out that have nothing left to be put or read.
    List<Closing> finished() {
        var finished = new ArrayList<Closing>();
        for (var each = closing.values().iterator(); each.hasNext(); ) {
            var one = each.next();
            if (one.job.wanted(true) == null && one.job.toBeRead(true) == null) {
                each.remove();
                finished.add(one);
            }
        }
        return finished;
    }

    /// Takes a job out whose values cannot be read or merged, which ends so instead.
    @Nullable
    Closing broken(JobJoin job, Verdict verdict) {
        var one = closing.remove(job.spec().job());
        return one == null ? null : new Closing(one.job, verdict, one.bytes);
    }

    /// How a job ends of which a value is lost.
    static Verdict unreadable(String why) {
        return new Verdict(Ending.State.FAILED, "BLOB: a value of it cannot be read: " + why, null, false);
    }

    /// How a job ends whose counts are none, or too many.
    static Verdict unmergeable(String why) {
        return new Verdict(Ending.State.FAILED, "BAD_VALUE: its counts cannot be merged: " + why, null, false);
    }

    List<Closing> drain() {
        var all = List.copyOf(closing.values());
        closing.clear();
        open.clear();
        full.clear();
        return all;
    }
}

package millrace.aggregator;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import millrace.proto.Ending;
import millrace.proto.Snapshot;
import org.jspecify.annotations.Nullable;

/// Open jobs that replay an ended one: they begin with its value, so that only what it lacks is computed.
final class Heirs {
    // Those whose parent's value has not come yet.
    private final Set<JobJoin> waiting = new LinkedHashSet<>();
    // Those that have begun, until that value is saved as their own.
    private final Set<JobJoin> unsaved = new LinkedHashSet<>();

    void add(JobJoin job) {
        waiting.add(job);
    }

    void ended(JobJoin job) {
        waiting.remove(job);
        unsaved.remove(job);
    }

    boolean isWaiting(@Nullable JobJoin job) {
        return job != null && waiting.contains(job);
    }

    boolean areWaiting() {
        return !waiting.isEmpty();
    }

    /// The parent of the first that waits, or null when none does.
    @Nullable
    String wantedParent() {
        return waiting.isEmpty() ? null : waiting.iterator().next().spec().parent();
    }

    /// Those that wait for that parent.
    List<JobJoin> of(String parent) {
        return waiting.stream()
                .filter(job -> job.spec().parent().equals(parent))
                .toList();
    }

    /// Those whose beginning has to be saved.
    List<JobJoin> unsaved() {
        return List.copyOf(unsaved);
    }

    /// Begins a job with its parent's value.
    ///
    /// @param ending the parent's, or null without one
    /// @param pieces every piece of the parent's snapshots, in the order of the topic
    /// @return how the job is to end because it cannot begin, or null
    @Nullable
    Verdict begin(JobJoin job, @Nullable Ending ending, List<Snapshot> pieces) {
        waiting.remove(job);
        var spec = job.spec();
        var parent = "job " + spec.parent() + ", which it goes on from,";
        var saved = saved(spec.parent(), pieces);
        if (ending == null
                || saved == null
                || !saved.digest().equals(ending.spec().digest())) {
            return failed("the value of " + parent + " is not there any more");
        }
        var before = ending.spec();
        if (!before.computationBytes().equals(spec.computationBytes())
                || before.first() != spec.first()
                || before.end() != spec.end()
                || !before.join().equals(spec.join())) {
            return failed(parent + " computes something else");
        }
        try {
            job.inherit(saved.state());
        } catch (IllegalArgumentException e) {
            return failed("the value of " + parent + " is broken: " + e.getMessage());
        }
        unsaved.add(job);
        return job.isComplete() ? job.complete() : null;
    }

    /// The beginning is about to be saved.
    void saved(JobJoin job) {
        unsaved.remove(job);
    }

    private static SnapshotReader.@Nullable Saved saved(String parent, List<Snapshot> pieces) {
        var reader = new SnapshotReader();
        for (var piece : pieces) {
            if (piece.number() == Transaction.Removal.NUMBER) {
                reader.clear();
            } else {
                reader.add(piece);
            }
        }
        return reader.take(parent);
    }

    private static Verdict failed(String reason) {
        return new Verdict(Ending.State.FAILED, reason, null, false);
    }
}

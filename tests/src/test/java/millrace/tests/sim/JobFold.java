package millrace.tests.sim;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import millrace.proto.Ending;
import millrace.proto.JobSpec;
import millrace.proto.Ranges;
import millrace.proto.Ranges.Range;
import millrace.proto.Result;
import org.jspecify.annotations.Nullable;

/// What the results of a job mean, told anew from the records of `results` alone: which items are done and which
/// given up as of each offset. The shortest way to say what the aggregator has to come to.
final class JobFold {
    /// What has been counted once a result was taken.
    private record Step(long offset, long done, long dead) {}

    final JobSpec spec;
    final long submittedMillis;
    private final BitSet done = new BitSet();
    private final BitSet dead = new BitSet();
    private final Map<Range, Set<Integer>> failures = new HashMap<>();
    private final Map<Range, Integer> lettersAttempts = new HashMap<>();
    private final List<Step> steps = new ArrayList<>();
    private long counted;
    boolean cancelled;

    @Nullable
    Ending ending;

    JobFold(JobSpec spec, long submittedMillis) {
        this.spec = spec;
        this.submittedMillis = submittedMillis;
    }

    /// Takes a record of `results`.
    void take(long offset, Result result) {
        if (!result.digest().equals(spec.digest()) || result.first() < spec.first() || result.end() > spec.end()) {
            return;
        }
        var first = (int) result.first();
        var end = (int) result.end();
        if (!touches(first, end)) {
            switch (result.answer()) {
                case Result.Done _ -> {
                    done.set(first, end);
                    counted++;
                    failures.keySet().removeIf(range -> range.first() < end && first < range.end());
                }
                case Result.Failed failed -> {
                    var range = new Range(first, end);
                    var attempts = failures.computeIfAbsent(range, _ -> new HashSet<>());
                    if (attempts.add(result.attempt())
                            && (failed.kind().isFinal()
                                    || attempts.size() >= spec.policy().maxAttempts())) {
                        dead.set(first, end);
                        lettersAttempts.put(range, attempts.size());
                        failures.keySet().removeIf(other -> other.first() < end && first < other.end());
                    }
                }
                case Result.HandedBack _ -> {}
            }
        }
        steps.add(new Step(offset, done.cardinality(), dead.cardinality()));
    }

    private boolean touches(int first, int end) {
        return intersects(done, first, end) || intersects(dead, first, end);
    }

    private static boolean intersects(BitSet set, int first, int end) {
        var next = set.nextSetBit(first);
        return next >= 0 && next < end;
    }

    /// Items done by the results below the offset.
    long doneBelow(long offset) {
        var step = below(offset);
        return step == null ? 0 : step.done;
    }

    long deadBelow(long offset) {
        var step = below(offset);
        return step == null ? 0 : step.dead;
    }

    /// The offset of this job's first result at or behind `from`, or MAX.
    long firstFrom(long from) {
        var index = index(from);
        return index == steps.size() ? Long.MAX_VALUE : steps.get(index).offset;
    }

    private @Nullable Step below(long offset) {
        var index = index(offset);
        return index == 0 ? null : steps.get(index - 1);
    }

    // The first step at or behind the offset.
    private int index(long offset) {
        var low = 0;
        var high = steps.size();
        while (low < high) {
            var middle = (low + high) >>> 1;
            if (steps.get(middle).offset < offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    long doneItems() {
        return done.cardinality();
    }

    long deadItems() {
        return dead.cardinality();
    }

    /// Results that were counted.
    long counted() {
        return counted;
    }

    /// How often a range had failed when it was given up; 0 when it was not.
    int attemptsOf(Range range) {
        return lettersAttempts.getOrDefault(range, 0);
    }

    /// Whether all of the ranges are done.
    boolean hasDone(Ranges ranges) {
        return holds(done, ranges);
    }

    boolean hasDead(Ranges ranges) {
        return holds(dead, ranges);
    }

    private static boolean holds(BitSet set, Ranges ranges) {
        return ranges.ranges().stream().allMatch(range -> set.nextClearBit((int) range.first()) >= range.end());
    }

    static BitSet bits(Ranges ranges) {
        var bits = new BitSet();
        ranges.ranges().forEach(range -> bits.set((int) range.first(), (int) range.end()));
        return bits;
    }
}

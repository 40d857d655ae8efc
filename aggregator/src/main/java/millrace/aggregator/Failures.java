package millrace.aggregator;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import millrace.proto.DeadLetter;
import millrace.proto.JobState;
import millrace.proto.Progress;
import millrace.proto.Ranges.Range;
import millrace.proto.Result;
import org.jspecify.annotations.Nullable;

/// The ranges of one job whose latest answer was no value, and those given up.
///
/// Failures count once for each attempt of a range: copies and redeliveries of the same attempt add nothing. A
/// range is forgotten as soon as one of its items is done, because then it is never emitted again in that shape.
final class Failures {
    /// What a failure means for its job.
    enum Note {
        /// The range may be tried again.
        TRY_AGAIN,
        /// This attempt had failed before.
        KNOWN,
        /// No attempt is left, or none can succeed.
        EXHAUSTED,
        /// There are more failing ranges than can be remembered.
        TOO_MANY
    }

    // Stacks are long. Past this the messages alone must do.
    private static final long STACK_CHARACTERS_MAX = 8 << 20;

    private static final long TROUBLE_BYTES = 400;
    private static final long CAUSE_BYTES = 200;

    private static final class Trouble {
        private final List<DeadLetter.Cause> causes = new ArrayList<>();
        private int emission;
        private boolean alone;
        private Progress.@Nullable Why why;
    }

    private final NavigableMap<Range, Trouble> troubles = new TreeMap<>();
    private final NavigableMap<Range, List<DeadLetter.Cause>> letters = new TreeMap<>();
    // No range in `troubles` has more items: how far below an item to look for ranges that hold it.
    private long itemsMax;
    private long characters;
    private long stackCharacters;
    private int causes;

    /// A task's failure; nothing of its range is done or given up.
    Note failed(Result result, Result.Failed failed, int attemptsMax) {
        var range = new Range(result.first(), result.end());
        var trouble = troubles.get(range);
        if (trouble == null) {
            if (troubles.size() + letters.size() >= JoinLimits.TROUBLES_MAX) {
                return Note.TOO_MANY;
            }
            trouble = open(range);
        }
        answered(trouble, result, Progress.Why.failed(failed.kind(), failed.kind() + ": " + failed.message()));
        if (trouble.causes.stream().anyMatch(cause -> cause.attempt() == result.attempt())) {
            return Note.KNOWN;
        }
        // The first attempt's stack and the last one's tell most; those between are dropped.
        if (trouble.causes.size() >= 2) {
            var last = trouble.causes.removeLast();
            stackCharacters -= last.stack().length();
            trouble.causes.add(withoutStack(last));
        }
        var stack = stackCharacters + failed.stack().length() > STACK_CHARACTERS_MAX ? "" : failed.stack();
        add(
                trouble.causes,
                new DeadLetter.Cause(
                        range.first(),
                        range.end(),
                        result.attempt(),
                        result.worker(),
                        failed.kind(),
                        failed.message(),
                        stack));
        return failed.kind().isFinal() || trouble.causes.size() >= attemptsMax ? Note.EXHAUSTED : Note.TRY_AGAIN;
    }

    /// A task handed back; nothing of its range is done or given up. Not remembered when too many are: then the
    /// range is emitted again as a lost one.
    void handedBack(Result result, Result.HandedBack back) {
        var range = new Range(result.first(), result.end());
        var trouble = troubles.get(range);
        if (trouble == null) {
            if (troubles.size() + letters.size() >= JoinLimits.TROUBLES_MAX) {
                return;
            }
            trouble = open(range);
        }
        trouble.alone |= back.reason() == Result.HandBackReason.SUSPECT;
        answered(trouble, result, Progress.Why.handedBack(back.reason(), back.reason() + ": " + back.detail()));
    }

    /// Forgets the ranges that hold any item of `[first, end)`: they are done or given up.
    void settle(long first, long end) {
        if (troubles.isEmpty()) {
            return;
        }
        var from = new Range(Math.max(0, first - itemsMax), Math.max(0, first - itemsMax) + 1);
        var to = new Range(end, end + 1);
        var gone = troubles.subMap(from, true, to, false).entrySet().iterator();
        while (gone.hasNext()) {
            var entry = gone.next();
            if (entry.getKey().first() < end && first < entry.getKey().end()) {
                forget(entry.getValue().causes);
                gone.remove();
            }
        }
        if (troubles.isEmpty()) {
            itemsMax = 0;
        }
    }

    /// Makes a failing range a dead letter.
    void giveUp(long first, long end) {
        var range = new Range(first, end);
        var trouble = troubles.remove(range);
        Check.invariant(trouble != null, "range %s is given up without a failure", range);
        if (trouble != null) {
            letters.put(range, trouble.causes);
        }
        settle(first, end);
    }

    /// The failed attempts of a failing range, oldest first.
    List<DeadLetter.Cause> causes(long first, long end) {
        var trouble = troubles.get(new Range(first, end));
        return trouble == null ? List.of() : List.copyOf(trouble.causes);
    }

    /// Ranges given up, with every attempt's cause.
    NavigableMap<Range, List<DeadLetter.Cause>> letters() {
        return letters;
    }

    /// What is to be emitted again, in the order of items.
    List<Progress.Again> again() {
        var again = new ArrayList<Progress.Again>(troubles.size());
        troubles.forEach((range, trouble) -> {
            if (trouble.why != null) {
                again.add(new Progress.Again(
                        range.first(),
                        range.end(),
                        trouble.emission,
                        trouble.causes.size(),
                        trouble.alone,
                        trouble.why));
            }
        });
        return again;
    }

    /// Every cause that is remembered, by range.
    List<DeadLetter.Cause> causes() {
        var all = new ArrayList<DeadLetter.Cause>(causes);
        letters.values().forEach(all::addAll);
        troubles.values().forEach(trouble -> all.addAll(trouble.causes));
        return all;
    }

    static Failures of(JobState state) {
        var failures = new Failures();
        for (var again : state.again()) {
            var trouble = failures.open(new Range(again.first(), again.end()));
            trouble.emission = again.emission();
            trouble.alone = again.alone();
            trouble.why = again.why();
        }
        for (var cause : state.causes()) {
            var range = new Range(cause.first(), cause.end());
            var trouble = failures.troubles.get(range);
            failures.add(
                    trouble == null ? failures.letters.computeIfAbsent(range, _ -> new ArrayList<>()) : trouble.causes,
                    cause);
        }
        return failures;
    }

    /// Memory, roughly.
    long bytes() {
        return (troubles.size() + letters.size()) * TROUBLE_BYTES
                + causes * CAUSE_BYTES
                + 2 * (characters + stackCharacters);
    }

    private Trouble open(Range range) {
        var trouble = new Trouble();
        troubles.put(range, trouble);
        itemsMax = Math.max(itemsMax, range.items());
        return trouble;
    }

    private static void answered(Trouble trouble, Result result, Progress.Why why) {
        trouble.alone |= result.alone();
        // An answer to an older emission says nothing about the newest.
        if (result.emission() >= trouble.emission) {
            trouble.emission = result.emission();
            trouble.why = why;
        }
    }

    private void add(List<DeadLetter.Cause> to, DeadLetter.Cause cause) {
        to.add(cause);
        causes++;
        characters += cause.message().length();
        stackCharacters += cause.stack().length();
    }

    private void forget(List<DeadLetter.Cause> gone) {
        causes -= gone.size();
        for (var cause : gone) {
            characters -= cause.message().length();
            stackCharacters -= cause.stack().length();
        }
    }

    private static DeadLetter.Cause withoutStack(DeadLetter.Cause cause) {
        return new DeadLetter.Cause(
                cause.first(), cause.end(), cause.attempt(), cause.worker(), cause.kind(), cause.message(), "");
    }
}

package millrace.tests.sim;

import static millrace.tests.sim.Violation.require;

import java.util.Arrays;
import java.util.BitSet;
import millrace.proto.Ending;
import millrace.proto.Ranges.Range;
import org.jspecify.annotations.Nullable;

/// Holds an ending against what the job's results come to, and its output against the [Truth].
final class EndingCheck {
    private EndingCheck() {}

    static void check(World world, JobFold fold, Ending ending, byte @Nullable [] output) {
        var id = ending.job();
        var spec = fold.spec;
        var done = ending.done().items();
        var dead = ending.dead().items();
        require(fold.hasDone(ending.done()), "job %s ends with items %s, not all of them done", id, ending.done());
        require(fold.hasDead(ending.dead()), "job %s ends without items %s, not all given up", id, ending.dead());
        require(
                ending.tally().items() == done,
                "job %s ends with %d items and counted %d",
                id,
                done,
                ending.tally().items());
        switch (ending.state()) {
            case SUCCEEDED ->
                require(
                        done == spec.items() && dead == 0 && ending.failure() == null && output != null,
                        "job %s succeeded with %d of %d items",
                        id,
                        done,
                        spec.items());
            case PARTIAL ->
                require(
                        dead > 0 && dead <= spec.policy().skipMax() && done + dead == spec.items() && output != null,
                        "job %s is partial with %d of %d items, %d given up",
                        id,
                        done,
                        spec.items(),
                        dead);
            case FAILED -> failed(fold, ending);
            case CANCELLED -> require(fold.cancelled, "job %s was cancelled by nobody", id);
            case EXPIRED -> {
                var deadline = spec.policy().deadline().toMillis();
                require(
                        deadline > 0 && world.broker.nowMillis() >= fold.submittedMillis + deadline,
                        "job %s expired before its deadline",
                        id);
            }
        }
        if (output != null) {
            var expected = Truth.output(world.job(spec.digest()).toy(), bits(ending));
            require(
                    Arrays.equals(expected, output),
                    "the output of job %s, %s with items %s, has %d bytes that are not the %d expected ones",
                    id,
                    ending.state(),
                    ending.done(),
                    output.length,
                    expected.length);
        }
        if (ending.state() == Ending.State.SUCCEEDED || ending.state() == Ending.State.PARTIAL) {
            require(
                    ending.tally().tasks() == fold.counted(),
                    "job %s counted %d results, of which %d count",
                    id,
                    ending.tally().tasks(),
                    fold.counted());
        }
    }

    private static BitSet bits(Ending ending) {
        return JobFold.bits(ending.done());
    }

    private static void failed(JobFold fold, Ending ending) {
        var failure = ending.failure();
        require(
                fold.deadItems() > fold.spec.policy().skipMax() && failure != null,
                "job %s failed: %s; but only %d items failed",
                ending.job(),
                ending.reason(),
                fold.deadItems());
        if (failure != null) {
            var range = new Range(failure.first(), failure.end());
            require(
                    fold.attemptsOf(range) == failure.attempts(),
                    "job %s failed with %s after %d attempts, of which %d failed",
                    ending.job(),
                    range,
                    failure.attempts(),
                    fold.attemptsOf(range));
        }
    }
}

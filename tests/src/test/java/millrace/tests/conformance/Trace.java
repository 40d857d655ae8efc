package millrace.tests.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What a script showed on a broker, step by step.
///
/// @param script what ran
/// @param seen   one entry for each step
record Trace(Script script, List<Seen> seen) {
    /// One step as it was seen.
    ///
    /// @param outcome     what could be seen of it
    /// @param startMillis when it began, by a clock that only goes forward
    /// @param endMillis   when it was over
    /// @param leader      the slot that led the group by then, -1 for none
    /// @param listed      the share group's start offsets as they were listed last
    record Seen(String outcome, long startMillis, long endMillis, int leader, Map<Integer, Long> listed) {}

    /// Runs a script on a broker.
    static Trace record(Script script, World world) {
        List<Seen> seen = new ArrayList<>();
        for (Step step : script.steps()) {
            long start = nowMillis();
            String outcome = world.perform(step);
            // A script that comes early waits for the others.
            start = step instanceof Step.Stop ? world.stoppedMillis() : start;
            seen.add(new Seen(outcome, start, nowMillis(), world.lastLeader(), world.lastListed()));
        }
        return new Trace(script, seen);
    }

    /// The time by the clock of every trace.
    static long nowMillis() {
        return System.nanoTime() / 1_000_000;
    }
}

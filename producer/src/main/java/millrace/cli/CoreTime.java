package millrace.cli;

import millrace.proto.Tally;

/// Where the time of a job's cores went, in core-seconds. What is held is every core of every worker that answered, from
/// the submission to the end, also while it computed for others; the parts add up to it.
///
/// @param held    all of it; 0 when the cores are not known
/// @param useful  CPU time that went into the output
/// @param wasted  CPU time of results that were not counted: failures, and what was computed twice
/// @param waiting in tasks, but off the CPU: for blobs, for warm state, for memory, for others on the machine
/// @param before  from the submission until the first task was computed
/// @param after   from the last result until the end
/// @param idle    the rest: no task at hand, or none left
record CoreTime(double held, double useful, double wasted, double waiting, double before, double after, double idle) {
    /// @param cores           of the workers that answered
    /// @param submittedMillis when the job was submitted
    /// @param endedMillis     when it ended, or now
    static CoreTime of(Tally tally, int cores, long submittedMillis, long endedMillis) {
        var wall = Math.max(0, endedMillis - submittedMillis);
        var held = cores * wall / 1e3;
        var left = held;
        var useful = Math.min(left, tally.cpuNanos() / 1e9);
        left -= useful;
        var wasted = Math.min(left, tally.wastedCpuNanos() / 1e9);
        left -= wasted;
        var waiting = Math.min(left, Math.max(0, tally.wallNanos() - tally.cpuNanos()) / 1e9);
        left -= waiting;
        var start = tally.detail().firstStartMillis();
        var before = start == 0 ? 0 : Math.min(left, cores * Math.clamp(start - submittedMillis, 0, wall) / 1e3);
        left -= before;
        var last = tally.lastMillis();
        var after = last == 0 ? 0 : Math.min(left, cores * Math.clamp(endedMillis - last, 0, wall) / 1e3);
        return new CoreTime(held, useful, wasted, waiting, before, after, left - after);
    }

    /// The useful part, 0 to 1; 0 when nothing is known to be held.
    double efficiency() {
        return held > 0 ? useful / held : 0;
    }
}

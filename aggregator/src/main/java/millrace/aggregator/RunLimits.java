package millrace.aggregator;

import static millrace.aggregator.Check.require;

import millrace.proto.Counts;

/// What counts by key may take in memory, each job's.
///
/// @param tableBytes  of the table, before it becomes a run; a partial value of a quarter of that is one by itself
/// @param partBytes   of a part of a run, of which a merge holds one of each run
/// @param outputBytes of an output that is not put on the topic of blobs
/// @param fanIn       runs that are merged at once, 2 and up
public record RunLimits(long tableBytes, int partBytes, long outputBytes, int fanIn) {
    /// What workers put elsewhere stays there, everything else in memory.
    public static final RunLimits NONE = new RunLimits(Long.MAX_VALUE, Counts.PART_BYTES, Long.MAX_VALUE, 64);

    private static final int FAN_IN_MIN = 4;
    private static final int FAN_IN_MAX = 64;

    public RunLimits {
        require(tableBytes >= 0, "a table's bytes are %d, allowed 0 and up", tableBytes);
        require(partBytes >= 1, "a part's bytes are %d, allowed 1 and up", partBytes);
        require(outputBytes >= 0, "an output's bytes are %d, allowed 0 and up", outputBytes);
        require(fanIn >= 2, "runs that are merged at once are %d, allowed 2 and up", fanIn);
    }

    /// Such that a table, a partial value in a record, and a merge of what workers have put elsewhere fit together.
    ///
    /// @param jobBytesMax bytes that one job may take
    static RunLimits of(long jobBytesMax) {
        var runs = jobBytesMax / 2 / RunMerge.partMemoryBytes(Counts.PART_BYTES) - RunMerge.PARTS_BESIDE;
        return new RunLimits(
                jobBytesMax / 4,
                Math.clamp(jobBytesMax / 128, 1, Counts.PART_BYTES),
                jobBytesMax / 16,
                Math.clamp(runs, FAN_IN_MIN, FAN_IN_MAX));
    }
}

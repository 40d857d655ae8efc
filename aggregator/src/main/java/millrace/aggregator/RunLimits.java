package millrace.aggregator;

import static millrace.aggregator.Check.require;

import millrace.proto.BlobPiece;

/// What counts by key may take in memory, each job's.
///
/// @param tableBytes  of the table, before it becomes a run; a partial value of a quarter of that is one by itself
/// @param partBytes   of a part of a run, of which a merge holds one of each run
/// @param outputBytes of an output that is not put on the topic of blobs
public record RunLimits(long tableBytes, int partBytes, long outputBytes) {
    /// Everything stays in memory.
    public static final RunLimits NONE = new RunLimits(Long.MAX_VALUE, BlobPiece.BYTES, Long.MAX_VALUE);

    public RunLimits {
        require(tableBytes >= 0, "a table's bytes are %d, allowed 0 and up", tableBytes);
        require(partBytes >= 1, "a part's bytes are %d, allowed 1 and up", partBytes);
        require(outputBytes >= 0, "an output's bytes are %d, allowed 0 and up", outputBytes);
    }

    /// Such that table, merge and a partial value of half of it fit together.
    ///
    /// @param jobBytesMax bytes that one job may take
    static RunLimits of(long jobBytesMax) {
        return new RunLimits(jobBytesMax / 4, Math.clamp(jobBytesMax / 128, 1, BlobPiece.BYTES), jobBytesMax / 16);
    }
}

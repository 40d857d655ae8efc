package millrace.aggregator;

import static millrace.aggregator.Check.require;

import java.time.Duration;
import millrace.proto.Topics;

/// What one partition may hold, and when it saves its state.
///
/// @param jobBytesMax      bytes that one job's value and state may take, 1 KiB and up; default 64 MiB
/// @param bytesMax         bytes that all open jobs of the process may take together, at least `jobBytesMax`;
///     default
///                         256 MiB
/// @param openJobsMax      open jobs of the partition, 1 and up; default 50,000
/// @param endedJobsMax     ended jobs of the partition whose ids are remembered, 1 and up; default 200,000
/// @param replayResultsMax results that a successor may have to read again before states are saved, 1 and up;
///     default
///                         200,000
/// @param replayBytesMax   the same in bytes of values; default 64 MB
/// @param recentMax        values whose digests are kept to tell disagreement, 1 and up; default 65,536
/// @param jobAgeMax        age of an order at which its job ends EXPIRED; default half the retention of `jobs`
/// @param runs             what of it counts by key may take
public record JoinLimits(
        long jobBytesMax,
        long bytesMax,
        int openJobsMax,
        int endedJobsMax,
        long replayResultsMax,
        long replayBytesMax,
        int recentMax,
        Duration jobAgeMax,
        RunLimits runs) {
    /// Ranges of one job whose failures are remembered. A job with more fails.
    static final int TROUBLES_MAX = 10_000;

    public static final JoinLimits DEFAULT = new JoinLimits(
            64L << 20,
            256L << 20,
            50_000,
            200_000,
            200_000,
            64_000_000,
            65_536,
            Topics.JOBS.retention().dividedBy(2),
            RunLimits.of(64L << 20));

    public JoinLimits {
        require(jobBytesMax >= 1024, "a job's bytes are %d, allowed 1024 and up", jobBytesMax);
        require(bytesMax >= jobBytesMax, "all jobs' bytes are %d, allowed %d and up", bytesMax, jobBytesMax);
        require(openJobsMax >= 1, "open jobs are %d, allowed 1 and up", openJobsMax);
        require(endedJobsMax >= 1, "ended jobs are %d, allowed 1 and up", endedJobsMax);
        require(replayResultsMax >= 1, "replayed results are %d, allowed 1 and up", replayResultsMax);
        require(replayBytesMax >= 1, "replayed bytes are %d, allowed 1 and up", replayBytesMax);
        require(recentMax >= 1, "recent values are %d, allowed 1 and up", recentMax);
        require(jobAgeMax.isPositive(), "a job's age is %s, must be positive", jobAgeMax);
    }

    public JoinLimits withReplayResultsMax(long other) {
        return new JoinLimits(
                jobBytesMax, bytesMax, openJobsMax, endedJobsMax, other, replayBytesMax, recentMax, jobAgeMax, runs);
    }

    /// With what follows for counts by key.
    public JoinLimits withBytesMax(long job, long all) {
        return new JoinLimits(
                job,
                all,
                openJobsMax,
                endedJobsMax,
                replayResultsMax,
                replayBytesMax,
                recentMax,
                jobAgeMax,
                RunLimits.of(job));
    }

    public JoinLimits withRuns(RunLimits other) {
        return new JoinLimits(
                jobBytesMax,
                bytesMax,
                openJobsMax,
                endedJobsMax,
                replayResultsMax,
                replayBytesMax,
                recentMax,
                jobAgeMax,
                other);
    }

    public JoinLimits withJobsMax(int open, int ended) {
        return new JoinLimits(
                jobBytesMax, bytesMax, open, ended, replayResultsMax, replayBytesMax, recentMax, jobAgeMax, runs);
    }
}

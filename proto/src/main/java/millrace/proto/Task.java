package millrace.proto;

import static millrace.proto.Check.require;

import com.google.protobuf.ByteString;
import java.time.Duration;

/// One record of work: the items `[first, end)` of a job, with all that computing them needs.
///
/// @param job         the job's id
/// @param digest      the job's spec
/// @param partition   where its result goes
/// @param computation a [Computation]'s bytes
/// @param first       first item, inclusive, at least 0
/// @param end         one past the last item, greater than `first`
/// @param attempt     1 + the failures of this range so far
/// @param emission    counts the emissions of this exact range, from 1
/// @param alone       whether nothing else may be computed in the process meanwhile
/// @param copy        whether it is a straggler's copy
/// @param urgent      whether its job had nothing out, and another, not of a higher priority, had: a worker that
///                    computes none such computes it beside those on its cores
/// @param limit       its hard limit
public record Task(
        String job,
        SpecDigest digest,
        int partition,
        ByteString computation,
        long first,
        long end,
        int attempt,
        int emission,
        boolean alone,
        boolean copy,
        boolean urgent,
        Duration limit) {
    public Task {
        JobSpec.checkId(job);
        require(0 <= partition && partition < Topics.PARTITIONS_MAX, "task of job %s has partition %d", job, partition);
        require(
                0 <= first && first < end && end <= Description.ITEMS_MAX,
                "task of job %s has range [%d, %d)",
                job,
                first,
                end);
        require(attempt >= 1, "task of job %s has attempt %d", job, attempt);
        require(emission >= 1, "task of job %s has emission %d", job, emission);
        require(limit.isPositive(), "task of job %s has limit %s", job, limit);
    }

    public long items() {
        return end - first;
    }

    public Ranges.Range range() {
        return new Ranges.Range(first, end);
    }

    @Override
    public String toString() {
        return job + " [" + first + ", " + end + ") emission " + emission;
    }
}

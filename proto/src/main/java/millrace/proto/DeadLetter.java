package millrace.proto;

import static millrace.proto.Check.require;

import java.util.List;

/// A task given up, with the cause of every attempt.
///
/// @param kernel   the job's kernel, with its version: `primes@1`
/// @param causes   every attempt, oldest first
/// @param atMillis when it was given up, the aggregator's clock
public record DeadLetter(
        String job, SpecDigest digest, long first, long end, String kernel, List<Cause> causes, long atMillis) {
    public DeadLetter {
        JobSpec.checkId(job);
        require(0 <= first && first < end && end <= Description.ITEMS_MAX, "dead letter has [%d, %d)", first, end);
        causes = List.copyOf(causes);
    }

    /// Why one attempt failed.
    public record Cause(
            long first, long end, int attempt, String worker, Result.FailureKind kind, String message, String stack) {}
}

package millrace.tests.conformance;

import java.util.List;
import org.apache.kafka.common.protocol.Errors;

/// What a group answers a member that joins or syncs, possibly much later.
sealed interface GroupAnswer {
    /// The answer to a join; but for the member's id it says nothing when there is an error.
    record Joined(Errors error, String member, int generation, String leader, List<String> members)
            implements GroupAnswer {}

    /// The answer to a sync.
    record Synced(Errors error, String assignment) implements GroupAnswer {}
}

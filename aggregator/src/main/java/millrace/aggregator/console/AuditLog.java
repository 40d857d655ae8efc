package millrace.aggregator.console;

import java.util.ArrayDeque;
import java.util.List;
import millrace.proto.Text;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Who changed what, and why: one line of JSON each to the logger `millrace.audit`, and the latest for the console.
/// Any thread.
final class AuditLog {
    private static final Logger LOG = LoggerFactory.getLogger("millrace.audit");
    private static final int KEPT_MAX = 100;

    /// @param from    the address it came from
    /// @param what    the action with what it was about
    /// @param reason  as given, may be empty
    /// @param outcome what came of it
    record Entry(long millis, String from, String what, String reason, String outcome) {}

    private final ArrayDeque<Entry> latest = new ArrayDeque<>();

    synchronized void write(String from, String what, String reason, String outcome) {
        var entry = new Entry(
                System.currentTimeMillis(),
                from,
                Text.line(what, 300),
                Text.line(reason, 200),
                Text.line(outcome, 300));
        LOG.info("{}", Json.MAPPER.writeValueAsString(entry));
        latest.addFirst(entry);
        if (latest.size() > KEPT_MAX) {
            latest.removeLast();
        }
    }

    /// The newest first, at most a hundred, since this process runs.
    synchronized List<Entry> latest() {
        return List.copyOf(latest);
    }
}

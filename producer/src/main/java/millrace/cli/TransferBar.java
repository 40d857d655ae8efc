package millrace.cli;

import java.util.Locale;
import java.util.function.LongSupplier;
import millrace.client.Output;

/// Shows people how far an output has come, once that takes longer than a second. One thread.
final class TransferBar implements Output.Meter {
    private static final long QUIET_NANOS = 1_000_000_000L;
    private static final long EVERY_NANOS = 100_000_000L;

    private final ProgressView view;
    private final LongSupplier clock;
    private final long started;
    private long shown;
    // What was there before: it has not come at this rate.
    private long before = -1;

    /// @param clock see [System#nanoTime]
    TransferBar(ProgressView view, LongSupplier clock) {
        this.view = view;
        this.clock = clock;
        started = clock.getAsLong();
        shown = started;
    }

    @Override
    public void moved(long bytes, long of) {
        var now = clock.getAsLong();
        before = before < 0 ? bytes : before;
        if (now - started >= QUIET_NANOS && now - shown >= EVERY_NANOS) {
            shown = now;
            view.show(bytes, of, rest(bytes, of, (bytes - before) / ((now - started) / 1e9)), now);
        }
    }

    private static String rest(long bytes, long of, double perSecond) {
        var text = Units.bytes(bytes) + " of " + Units.bytes(of);
        return perSecond < 1
                ? text
                : text
                        + String.format(
                                Locale.ROOT,
                                "  %s/s  left %s",
                                Units.bytes((long) perSecond),
                                Units.time((of - bytes) / perSecond));
    }
}

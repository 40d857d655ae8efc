package millrace.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import millrace.proto.Text;
import millrace.proto.view.JobProgress;

/// Shows people how far a job is: a line that redraws itself on a terminal, a plain line every ten seconds
/// elsewhere. Any thread.
final class ProgressView implements AutoCloseable {
    private static final Duration PLAIN_EVERY = Duration.ofSeconds(10);
    /// Numbers that are older say how old.
    static final Duration OLD = Duration.ofSeconds(5);

    private static final int BAR = 24;
    // One less than a terminal's width: some wrap when the last column is written.
    private static final int WIDTH = Shell.COLUMNS - 1;

    private final PrintStream err;
    private final boolean terminal;
    private final boolean quiet;
    private String drawn = "";
    private long plainAt;

    /// @param nanos the clock now, see [System#nanoTime]
    ProgressView(Shell shell, boolean quiet, long nanos) {
        this.err = shell.err();
        this.terminal = shell.errIsTerminal();
        this.quiet = quiet;
        this.plainAt = nanos + PLAIN_EVERY.toNanos();
    }

    /// Shows progress, or what it waits for.
    ///
    /// @param age     of the progress
    /// @param waiting what keeps the job waiting, empty when nothing does
    /// @param nanos   the clock now
    synchronized void show(JobProgress progress, Duration age, String waiting, long nanos) {
        if (quiet) {
            return;
        }
        if (terminal) {
            draw(line(progress, age, waiting));
        } else if (nanos - plainAt >= 0) {
            plainAt = nanos + PLAIN_EVERY.toNanos();
            err.println("millrace: " + plain(progress, age, waiting));
        }
    }

    /// Shows how far an output has come.
    ///
    /// @param rest  in words
    /// @param nanos the clock now
    synchronized void show(long bytes, long of, String rest, long nanos) {
        if (quiet) {
            return;
        }
        var part = of == 0 ? 1 : (double) bytes / of;
        if (terminal) {
            draw(Text.line(bar(part) + " " + rest, WIDTH));
        } else if (nanos - plainAt >= 0) {
            plainAt = nanos + PLAIN_EVERY.toNanos();
            err.println("millrace: output: " + rest);
        }
    }

    /// Shows one line while there is no job yet.
    synchronized void show(String what) {
        if (!quiet && terminal) {
            draw(Text.line(what, WIDTH));
        }
    }

    /// A message, in a line of its own.
    synchronized void note(String message) {
        clear();
        err.println(message);
    }

    @Override
    public void close() {
        clear();
    }

    private void draw(String line) {
        if (!line.equals(drawn)) {
            err.print("\r" + line + " ".repeat(Math.max(0, drawn.length() - line.length())));
            err.flush();
            drawn = line;
        }
    }

    /// Clears the line: what comes next starts on a clean one.
    synchronized void clear() {
        if (!drawn.isEmpty()) {
            err.print("\r" + " ".repeat(drawn.length()) + "\r");
            err.flush();
            drawn = "";
        }
    }

    static String line(JobProgress progress, Duration age, String waiting) {
        var part = bar(progress.fraction()) + " ";
        return Text.line(
                part + (isOld(age) ? old(age, waiting) : waiting.isEmpty() ? numbers(progress) : waiting), WIDTH);
    }

    private static boolean isOld(Duration age) {
        return age.compareTo(OLD) > 0;
    }

    // A rate and a time left that nobody confirms are no news.
    private static String old(Duration age, String waiting) {
        return "as of " + Units.time(age) + " ago" + (waiting.isEmpty() ? "" : "; " + waiting);
    }

    private static String bar(double part) {
        var filled = (int) Math.floor(part * BAR);
        var bar =
                "[" + "=".repeat(filled) + (filled < BAR ? ">" : "") + " ".repeat(Math.max(0, BAR - 1 - filled)) + "]";
        return String.format(Locale.ROOT, "%3.0f%%", Math.floor(part * 100)) + " " + bar;
    }

    static String plain(JobProgress progress, Duration age, String waiting) {
        var part = String.format(Locale.ROOT, "%.1f %%", 100 * progress.fraction());
        return progress.job() + ": "
                + (isOld(age)
                        ? part + " " + old(age, waiting)
                        : waiting.isEmpty() ? part + ", " + numbers(progress) : waiting);
    }

    private static String numbers(JobProgress progress) {
        var text = new StringBuilder(Units.count(progress.done()) + " of " + Units.count(progress.items()));
        if (progress.dead() > 0) {
            text.append(", ").append(Units.count(progress.dead())).append(" failed");
        }
        if (progress.itemsPerSecond() > 0) {
            text.append("  ").append(Units.count(progress.itemsPerSecond())).append("/s");
        }
        var eta = progress.eta();
        if (eta != null) {
            var low = Units.time(eta.lowSeconds());
            var high = Units.time(eta.highSeconds());
            text.append("  left ").append(low.equals(high) ? low : low + " to " + high);
        }
        return text.toString();
    }
}

package millrace.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Map;
import millrace.proto.Description;
import millrace.proto.Progress;
import millrace.proto.Tally;
import millrace.proto.view.JobProgress;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ProgressViewTest {
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private ProgressView view(boolean terminal, boolean quiet) {
        return new ProgressView(
                new Shell(
                        new PrintStream(new ByteArrayOutputStream(), true, UTF_8),
                        new PrintStream(err, true, UTF_8),
                        terminal,
                        terminal,
                        Map.of()),
                quiet,
                0);
    }

    private static JobProgress progress(long items, long done, long dead, double rate, Progress.@Nullable Eta eta) {
        return new JobProgress("primes-abc", items, done, dead, rate, eta, Tally.NONE);
    }

    private static final JobProgress HALF = progress(1000, 430, 0, 210, new Progress.Eta(2.1, 2.5, 3.4));

    private static final Duration NOW = Duration.ofSeconds(1);

    private String shown() {
        return err.toString(UTF_8);
    }

    @Test
    void lineTellsPartRateAndTheRangeOfTheEta() {
        assertThat(ProgressView.line(HALF, NOW, ""))
                .isEqualTo(" 43% [==========>             ] 430 of 1000  210/s  left 2.1 s to 3.4 s");
    }

    @Test
    void outputIsShownOnceItTakesLongerThanASecond() {
        var now = new long[1];
        var view = view(true, false);
        var bar = new TransferBar(view, () -> now[0]);
        bar.moved(1L << 30, 3L << 30); // there from before
        now[0] = 900_000_000;
        bar.moved((1L << 30) + (90 << 20), 3L << 30);
        assertThat(shown()).isEmpty();
        now[0] = 2_000_000_000;
        bar.moved((1L << 30) + (512 << 20), 3L << 30);
        assertThat(shown()).isEqualTo("\r 50% [============>           ] 1.5 GiB of 3.0 GiB  256 MiB/s  left 6.0 s");
        now[0] += 50_000_000;
        bar.moved((1L << 30) + (600 << 20), 3L << 30);
        assertThat(shown()).as("not ten times a second").doesNotContain("1.6");
    }

    @Test
    void lineNeverReachesTheEdgeOfATerminal() {
        var worst = progress(
                Description.ITEMS_MAX,
                Description.ITEMS_MAX / 3,
                Description.ITEMS_MAX / 7,
                1.23456e12,
                new Progress.Eta(86_400 * 99, 86_400 * 300, 86_400 * 999));

        assertThat(ProgressView.line(worst, NOW, "")).hasSizeLessThan(Shell.COLUMNS);
        assertThat(ProgressView.line(worst, NOW, "waiting: " + "x".repeat(100))).hasSizeLessThan(Shell.COLUMNS);
    }

    @Test
    void hundredPercentIsOnlyShownWhenAllIsDone() {
        assertThat(ProgressView.line(progress(1000, 999, 0, 0, null), NOW, "")).startsWith(" 99%");
        assertThat(ProgressView.line(progress(1000, 1000, 0, 0, null), NOW, ""))
                .startsWith("100% [========================]");
        assertThat(ProgressView.line(progress(1000, 998, 2, 0, null), NOW, ""))
                .startsWith("100%")
                .contains("2 failed");
    }

    @Test
    void withoutATerminalALineComesEveryTenSeconds() {
        var view = view(false, false);
        for (var second = 0; second <= 25; second++) {
            view.show(HALF, NOW, "", Duration.ofSeconds(second).toNanos());
        }
        view.close();

        assertThat(shown().lines())
                .hasSize(2)
                .containsOnly("millrace: primes-abc: 43.0 %, 430 of 1000  210/s  left 2.1 s to 3.4 s");
    }

    @Test
    void whatItWaitsForIsSaidInsteadOfNumbers() {
        view(false, false)
                .show(
                        HALF,
                        NOW,
                        "waiting for workers to join",
                        Duration.ofSeconds(10).toNanos());

        assertThat(shown()).isEqualTo("millrace: primes-abc: waiting for workers to join\n");
    }

    @Test
    void oldNumbersSayHowOldTheyAre() {
        var age = Duration.ofSeconds(23);

        assertThat(ProgressView.line(HALF, age, "")).isEqualTo(" 43% [==========>             ] as of 23 s ago");
        assertThat(ProgressView.plain(HALF, age, "waiting for an aggregator"))
                .isEqualTo("primes-abc: 43.0 % as of 23 s ago; waiting for an aggregator");
        assertThat(ProgressView.plain(HALF, ProgressView.OLD, "")).doesNotContain("ago");
    }

    @Test
    void terminalIsLeftClean() {
        var view = view(true, false);
        view.show(HALF, NOW, "", 1);
        view.note("a message");
        view.show(HALF, NOW, "", 2);
        view.close();

        // As a terminal shows it: the last thing written over each column of each line.
        var lines = shown().split("\n");
        assertThat(lines).hasSize(2);
        assertThat(onScreen(lines[0])).isEqualTo("a message");
        assertThat(onScreen(lines[1])).isEmpty();
    }

    private static String onScreen(String written) {
        var screen = new StringBuilder();
        var column = 0;
        for (var i = 0; i < written.length(); i++) {
            var character = written.charAt(i);
            if (character == '\r') {
                column = 0;
            } else {
                screen.setLength(Math.max(screen.length(), column + 1));
                screen.setCharAt(column++, character);
            }
        }
        return screen.toString().stripTrailing();
    }

    @Test
    void quietShowsNothing() {
        var view = view(true, true);
        view.show(HALF, NOW, "", Duration.ofSeconds(100).toNanos());
        view.show("starting");
        view.close();

        assertThat(shown()).isEmpty();
    }
}

package millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Collections;
import java.util.List;
import millrace.proto.Result;
import millrace.proto.Spread;
import millrace.proto.Tally;
import millrace.proto.WorkerCost;
import org.junit.jupiter.api.Test;

class JobReportTest {
    private static final long SECOND = 1_000_000_000;

    /// Two workers of two cores: 7 s of CPU counted, 1 s not, 9 s in counted tasks, from 1.5 s after the submission
    /// until 1 s before the end.
    private static final Tally TALLY = new Tally(
            100,
            10,
            11,
            1,
            0,
            0,
            0,
            1,
            7 * SECOND,
            9 * SECOND,
            SECOND / 2,
            SECOND,
            1 << 20,
            100 << 20,
            12_000,
            14_000,
            List.of("a", "b"),
            0,
            new Result.Extra(SECOND / 4, SECOND / 8, 5 << 20),
            new Tally.Detail(
                    times(),
                    30 << 20,
                    11_500,
                    List.of(
                            new WorkerCost(
                                    "a",
                                    2,
                                    6,
                                    4 * SECOND,
                                    1 << 20,
                                    2 << 20,
                                    12_000,
                                    1000,
                                    List.of(3L, 4L),
                                    List.of(5L, 6L)),
                            new WorkerCost(
                                    "b", 2, 4, 3 * SECOND, 1 << 20, 2 << 20, 12_000, 1000, List.of(), List.of()))));

    private static Spread times() {
        var counts = new java.util.ArrayList<>(Collections.nCopies(Spread.bucket(SECOND) + 1, 0L));
        counts.set(Spread.bucket(SECOND / 2), 5L);
        counts.set(Spread.bucket(SECOND), 5L);
        return new Spread(counts, SECOND / 2, SECOND);
    }

    private static final JobReport REPORT = JobReport.of(TALLY, 0, 10_000, 15_000);

    @Test
    void partsAddUpToWhatWasHeld() {
        var time = REPORT.time();
        assertThat(time.held()).isEqualTo(20);
        assertThat(time.useful()).isEqualTo(7);
        assertThat(time.wasted()).isEqualTo(1);
        assertThat(time.waiting()).isEqualTo(2);
        assertThat(time.before()).isEqualTo(6);
        assertThat(time.after()).isEqualTo(4);
        assertThat(time.idle()).isZero();
        assertThat(time.efficiency()).isEqualTo(0.35);
    }

    @Test
    void noPartIsNegativeWhateverTheFiguresSay() {
        for (var submitted : new long[] {0, 11_000, 14_900, 20_000}) {
            for (var cores : new int[] {0, 1, 1000}) {
                var time = CoreTime.of(TALLY, cores, submitted, 15_000);
                assertThat(List.of(
                                time.useful(), time.wasted(), time.waiting(), time.before(), time.after(), time.idle()))
                        .allMatch(part -> part >= 0);
                assertThat(time.useful() + time.wasted() + time.waiting() + time.before() + time.after() + time.idle())
                        .isCloseTo(time.held(), within(1e-9));
            }
        }
    }

    @Test
    void jsonHasAllFigures() {
        var json = REPORT.json();
        assertThat(json.path("efficiency").asDouble()).isEqualTo(0.35);
        assertThat(json.path("computeSeconds").asDouble()).isEqualTo(7);
        assertThat(json.path("queueSeconds").asDouble()).isEqualTo(0.5);
        assertThat(json.path("blobSeconds").asDouble()).isEqualTo(0.125);
        assertThat(json.path("warmSeconds").asDouble()).isEqualTo(0.25);
        assertThat(json.path("blobBytes").asLong()).isEqualTo(5 << 20);
        assertThat(json.path("allocatedBytesPerTask").asLong()).isEqualTo(10 << 20);
        assertThat(json.path("allocatedBytesPerTaskMax").asLong()).isEqualTo(30 << 20);
        assertThat(json.path("taskSecondsSpread").path("min").asDouble()).isEqualTo(0.5);
        assertThat(json.path("taskSecondsSpread").path("p99").asDouble()).isCloseTo(1, within(0.07));
        assertThat(json.path("workerCosts").path(0).path("residentMebibytes").toString())
                .isEqualTo("[5,6]");
    }

    @Test
    void peopleAreToldTheSame() {
        assertThat(REPORT.lines().stream().map(line -> line.name() + ": " + line.text()))
                .anyMatch(line -> line.startsWith("cores: held for 20 s: useful 7.0 s (35 %)"))
                .anyMatch(line -> line.startsWith("a task: min 500 ms, 25 % "))
                .anyMatch(line -> line.contains("a: 6 tasks, 4.0 s of CPU time") && line.endsWith(": 5 6)"));
        assertThat(JobReport.of(Tally.NONE, 0, 0, 0).lines()).isEmpty();
    }
}

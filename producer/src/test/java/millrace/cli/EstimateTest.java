package millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import millrace.client.JobOptions;
import millrace.client.Millrace;
import millrace.proto.Digests;
import millrace.proto.Ending;
import millrace.proto.JobSpec;
import millrace.proto.Ranges;
import millrace.proto.Result;
import millrace.proto.Tally;
import millrace.proto.kernels.Primes;
import millrace.proto.view.JobProgress;
import millrace.proto.view.JobSummary;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EstimateTest {
    @TempDir
    Path folder;

    private static JobSpec primes(String job, long to) {
        return Millrace.spec(new Primes(0, to), JobOptions.DEFAULT, job, 4);
    }

    private static Ending ended(JobSpec spec, long cpuNanos) {
        var tally = new Tally(
                spec.items(),
                1,
                1,
                0,
                0,
                0,
                0,
                0,
                cpuNanos,
                0,
                0,
                0,
                8 * spec.items(),
                0,
                0,
                0,
                List.of(),
                0,
                Result.Extra.NONE,
                Tally.Detail.NONE);
        return new Ending(
                spec,
                Ending.State.SUCCEEDED,
                "",
                null,
                ByteString.copyFrom(Digests.sha256().digest()),
                new Ending.OutputPlace(0, List.of(), 0),
                tally,
                0,
                1,
                1,
                "owner",
                Ranges.of(0, spec.items()),
                new Ranges());
    }

    private static JobSummary summary(JobSpec spec, long cpuNanos) {
        var ending = ended(spec, cpuNanos);
        return new JobSummary(
                spec, 0, false, 0, new JobProgress(spec.job(), spec.items(), 0, 0, 0, null, ending.tally()), ending);
    }

    @Test
    void jobWithTheSameParametersIsTheBestMeasure() {
        var wanted = primes("wanted", 2_000_000_000);
        var newer = summary(primes("newer", 1_000_000_000), 1);
        var same = summary(primes("same", 2_000_000_000), 1_000_000_000L * wanted.items());

        assertThat(Measured.among(List.of(newer, same), wanted))
                .hasValueSatisfying(measured -> assertThat(measured.job()).isEqualTo("same"));
        assertThat(Measured.among(List.of(newer), wanted))
                .hasValueSatisfying(measured -> assertThat(measured.job()).isEqualTo("newer"));
        assertThat(Measured.among(List.of(), wanted)).isEmpty();
    }

    @Test
    void estimateScalesWithItemsAndCores() {
        var wanted = primes("wanted", 2_000_000_000);
        var estimate = new Estimate(wanted, "a block", Optional.of(new Measured("old", "--to=1", 1.5, 8)), 4);

        assertThat(estimate.cpuSeconds()).isCloseTo(1.5 * wanted.items(), within(1e-9));
        assertThat(estimate.wallSeconds()).isCloseTo(1.5 * wanted.items() / 4, within(1e-9));
        assertThat(estimate.tasks()).isEqualTo(wanted.items()); // an item takes longer than a task should
        assertThat(estimate.valueBytes()).isEqualTo(8 * wanted.items());
        assertThat(estimate.text()).contains("on 4 cores", "as job old cost (--to=1)");
    }

    @Test
    void costIsRememberedOnThisMachineByKernel() {
        var spec = primes("a", 1_000_000_000);
        Measured.remember(folder, ended(spec, 1_000_000_000L * spec.items()));
        // A tiny job afterwards says less than the long one before.
        Measured.remember(folder, ended(primes("tiny", 100), 1));

        assertThat(Measured.recall(folder, primes("b", 5))).hasValueSatisfying(measured -> {
            assertThat(measured.job()).isEqualTo("a");
            assertThat(measured.itemSeconds()).isCloseTo(1, within(1e-9));
        });
    }

    @Test
    void brokenMemoryIsNoMemory() throws IOException {
        Files.writeString(folder.resolve("measured.json"), "{");

        assertThat(Measured.recall(folder, primes("b", 5))).isEmpty();
    }
}

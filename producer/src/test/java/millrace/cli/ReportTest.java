package millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import millrace.client.JobOptions;
import millrace.client.Millrace;
import millrace.client.WorkerSummary;
import millrace.proto.Descriptions;
import millrace.proto.Heartbeat;
import millrace.proto.JobSpec;
import millrace.proto.Result;
import millrace.proto.Tally;
import millrace.proto.kernels.Primes;
import millrace.proto.view.JobProgress;
import millrace.proto.view.JobSummary;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
    private static final JobSpec SPEC = Millrace.spec(new Primes(0, 1_000_000_000), JobOptions.DEFAULT, "job", 4);

    @TempDir
    Path folder;

    private static Tally tally(long cpuNanos, List<String> workers) {
        return new Tally(
                64,
                60,
                61,
                1,
                2,
                0,
                3,
                4,
                cpuNanos,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                workers,
                0,
                Result.Extra.NONE,
                Tally.Detail.NONE);
    }

    private static WorkerSummary worker(String name, int cores, long residentBytes) {
        return new WorkerSummary(
                new Heartbeat(
                        name,
                        "host",
                        1,
                        "1",
                        1,
                        0,
                        0,
                        Heartbeat.State.RUNNING,
                        "",
                        List.of(),
                        cores,
                        1,
                        1,
                        List.of(),
                        0,
                        0,
                        residentBytes,
                        0,
                        0,
                        0),
                true);
    }

    private static final Report REPORT = Report.of(
            SPEC,
            "SUCCEEDED",
            tally(7_200_000_000L, List.of("a", "b")),
            Duration.ofSeconds(2),
            List.of(worker("a", 2, 100), worker("b", 2, 50), worker("bystander", 64, 9999)),
            "00ff");

    @Test
    void jsonHasTheKeysThatScriptsRelyOn() {
        assertThat(REPORT.json("50847534"))
                .hasToString("{\"job\":\"job\",\"kernel\":\"primes@1\",\"state\":\"SUCCEEDED\",\"output\":\"50847534\","
                        + "\"items\":64,\"tasks\":60,\"attempts\":61,\"duplicates\":1,\"workers\":2,"
                        + "\"wallSeconds\":2.0,\"cpuSeconds\":7.2,\"efficiency\":0.9,\"peakMemoryBytes\":150,"
                        + "\"digest\":\"00ff\"}");
    }

    @Test
    void jobThatGoesOnHasNoOutput() {
        var tally = tally(7_200_000_000L, List.of("a"));
        var job = new JobSummary(SPEC, 0, false, 1000, new JobProgress("job", 64, 60, 0, 1, null, tally), null);

        var json = Report.of(job, List.of()).json(null);

        assertThat(json.path("state").asString()).isEqualTo("RUNNING");
        assertThat(json.path("output").isNull()).isTrue();
        assertThat(json.path("tasks").asLong()).isEqualTo(60);
    }

    @Test
    void lineTellsWhatItTook() {
        assertThat(REPORT.line()).isEqualTo("job succeeded in 2.0 s: 64 items, 60 tasks, 90 % of 4 cores");
        assertThat(REPORT.mended()).isEqualTo("tasks on the way: 2 redelivered, 1 duplicates, 4 failed, 3 handed back");
    }

    @Test
    void lineCountsOneItemAndOneCore() {
        var one = Millrace.spec(new Primes(7, 8), JobOptions.DEFAULT, "job", 1);
        var report = Report.of(
                one,
                "SUCCEEDED",
                tally(900_000_000, List.of("a")),
                Duration.ofSeconds(1),
                List.of(worker("a", 1, 1)),
                null);

        assertThat(report.line()).isEqualTo("job succeeded in 1.0 s: 1 item, 60 tasks, 90 % of 1 core");
    }

    @Test
    void unknownWorkersGiveNoEfficiency() {
        var report = Report.of(SPEC, "SUCCEEDED", tally(1, List.of("a")), Duration.ZERO, List.of(), null);

        assertThat(report.efficiency()).isZero();
        assertThat(report.line()).doesNotContain("cores");
    }

    @Test
    void sidecarHoldsEnoughToMakeTheOutputAgain() throws Exception {
        var description =
                Descriptions.load().find("montecarlo").orElseThrow().parse(Map.of("seed", "7", "spot", "101.5"));
        var spec = Millrace.spec(description, JobOptions.DEFAULT.withItems(10, 20), "job", 4);
        var report = Report.of(spec, "SUCCEEDED", tally(1, List.of()), Duration.ZERO, List.of(), "00ff");
        var file = folder.resolve("price of it.txt");

        Sidecar.write(file, report, JobReport.of(report.tally(), 2, 1000, 2000));

        var json = Report.JSON.readTree(Files.readString(folder.resolve("price of it.txt.millrace.json")));
        assertThat(json.path("seed").asString()).isEqualTo("7");
        assertThat(json.path("digest").asString()).isEqualTo("00ff");
        assertThat(json.path("kernel").asString()).isEqualTo("montecarlo");
        assertThat(json.path("kernelVersion").asInt())
                .isEqualTo(spec.computation().version());
        assertThat(json.path("command").asString())
                .contains("millrace run montecarlo ", " --seed=7 ", " --spot=101.5 ", " --items 10..20")
                .endsWith(" -o 'price of it.txt'");
        assertThat(JobSpec.parse(ByteString.copyFrom(
                        Base64.getDecoder().decode(json.path("spec").asString()))))
                .isEqualTo(spec);
    }
}

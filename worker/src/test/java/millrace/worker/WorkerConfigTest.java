package millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import millrace.proto.BadInput;
import millrace.proto.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkerConfigTest {
    @ParameterizedTest
    @CsvSource({"1, 2, 1", "2, 3, 1", "3, 4, 2", "4, 4, 2", "8, 4, 3", "16, 4, 6", "64, 4, 24"})
    void lanesHoldOneAndAHalfTimesAsManyRecordsAsCores(int cores, int lanes, int records) {
        assertThat(of(Map.of("worker.cores", "" + cores)))
                .isEqualTo(new WorkerConfig(cores, lanes, records, 500, Duration.ofSeconds(10), 600));
        assertThat(WorkerConfig.forCores(cores))
                .isEqualTo(new WorkerConfig(cores, lanes, records, 500, Duration.ofSeconds(10), Long.MAX_VALUE));
    }

    @Test
    void allCoresOfTheProcessComputeByDefault() {
        assertThat(of(Map.of()).cores()).isEqualTo(Runtime.getRuntime().availableProcessors());
    }

    @Test
    void everySettingCounts() {
        assertThat(of(Map.of(
                        "worker.cores", "5",
                        "worker.lanes", "2",
                        "worker.lane-records", "7",
                        "worker.memory-share", "0.25",
                        "worker.drain-timeout", "1.5m")))
                .isEqualTo(new WorkerConfig(5, 2, 7, 7, Duration.ofSeconds(90), 250));
    }

    @Test
    void manyLanesTakeFewerTinyTasksEach() {
        assertThat(of(Map.of("worker.cores", "2", "worker.lanes", "64")).tinyRecords())
                .isEqualTo(31);
    }

    @Test
    void allProblemsAreToldAtOnce() {
        var flags =
                Map.of("worker.cores", "1025", "worker.lanes", "many", "worker.drain-timeout", "2h", "worker.x", "1");
        assertThatThrownBy(() -> of(flags))
                .isInstanceOfSatisfying(
                        BadInput.class,
                        bad -> assertThat(bad.problems())
                                .hasSizeGreaterThanOrEqualTo(4)
                                .anyMatch(problem -> problem.contains("worker.x is unknown"))
                                .anyMatch(problem -> problem.contains("worker.cores is '1025'"))
                                .anyMatch(problem -> problem.contains("worker.lanes is 'many'"))
                                .anyMatch(problem ->
                                        problem.contains("worker.drain-timeout is 2h, allowed 100ms to 1h")));
    }

    private static WorkerConfig of(Map<String, String> flags) {
        return WorkerConfig.of(Settings.resolve(WorkerConfig.settings(), flags, Map.of(), Map.of()), 1_000);
    }
}

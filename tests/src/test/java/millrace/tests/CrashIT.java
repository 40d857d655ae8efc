package millrace.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import millrace.client.JobOptions;
import millrace.proto.Ending;
import millrace.proto.Policy;
import millrace.proto.Result.FailureKind;
import millrace.tests.kernels.Grind;
import millrace.tests.kernels.Nap;
import millrace.tests.kernels.Trap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// Kernels that take their worker with them, and kernels that do not stop: workers end and are started again.
@Execution(ExecutionMode.CONCURRENT)
class CrashIT {
    @RegisterExtension
    static final TestBroker BROKER = new TestBroker();

    private static final Duration PATIENCE = TestFleet.PATIENCE;

    private final TestFleet fleet = BROKER.fleet();

    @AfterEach
    void stop() {
        fleet.close();
    }

    @Test
    void kernelThatKillsItsWorkerFailsItsOwnJobOnly() throws Exception {
        fleet.withRoles();
        var workers = List.of(fleet.worker(1), fleet.worker(1));
        var client = fleet.client();
        fleet.awaitWorkers(client, 2);
        var beside = new Grind(2_000, 1_000_000, 5);
        var policy = Policy.DEFAULT.withTaskItems(10);
        var deadly = client.submit(new Trap(50, 23, Trap.Trick.HALT, ""), JobOptions.DEFAULT.withPolicy(policy));
        var harmless = client.submit(beside, JobOptions.DEFAULT.withPolicy(policy));

        var ending = deadly.ending(PATIENCE);

        assertThat(ending.state()).isEqualTo(Ending.State.FAILED);
        assertThat(ending.failure()).satisfies(failure -> {
            assertThat(failure.kind()).isEqualTo(FailureKind.CRASHED);
            assertThat(failure.first()).isEqualTo(20);
            assertThat(failure.end()).isEqualTo(30);
        });
        var output = harmless.get(PATIENCE);
        assertThat(output.ending().state()).isEqualTo(Ending.State.SUCCEEDED);
        assertThat(output.text()).isEqualTo(Long.toString(beside.expected()));
        assertThat(workers.stream().mapToInt(Child::starts).sum()).isGreaterThanOrEqualTo(2 + 3);
    }

    @Test
    void workerOfACancelledTaskThatDoesNotStopIsStartedAgain() throws Exception {
        fleet.withRoles();
        var worker = fleet.worker(1);
        var client = fleet.client();
        fleet.awaitWorkers(client, 1);
        var deaf = client.submit(new Nap(1, 3_600_000, true));
        await().atMost(PATIENCE)
                .until(() -> client.workers(Duration.ofSeconds(2)).stream()
                        .anyMatch(one -> !one.heartbeat().holdings().isEmpty()));
        deaf.cancel("");
        assertThat(deaf.ending(PATIENCE).state()).isEqualTo(Ending.State.CANCELLED);
        assertThat(client.submit(new Nap(1, 1, false)).get(PATIENCE).text()).isEqualTo("0");
        assertThat(worker.starts()).isEqualTo(2);
    }
}

package millrace.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Objects;
import millrace.client.JobFailed;
import millrace.client.JobOptions;
import millrace.client.Millrace;
import millrace.proto.Policy;
import millrace.proto.Result.FailureKind;
import millrace.tests.kernels.Hoard;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A worker whose heap does not carry a task on each of its four cores: on all at once it would run out of memory.
class MemoryIT {
    @RegisterExtension
    static final TestBroker BROKER = new TestBroker();

    /// Of a heap of 128 MB; tasks may take 60 % of it, so two fit.
    private static final int BYTES = 30_000_000;

    private static Millrace client;
    private static Child worker;

    @BeforeAll
    static void start() {
        var fleet = BROKER.fleet().withRoles();
        worker = fleet.worker(4, "-Xmx128m", "-XX:+ExitOnOutOfMemoryError");
        client = fleet.client();
        fleet.awaitWorkers(client, 1);
    }

    private static JobOptions options() {
        return JobOptions.DEFAULT.withPolicy(Policy.DEFAULT.withTaskItems(1).withMaxAttempts(2));
    }

    @Test
    void noMoreTasksAreComputedAtOnceThanTheHeapCarries() throws Exception {
        var output = client.submit(new Hoard(20, BYTES, 50, 2), options()).get(TestFleet.PATIENCE);
        assertThat(output.text()).isEqualTo("190");
        var tally = output.ending().tally();
        assertThat(tally.failures()).isZero();
        assertThat(tally.redeliveries()).as("no worker died").isZero();
        assertThat(tally.workers()).hasSize(1);
    }

    @Test
    void taskThatNeedsMoreThanThereIsFailsWithBothFigures() {
        assertThatThrownBy(() -> client.submit(new Hoard(1, 100_000_000, 50, 1), options())
                        .get(TestFleet.PATIENCE))
                .isInstanceOfSatisfying(JobFailed.class, e -> {
                    var failure = Objects.requireNonNull(e.ending().failure());
                    assertThat(failure.kind()).isEqualTo(FailureKind.OUT_OF_MEMORY);
                    assertThat(failure.message())
                            .matches("hoard@1 needs 100000000 bytes for 1 items, available on this worker for tasks:"
                                    + " 7\\d{7} .*");
                    assertThat(e.ending().reason()).contains("100000000");
                });
        assertThat(worker.isAlive()).isTrue();
    }
}

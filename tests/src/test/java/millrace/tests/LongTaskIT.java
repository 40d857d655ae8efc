package millrace.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import millrace.proto.Ending;
import millrace.proto.Heartbeat;
import millrace.tests.kernels.Nap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// Items that take sixteen times as long as the broker lets a worker hold a record. They only sleep, so they run beside
/// the other tests.
@Execution(ExecutionMode.CONCURRENT)
class LongTaskIT {
    @RegisterExtension
    static final TestBroker BROKER = new TestBroker();

    @Test
    void itemOfFourMinutesIsComputedOnce() throws Exception {
        var fleet = BROKER.fleet().withRoles();
        fleet.worker(1);
        var client = fleet.client();
        fleet.awaitWorkers(client, 1);

        var output = client.submit(new Nap(1, 240_000, false)).get(Duration.ofMinutes(7));

        var tally = output.ending().tally();
        assertThat(output.ending().state()).isEqualTo(Ending.State.SUCCEEDED);
        assertThat(tally.tasks()).isEqualTo(1);
        assertThat(tally.attempts()).isEqualTo(1);
        assertThat(tally.redeliveries()).isZero();
    }

    /// A worker that has no core for them leaves short tasks to one that has: they do not lie in a consumer of it, which
    /// fetches them by itself, until their locks end.
    @Test
    void shortTasksDoNotWaitInAWorkerThatComputesALongOne() throws Exception {
        var fleet = BROKER.fleet().withRoles();
        fleet.worker(1);
        fleet.worker(1);
        var client = fleet.client();
        fleet.awaitWorkers(client, 2);

        var longest = client.submit(new Nap(1, 240_000, false));
        await().atMost(Duration.ofMinutes(1))
                .until(() -> client.workers(Duration.ofSeconds(1)).stream()
                        .flatMap(worker -> worker.heartbeat().holdings().stream())
                        .anyMatch(Heartbeat.Holding::claimed));
        for (var job = 0; job < 20; job++) {
            var output = client.submit(new Nap(1, 1, false)).get(Duration.ofMinutes(1));
            assertThat(output.ending().state()).isEqualTo(Ending.State.SUCCEEDED);
            assertThat(output.ending().tally().redeliveries())
                    .as("redeliveries of job %d", job)
                    .isZero();
        }
        assertThat(longest.progress().done()).as("items of the long one").isZero();
        longest.cancel("the test is done");
    }
}

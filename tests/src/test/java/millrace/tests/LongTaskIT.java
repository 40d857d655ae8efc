package millrace.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import millrace.proto.Ending;
import millrace.tests.kernels.Nap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// An item that takes sixteen times as long as the broker lets a worker hold a record. It only sleeps, so it runs beside
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
}

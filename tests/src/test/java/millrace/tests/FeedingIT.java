package millrace.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import millrace.cli.EmbeddedBroker;
import millrace.producer.ProducerRole;
import millrace.proto.Cluster;
import millrace.proto.Policy;
import millrace.proto.Role;
import millrace.proto.Settings;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The producer against a real broker, with a worker and an aggregator that do no more than the producer can see of
/// them.
class FeedingIT {
    @TempDir
    static Path folder;

    private static EmbeddedBroker broker;

    @BeforeAll
    static void start() {
        broker = EmbeddedBroker.start(folder);
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    private static Role.Running producer(String fleet) {
        var role = new ProducerRole();
        return role.start(
                Cluster.at(broker.bootstrapServers(), fleet),
                Settings.resolve(role.settings(), Map.of(), Map.of(), Map.of()));
    }

    @Test
    void everyItemOfAJobIsComputedOnce() {
        try (var producer = producer("once");
                var mill = new StandInMill(broker.bootstrapServers(), "once", 2)) {
            mill.submit("job", 100_000, Policy.DEFAULT);
            await().atMost(Duration.ofSeconds(60)).until(() -> mill.done("job") == 100_000);
            assertThat(mill.computed("job")).isEqualTo(100_000);
            assertThat(producer.ready()).isTrue();
        }
    }
}

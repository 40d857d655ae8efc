package millrace.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import millrace.cli.EmbeddedBroker;
import millrace.producer.ProducerRole;
import millrace.proto.Cluster;
import millrace.proto.ExitCode;
import millrace.proto.JobOrder;
import millrace.proto.Policy;
import millrace.proto.Role;
import millrace.proto.Settings;
import millrace.proto.Topics;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The producer against a real broker, with a worker and an aggregator that do no more than the producer can see
/// of them. Each test has a fleet of its own.
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

    private static StandInMill mill(String fleet) {
        return new StandInMill(broker.bootstrapServers(), fleet, 2);
    }

    private static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(90)).pollInterval(Duration.ofMillis(20));
    }

    @Test
    void everyItemOfAJobIsComputedOnce() {
        try (var producer = producer("once");
                var mill = mill("once")) {
            mill.submit("job", 1_000_000, Policy.DEFAULT);
            soon().until(() -> mill.done("job") == 1_000_000);
            assertThat(mill.computed("job")).isEqualTo(1_000_000);
            assertThat(producer.ready()).isTrue();
            assertThat(producer.trouble()).isEmpty();
        }
    }

    @Test
    void aTaskWhoseResultVanishesComesAgainAlsoAsTheLastOfItsPartition() {
        try (var _ = producer("lost");
                var mill = mill("lost")) {
            var vanished = new AtomicInteger();
            mill.lose(task -> task.first() % 200 == 100 && task.emission() == 1 && vanished.incrementAndGet() > 0);
            mill.submit("job", 1_000, Policy.DEFAULT.withTaskItems(100));
            soon().until(() -> mill.done("job") == 1_000);
            assertThat(vanished).hasValue(5);
            assertThat(mill.computed("job")).isEqualTo(1_000);
        }
    }

    @Test
    void aSecondProducerTakesOverAndTheFirstDoesNotYieldToIt() throws Exception {
        var first = producer("two");
        try (var mill = mill("two")) {
            mill.slow(Duration.ofMillis(10)); // the takeover is in the middle of the job, however long it takes
            // What is out is far less than the job, too.
            var policy = Policy.DEFAULT.withTaskItems(500).withTaskTime(Duration.ofMillis(100));
            mill.submit("job", 500_000, policy);
            soon().until(() -> mill.done("job") > 10_000);
            var holder = holder("two");
            try (var second = producer("two")) {
                soon().until(() -> second.ready() && mill.done("job") > 100_000);
                assertThat(holder("two")).isEqualTo(holder);
                first.close();
                assertThat(first.await()).isEqualTo(ExitCode.SUCCEEDED);
                var out = 500 * emitted("two") - mill.done("job");
                mill.slow(Duration.ZERO);
                soon().until(() -> mill.done("job") == 500_000);
                assertThat(holder("two")).isNotEqualTo(holder);
                // What was out at the takeover has been found again, but for what had been taken and not told.
                System.out.printf("%,d items were out, %,d came again%n", out, mill.computed("job") - 500_000);
                assertThat(mill.computed("job") - 500_000).isLessThan(out / 4);
            }
        } finally {
            first.close();
        }
    }

    /// The member of the producers' group that holds the lease.
    private static String holder(String fleet) throws Exception {
        var group = Topics.producerGroup(fleet);
        var lease = new TopicPartition(Topics.WORKERS.in(fleet), 0);
        try (var admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            return admin.describeConsumerGroups(List.of(group)).all().get().values().stream()
                    .flatMap(described -> described.members().stream())
                    .filter(member -> member.assignment().topicPartitions().contains(lease))
                    .findFirst()
                    .orElseThrow()
                    .consumerId();
        }
    }

    /// Records on `tasks` so far.
    private static long emitted(String fleet) throws Exception {
        var topic = Topics.TASKS.in(fleet);
        try (var admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            var described = Objects.requireNonNull(
                    admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic));
            var latest = described.partitions().stream()
                    .collect(Collectors.toMap(
                            info -> new TopicPartition(topic, info.partition()), info -> OffsetSpec.latest()));
            return admin.listOffsets(latest).all().get().values().stream()
                    .mapToLong(ListOffsetsResultInfo::offset)
                    .sum();
        }
    }

    @Test
    void aCancelledJobIsFedNoFurther() {
        try (var _ = producer("cancel");
                var mill = mill("cancel")) {
            mill.slow(Duration.ofMillis(2));
            mill.submit("job", 100_000_000, Policy.DEFAULT.withTaskItems(10));
            soon().until(() -> mill.done("job") > 1_000);
            mill.order(new JobOrder.Cancel("job", "enough"));
            mill.submit("next", 1_000, Policy.DEFAULT);
            soon().until(() -> mill.done("next") == 1_000);
            // Orders of one partition are read in order, and both jobs are in one.
            var done = mill.done("job");
            mill.submit("last", 1_000, Policy.DEFAULT);
            soon().until(() -> mill.done("last") == 1_000);
            assertThat(mill.done("job") - done).isLessThan(1_000);
        }
    }

    @Test
    void foreignRecordsStopNothing() {
        try (var producer = producer("foreign");
                var mill = mill("foreign")) {
            for (var topic : new Topics[] {Topics.JOBS, Topics.ENDINGS, Topics.PROGRESS, Topics.WORKERS}) {
                mill.write(topic, "key".getBytes(StandardCharsets.UTF_8), new byte[] {1, 2, 3});
                mill.write(topic, new byte[0], new byte[0]);
                mill.write(topic, new byte[] {-1, -2}, null);
            }
            mill.write(Topics.JOBS, null, new byte[100]);
            mill.submit("job", 1_000, Policy.DEFAULT);
            soon().until(() -> mill.done("job") == 1_000);
            assertThat(producer.ready()).isTrue();
        }
    }
}

package millrace.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import millrace.client.Job;
import millrace.client.JobOptions;
import millrace.proto.Digests;
import millrace.proto.Ending;
import millrace.proto.ForeignRecord;
import millrace.proto.Policy;
import millrace.proto.Topics;
import millrace.proto.Wire;
import millrace.tests.kernels.Spell;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Somebody writes what is none of ours to every topic while a fleet computes: its own records
/// damaged, on other topics, of another fleet and once more as they are, besides noise and bombs.
class HostileRecordsIT {
    @RegisterExtension
    static final TestBroker BROKER = new TestBroker();

    private static final Duration PATIENCE = TestFleet.PATIENCE;
    private static final long COUNT = 60_000;
    private static final int OF_EACH_KIND = 40;

    private final TestFleet fleet = BROKER.fleet();
    private final TestFleet other = BROKER.fleet();
    private final long seed = Long.getLong("millrace.seed", new Random().nextLong());
    private final Random chance = new Random(seed);

    @AfterEach
    void stop() {
        other.close();
        fleet.close();
    }

    @Test
    void everyConsumerPassesOverWhatIsNotOurs() throws Exception {
        System.out.println("hostile records: -Dmillrace.seed=" + seed);
        other.withRoles();
        other.worker(1);
        var stranger = other.client().submit(new Spell(1_000));
        assertSpelled(stranger, 1_000);

        fleet.withRoles();
        fleet.worker(2, "-Xmx96m");
        var client = fleet.client();
        fleet.awaitWorkers(client, 1);
        var running = client.submit(new Spell(COUNT), JobOptions.DEFAULT.withPolicy(Policy.DEFAULT.withTaskItems(200)));
        TestFleet.awaitDone(running, 0.05);
        var written = bombard(running.id());
        assertSpelled(running, COUNT);
        assertSpelled(client.submit(new Spell(5_000)), 5_000);

        assertThat(endings(running.id())).isEqualTo(1);
        System.out.println("hostile records: " + written);
    }

    private static void assertSpelled(Job job, long count) throws Exception {
        var output = job.get(PATIENCE);
        assertThat(output.ending().state()).isEqualTo(Ending.State.SUCCEEDED);
        assertThat(output.ending().tally().items()).isEqualTo(count);
        assertThat(output.digest())
                .isEqualTo(HexFormat.of().formatHex(Digests.sha256(ByteBuffer.wrap(Spell.lines(0, count)))));
    }

    private Map<String, Integer> bombard(String job) throws Exception {
        var written = new TreeMap<String, Integer>();
        var ours = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        var theirs = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        for (var topic : Topics.values()) {
            ours.addAll(read(topic.in(fleet.cluster().fleet())));
            theirs.addAll(read(topic.in(other.cluster().fleet())));
        }
        assertThat(ours).hasSizeGreaterThan(20);
        try (var producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        fleet.cluster().bootstrapServers(),
                        "enable.metrics.push",
                        "false",
                        "max.request.size",
                        "1048576"),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (var topic : Topics.values()) {
                var name = topic.in(fleet.cluster().fleet());
                var partitions = producer.partitionsFor(name).size();
                for (var hostile : hostile(topic, partitions, ours, theirs, job)) {
                    try {
                        producer.send(hostile.record()).get();
                        written.merge(hostile.kind(), 1, Integer::sum);
                    } catch (ExecutionException e) {
                        assertThat(e)
                                .as("a compacted topic takes no record without a key")
                                .hasCauseInstanceOf(InvalidRecordException.class);
                        written.merge("refused by the broker", 1, Integer::sum);
                    }
                }
            }
        }
        return written;
    }

    private record Hostile(String kind, ProducerRecord<byte[], byte[]> record) {}

    private List<Hostile> hostile(
            Topics topic,
            int partitions,
            List<ConsumerRecord<byte[], byte[]>> ours,
            List<ConsumerRecord<byte[], byte[]>> theirs,
            String id) {
        var job = id.getBytes(UTF_8);
        var all = new ArrayList<Hostile>();
        var fleetName = fleet.cluster().fleet();
        for (var number = 0; number < OF_EACH_KIND; number++) {
            var of = ours.get(chance.nextInt(ours.size()));
            var value = of.value() == null ? new byte[0] : of.value();
            if (value.length > 0) {
                var flipped = value.clone();
                flipped[chance.nextInt(flipped.length)] ^= (byte) (1 << chance.nextInt(8));
                all.add(hostile(topic, partitions, "a bit flipped", of.key(), flipped));
                all.add(hostile(
                        topic, partitions, "cut off", of.key(), Arrays.copyOf(value, chance.nextInt(value.length))));
            }
            if (!of.topic().equals(topic.in(fleetName))) {
                all.add(hostile(topic, partitions, "of another topic", of.key(), value));
            } else if (topic == Topics.RESULTS || topic == Topics.TASKS || topic == Topics.PROGRESS) {
                all.add(hostile(topic, partitions, "once more", of.key(), value));
            }
            var stranger = theirs.get(chance.nextInt(theirs.size()));
            all.add(hostile(topic, partitions, "of another fleet", stranger.key(), stranger.value()));
            var noise = new byte[chance.nextInt(2_000)];
            chance.nextBytes(noise);
            all.add(hostile(topic, partitions, "noise", chance.nextBoolean() ? job : noise.clone(), noise));
        }
        all.add(hostile(topic, partitions, "nothing", null, null));
        all.add(hostile(topic, partitions, "nothing", null, new byte[0]));
        all.add(hostile(topic, partitions, "nothing", new byte[0], new byte[] {0}));
        // A field of two gibibytes; groups in groups; as much as a record may hold.
        all.add(hostile(topic, partitions, "bomb", job, new byte[] {0x1a, -1, -1, -1, -1, 7}));
        var nested = new byte[100_000];
        Arrays.fill(nested, (byte) 0x0b);
        all.add(hostile(topic, partitions, "bomb", job, nested));
        all.add(hostile(topic, partitions, "bomb", job, new byte[1_000_000]));
        return all;
    }

    private Hostile hostile(Topics topic, int partitions, String kind, byte @Nullable [] key, byte @Nullable [] value) {
        return new Hostile(
                kind, new ProducerRecord<>(topic.in(fleet.cluster().fleet()), chance.nextInt(partitions), key, value));
    }

    private long endings(String job) {
        var channel = new Wire(fleet.cluster().fleet()).endings();
        return read(channel.topic()).stream()
                .filter(record -> {
                    try {
                        return channel.read(record.key(), record.value()).job().equals(job);
                    } catch (ForeignRecord e) {
                        return false;
                    }
                })
                .count();
    }

    private List<ConsumerRecord<byte[], byte[]>> read(String topic) {
        var records = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        try (var consumer = new KafkaConsumer<>(
                Map.<String, Object>of(
                        "bootstrap.servers", fleet.cluster().bootstrapServers(), "enable.metrics.push", "false"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            var partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(one -> consumer.position(one) < ends.getOrDefault(one, 0L))) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
        }
        return records;
    }
}

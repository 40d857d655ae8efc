package millrace.client;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import millrace.proto.Channel;
import millrace.proto.Cluster;
import millrace.proto.Heartbeat;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/// Calls the roll of the workers: reads what each last said of itself, then listens for signs of life. A
/// worker's clock says nothing about whether it lives, so only what comes while we listen counts.
final class Roster {
    private final Cluster cluster;
    private final Channel<Heartbeat> channel;
    private final Duration patience;
    private final TreeMap<String, Heartbeat> latest = new TreeMap<>();
    private final Set<String> live = new HashSet<>();

    /// @param patience how long the cluster may take to answer
    Roster(Cluster cluster, Channel<Heartbeat> channel, Duration patience) {
        this.cluster = cluster;
        this.channel = channel;
        this.patience = patience;
    }

    /// @param listen how long at most; less when every worker has given a sign
    List<WorkerSummary> call(Duration listen) {
        try (var consumer = Reader.consumer(cluster, patience)) {
            var all = List.of(new TopicPartition(channel.topic(), 0));
            consumer.assign(all);
            consumer.seekToBeginning(all);
            var caughtUp = consumer.endOffsets(all).getOrDefault(all.getFirst(), 0L);
            var silent = System.nanoTime();
            while (consumer.position(all.getFirst()) < caughtUp) {
                var records = consumer.poll(Duration.ofMillis(100));
                records.forEach(record -> accept(record, false));
                silent = records.isEmpty()
                        ? Reader.checkPatience(cluster, patience, silent, channel.topic())
                        : System.nanoTime();
            }
            var deadline = System.nanoTime() + listen.toNanos();
            while (System.nanoTime() < deadline && (latest.isEmpty() || !live.containsAll(latest.keySet()))) {
                consumer.poll(Duration.ofMillis(50)).forEach(record -> accept(record, true));
            }
        } catch (KafkaException e) {
            throw KafkaTrouble.refusal(cluster, "read " + channel.topic(), e);
        }
        return latest.values().stream()
                .map(heartbeat -> new WorkerSummary(heartbeat, live.contains(heartbeat.worker())))
                .toList();
    }

    private void accept(ConsumerRecord<byte[], byte[]> record, boolean now) {
        Reader.read(channel, record).ifPresent(placed -> {
            var heartbeat = placed.record();
            if (heartbeat.state() == Heartbeat.State.STOPPED) {
                latest.remove(heartbeat.worker());
            } else {
                latest.put(heartbeat.worker(), heartbeat);
                if (now) {
                    live.add(heartbeat.worker());
                }
            }
        });
    }
}

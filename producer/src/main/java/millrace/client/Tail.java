package millrace.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import millrace.proto.Cluster;
import millrace.proto.Ending;
import millrace.proto.Wire;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Follows endings from now on, and progress where somebody looks at it, in one thread, for the jobs that somebody waits
/// for.
///
/// All partitions of `endings` are followed from the start, and not each with its first job: a fetch that waits
/// for records would hold up the first fetch of a partition that is added. Endings are small.
final class Tail implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Tail.class);

    private final Cluster cluster;
    private final Wire wire;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<TopicPartition> endings;
    private final Map<String, JobTracker> jobs = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<Integer> progressWanted = new ConcurrentLinkedQueue<>();
    private final CountDownLatch positioned = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean closed;
    private volatile @Nullable RuntimeException trouble;

    /// @param partitions of the topics where jobs live
    Tail(Cluster cluster, Wire wire, int partitions) {
        this.cluster = cluster;
        this.wire = wire;
        this.endings = IntStream.range(0, partitions)
                .mapToObj(partition -> new TopicPartition(wire.endings().topic(), partition))
                .toList();
        consumer = new KafkaConsumer<>(
                cluster.client(Map.of(
                        "isolation.level", "read_committed",
                        "enable.auto.commit", "false",
                        "auto.offset.reset", "latest",
                        "allow.auto.create.topics", "false")),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        thread = Thread.ofPlatform().daemon().name("millrace-client").start(this::run);
    }

    /// Follows a job; what is written to `endings` after this returns is seen.
    void follow(JobTracker job) throws InterruptedException {
        jobs.put(job.spec().job(), job);
        positioned.await();
        var reason = trouble;
        if (reason != null) {
            job.fail(reason);
        }
    }

    /// Follows the progress of the jobs of a partition, from about now on, too.
    void followProgress(int partition) {
        progressWanted.add(partition);
        consumer.wakeup();
    }

    private void run() {
        try {
            consumer.assign(endings);
            consumer.seekToEnd(endings);
            endings.forEach(consumer::position);
            positioned.countDown();
            while (!closed) {
                try {
                    addProgress();
                    consumer.poll(Duration.ofSeconds(1)).forEach(this::accept);
                } catch (WakeupException e) {
                    LOG.trace("woken to follow another job, or to close", e);
                }
            }
        } catch (RuntimeException e) {
            var reason = e instanceof KafkaException ? KafkaTrouble.refusal(cluster, "follow jobs", e) : e;
            trouble = reason;
            jobs.values().forEach(job -> job.fail(reason));
        } finally {
            positioned.countDown();
            // Not in good order, which would wait for the fetch under way, half a second: there is no group to leave.
            consumer.close(CloseOptions.timeout(Duration.ZERO));
        }
    }

    private void addProgress() {
        var assigned = new ArrayList<>(consumer.assignment());
        var more = new ArrayList<TopicPartition>();
        for (var partition = progressWanted.poll(); partition != null; partition = progressWanted.poll()) {
            var wanted = new TopicPartition(wire.progress().topic(), partition);
            if (!assigned.contains(wanted) && !more.contains(wanted)) {
                more.add(wanted);
            }
        }
        if (!more.isEmpty()) {
            assigned.addAll(more);
            consumer.assign(assigned);
            // Progress is cumulative and soon comes again, so only the latest matters.
            consumer.seekToEnd(more);
        }
    }

    private void accept(ConsumerRecord<byte[], byte[]> record) {
        if (record.topic().equals(wire.endings().topic())) {
            Reader.read(wire.endings(), record).ifPresent(placed -> end(placed.record()));
        } else {
            Reader.read(wire.progress(), record).ifPresent(placed -> {
                var job = jobs.get(placed.record().job());
                if (job != null) {
                    job.accept(placed.record());
                }
            });
        }
    }

    private void end(Ending ending) {
        var job = jobs.remove(ending.job());
        if (job != null) {
            job.accept(ending);
        }
    }

    /// Stops following; who still waits for an ending waits in vain.
    @Override
    public void close() {
        closed = true;
        consumer.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        var gone = new IllegalStateException("the connection of the job has been closed");
        jobs.values().forEach(job -> job.fail(gone));
    }
}

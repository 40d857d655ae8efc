package millrace.aggregator.console;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import millrace.proto.Cluster;
import millrace.proto.Description;
import millrace.proto.ForeignRecord;
import millrace.proto.Ranges;
import millrace.proto.Result;
import millrace.proto.Wire;
import millrace.proto.blobs.BlobTopic;
import millrace.proto.kernels.Convolve;
import millrace.proto.kernels.Mandelbrot;
import millrace.proto.kernels.MonteCarlo;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Follows the results of one job, from its submission on, while somebody looks at its output. What it shows is for
/// the eye: the aggregator alone makes the output.
final class LiveOutput implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(LiveOutput.class);
    private static final long UNWATCHED_NANOS = 20_000_000_000L;

    // The submission is stamped by the broker, endings carry the clock of who ordered.
    private static final long EARLIER_MILLIS = 5_000;

    private final Cluster cluster;
    private final Wire wire;
    private final String client;
    private final JobRecord job;
    private final Description description;
    private final PictureCanvas canvas;
    private final RunningEstimate estimate;
    private final Ranges seen = new Ranges();
    private volatile long lookedNanos;
    private volatile boolean stopped;

    LiveOutput(Cluster cluster, Wire wire, String client, JobRecord job, Description description) {
        this.cluster = cluster;
        this.wire = wire;
        this.client = client;
        this.job = job;
        this.description = description;
        lookedNanos = System.nanoTime();
        canvas = switch (description) {
            case Mandelbrot picture -> new PictureCanvas(picture.width(), picture.height());
            case Convolve result ->
                new PictureCanvas(result.outWidth(), (int) Math.min(result.items(), PictureCanvas.ROWS_MAX));
            default -> new PictureCanvas(1, 1);
        };
        estimate = new RunningEstimate(description instanceof MonteCarlo option ? option : null);
    }

    PictureCanvas canvas() {
        return canvas;
    }

    RunningEstimate estimate() {
        return estimate;
    }

    void looked() {
        lookedNanos = System.nanoTime();
    }

    void stop() {
        stopped = true;
    }

    /// Whether it has stopped, so that who looks again has to begin anew.
    boolean isOver() {
        return stopped;
    }

    @Override
    public void run() {
        try (var consumer = consumer();
                var blobs = new BlobTopic(cluster, wire, client + "-console-blobs")) {
            var partition =
                    new TopicPartition(wire.results().topic(), job.spec().partition());
            consumer.assign(List.of(partition));
            var from = consumer.offsetsForTimes(Map.of(partition, Math.max(0, job.submittedMillis() - EARLIER_MILLIS)))
                    .get(partition);
            if (from == null) {
                consumer.seekToEnd(List.of(partition));
            } else {
                consumer.seek(partition, from.offset());
            }
            while (!stopped && System.nanoTime() - lookedNanos < UNWATCHED_NANOS) {
                for (var record : consumer.poll(Duration.ofMillis(200))) {
                    take(record, blobs);
                }
            }
        } catch (KafkaException e) {
            LOG.warn("the output of job {} cannot be followed: {}", job.id(), e.toString());
        } finally {
            stopped = true;
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record, BlobTopic blobs) {
        try {
            var result = wire.results().read(record.key(), record.value());
            if (result.job().equals(job.id())
                    && result.digest().equals(job.spec().digest())
                    && result.answer() instanceof Result.Done done
                    && !seen.intersects(result.first(), result.end())) {
                seen.add(result.first(), result.end());
                draw(result, value(done, blobs));
            }
        } catch (ForeignRecord | IOException e) {
            LOG.debug("a result cannot be shown", e);
        }
    }

    private static byte[] value(Result.Done done, BlobTopic blobs) throws IOException {
        var place = done.place();
        if (place == null) {
            return done.value().toByteArray();
        }
        var value = new ByteArrayOutputStream();
        for (var part : place.parts()) {
            try (var in = blobs.open(part)) {
                in.transferTo(value);
            }
        }
        return value.toByteArray();
    }

    private void draw(Result result, byte[] value) {
        switch (description) {
            case Mandelbrot picture -> canvas.colours(result.first(), value, picture.rowBytes());
            case Convolve map -> canvas.numbers(result.first(), value, Double.BYTES * map.outWidth());
            case MonteCarlo _ -> estimate.add(value, result.end() - result.first());
            default -> LOG.debug("nothing to see in kernel {}", job.kernel());
        }
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        return new KafkaConsumer<>(
                cluster.client(Map.of(
                        "client.id", client + "-console-output",
                        "enable.auto.commit", "false",
                        "auto.offset.reset", "earliest",
                        "allow.auto.create.topics", "false",
                        "default.api.timeout.ms", "10000")),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }
}

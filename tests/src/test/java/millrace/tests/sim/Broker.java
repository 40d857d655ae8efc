package millrace.tests.sim;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import millrace.proto.Blob;
import millrace.proto.BlobPiece;
import millrace.proto.BlobPlace;
import millrace.proto.Channel;
import millrace.proto.DeadLetter;
import millrace.proto.Ending;
import millrace.proto.Heartbeat;
import millrace.proto.JobOrder;
import millrace.proto.OutputPiece;
import millrace.proto.Progress;
import millrace.proto.Result;
import millrace.proto.Snapshot;
import millrace.proto.Task;
import millrace.proto.Topics;
import millrace.proto.Wire;
import millrace.tests.model.ClassicGroup;
import millrace.tests.model.ModelKafka;
import millrace.tests.model.ShareGroup;
import millrace.tests.model.ShareSettings;
import org.apache.kafka.common.TopicPartition;

/// The brokers of a world: the model of Kafka with a fleet's topics and groups.
final class Broker {
    static final String FLEET = "sim";

    /// The brokers' clock when a world begins, milliseconds since the epoch.
    private static final long EPOCH = 1_800_000_000_000L;

    private final Agenda agenda;
    final ModelKafka kafka;
    final Wire wire = new Wire(FLEET);
    final int jobPartitions;
    final int taskPartitions;
    final List<Tape<JobOrder>> jobs;
    final List<Tape<Task>> tasks;
    final List<Tape<Result>> results;
    final List<Tape<Progress>> progress;
    final List<Tape<OutputPiece>> outputs;
    final List<Tape<Ending>> endings;
    final List<Tape<Snapshot>> snapshots;
    final List<Tape<DeadLetter>> letters;
    final Tape<Heartbeat> workers;
    final ShareGroup share;
    final ClassicGroup aggregators;
    final ClassicGroup producers;

    private final Map<BlobPlace, ByteString> values = new HashMap<>();
    private final List<Runnable> waiting = new ArrayList<>();
    private boolean up = true;

    Broker(Agenda agenda, int jobPartitions, int taskPartitions) {
        this.agenda = agenda;
        this.jobPartitions = jobPartitions;
        this.taskPartitions = taskPartitions;
        kafka = new ModelKafka(this::nowMillis);
        jobs = tapes(Topics.JOBS, wire.jobs(), jobPartitions);
        tasks = tapes(Topics.TASKS, wire.tasks(), taskPartitions);
        results = tapes(Topics.RESULTS, wire.results(), jobPartitions);
        progress = tapes(Topics.PROGRESS, wire.progress(), jobPartitions);
        outputs = tapes(Topics.OUTPUTS, wire.outputs(), jobPartitions);
        endings = tapes(Topics.ENDINGS, wire.endings(), jobPartitions);
        snapshots = tapes(Topics.SNAPSHOTS, wire.snapshots(), jobPartitions);
        letters = tapes(Topics.DEAD_LETTERS, wire.deadLetters(), jobPartitions);
        workers = tapes(Topics.WORKERS, wire.workers(), 1).getFirst();
        share = kafka.createShareGroup(Topics.workersGroup(FLEET), wire.tasks().topic(), ShareSettings.ofMillrace());
        aggregators = kafka.group(Topics.aggregatorGroup(FLEET));
        producers = kafka.group(Topics.producerGroup(FLEET));
    }

    /// Puts a value on the topic of blobs.
    BlobPlace put(ByteString value) {
        var blob = Blob.of(value.toByteArray());
        var pieces = LongStream.range(0, BlobPiece.count(blob)).boxed().toList();
        var place = new BlobPlace(blob, values.size(), 1, pieces, nowMillis());
        values.put(place, value);
        return place;
    }

    ByteString value(BlobPlace place) {
        return Objects.requireNonNull(values.get(place), "nobody put it");
    }

    private <T> List<Tape<T>> tapes(Topics topic, Channel<T> channel, int partitions) {
        var created = kafka.createTopic(topic.in(FLEET), partitions);
        return IntStream.range(0, partitions)
                .mapToObj(p -> new Tape<>(new TopicPartition(created.name(), p), created.partition(p), channel))
                .toList();
    }

    long nowMillis() {
        return EPOCH + agenda.now() / Agenda.MILLI;
    }

    boolean isUp() {
        return up;
    }

    void stop() {
        kafka.stop();
        up = false;
    }

    void start() {
        kafka.start();
        up = true;
    }

    /// Writes a record outside any transaction, and returns its offset.
    <T> long send(Tape<T> tape, T record) {
        var offset = kafka.send(tape.partition, tape.channel.key(record), tape.channel.value(record));
        if (tape.channel == wire.tasks()) {
            var due = List.copyOf(waiting);
            waiting.clear();
            due.forEach(Runnable::run);
        }
        return offset;
    }

    /// Calls when there may be tasks.
    void onTask(Runnable poll) {
        waiting.add(poll);
    }

    void sendRaw(TopicPartition partition, String key, byte[] value) {
        kafka.send(partition, key.getBytes(StandardCharsets.UTF_8), value);
    }
}

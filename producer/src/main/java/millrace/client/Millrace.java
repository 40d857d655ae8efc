package millrace.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import millrace.proto.BadInput;
import millrace.proto.Blob;
import millrace.proto.Cluster;
import millrace.proto.Computation;
import millrace.proto.DeadLetter;
import millrace.proto.Description;
import millrace.proto.Descriptions;
import millrace.proto.JobOrder;
import millrace.proto.JobSpec;
import millrace.proto.KernelType;
import millrace.proto.Refusal;
import millrace.proto.Topics;
import millrace.proto.Wire;
import millrace.proto.blobs.BlobFolder;
import millrace.proto.blobs.BlobTopic;
import millrace.proto.view.History;
import millrace.proto.view.JobSummary;
import millrace.proto.view.Replays;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/// A connection to a fleet. Submits jobs, finds them again, and shows who works.
///
/// Any thread may call it; calls that read the history of a topic take turns. It keeps two threads of its own:
/// Kafka's for sending, and from the first job on one that follows endings and progress.
///
/// Wherever Kafka cannot be reached, is unfit or refuses, methods throw [Refusal] with a message for people.
public final class Millrace implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Cluster cluster;
    private final Wire wire;
    private final Orders orders;
    private final BlobTopic blobs;
    private final Optional<BlobFolder> folder;
    private final int partitions;
    private final Reader reader;
    private final SecureRandom random = new SecureRandom();
    private @Nullable Tail tail;

    private Millrace(Cluster cluster, Optional<BlobFolder> folder) {
        this.cluster = cluster;
        this.folder = folder;
        wire = new Wire(cluster.fleet());
        blobs = new BlobTopic(cluster, wire, "millrace-client");
        orders = new Orders(cluster, wire.jobs(), PATIENCE);
        try {
            partitions = orders.partitions();
            reader = new Reader(cluster, PATIENCE);
        } catch (RuntimeException e) {
            orders.close();
            throw e;
        }
    }

    /// Connects to the fleet `millrace` of a cluster.
    ///
    /// @param bootstrapServers `host:port`, or several with commas between
    /// @throws Refusal when it cannot be reached within 10 s, or has no such fleet
    public static Millrace connect(String bootstrapServers) {
        return connect(Cluster.at(bootstrapServers, "millrace"));
    }

    /// Connects to the fleet of a cluster.
    ///
    /// @throws Refusal when it cannot be reached within 10 s, or has no such fleet
    public static Millrace connect(Cluster cluster) {
        return new Millrace(cluster, Optional.empty());
    }

    /// Connects to the fleet of a cluster that keeps its blobs in a folder.
    ///
    /// @param folder the workers' `worker.blob-store`, opened for writing
    /// @throws Refusal when it cannot be reached within 10 s, or has no such fleet
    public static Millrace connect(Cluster cluster, BlobFolder folder) {
        return new Millrace(cluster, Optional.of(folder));
    }

    /// Puts a file's bytes where all workers find them, for a parameter of a job that is submitted within the
    /// next two hours. What the fleet has already is not sent again. Returns once it is durable.
    ///
    /// @return its name; of an empty file [Blob#EMPTY], which an optional parameter takes for not given
    /// @throws IOException when the file cannot be read, or changes meanwhile
    /// @throws BadInput when it is larger than [Blob#BYTES_MAX]
    public Blob put(Path file) throws IOException {
        var blob = Blob.of(file);
        put(blob, file, (_, _) -> {});
        return blob;
    }

    /// Puts the file whose blob is known already.
    ///
    /// @param meter told how far it is, by the calling thread; not at all when nothing has to be sent
    /// @throws IOException when the file cannot be read, or is not that blob any more
    public void put(Blob blob, Path file, BlobTopic.Meter meter) throws IOException {
        if (blob.isEmpty()) {
            return;
        }
        try {
            if (folder.isPresent()) {
                folder.get().put(blob, () -> Files.newInputStream(file), meter);
            } else {
                blobs.put(blob, () -> Files.newInputStream(file), meter);
            }
        } catch (KafkaException e) {
            throw KafkaTrouble.refusal(cluster, "put " + file, e);
        } catch (IOException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    /// Submits a job and returns once it is durable: from then on it will end, whatever becomes of this process.
    ///
    /// @throws BadInput when a parameter is out of range
    public Job submit(Description description) throws InterruptedException {
        return submit(description, JobOptions.DEFAULT);
    }

    /// Submits a job and returns once it is durable: from then on it will end, whatever becomes of this process.
    ///
    /// With an id in the options this may be called again, also by other processes, and it is one job.
    ///
    /// @throws BadInput when a parameter or option is out of range, or the id is taken by another spec
    public Job submit(Description description, JobOptions options) throws InterruptedException {
        var spec = spec(description, options);
        var tracker = new JobTracker(spec);
        var job = new Job(this, tracker, Optional.of(description));
        if (options.id().isEmpty()) {
            tail().follow(tracker);
            orders.send(new JobOrder.Submit(spec), spec.partition());
            return job.followed();
        }
        submitOnce(spec);
        return job;
    }

    private void submitOnce(JobSpec spec) throws InterruptedException {
        var known = new History();
        var end = reader.scan(
                wire.jobs(),
                spec.partition(),
                spec.job(),
                0,
                Long.MAX_VALUE,
                placed -> known.order(placed.record(), placed.atMillis()));
        if (!mine(known, spec)) {
            var offset = orders.send(new JobOrder.Submit(spec), spec.partition());
            // Somebody may have been between the look and the order: the first one wins.
            reader.scan(
                    wire.jobs(),
                    spec.partition(),
                    spec.job(),
                    end,
                    offset + 1,
                    placed -> known.order(placed.record(), placed.atMillis()));
            mine(known, spec);
        }
    }

    /// Goes on from where a job ended that did not succeed: a new job with the same items, policy and labels that
    /// begins with all that was counted, so that only what is missing is computed. Returns once it is durable.
    /// Called again before that one has ended, it is the same job; afterwards, one that goes on from there.
    ///
    /// @param id of the job, or of a replay of it
    /// @throws BadInput when there is no such job, it has not ended, it has succeeded, or nothing of it was kept
    public Job replay(String id) throws InterruptedException {
        var spec = replays(id).next();
        submitOnce(spec);
        return job(new JobTracker(spec));
    }

    /// What [#replay] would submit: nothing is sent.
    ///
    /// @throws BadInput as [#replay]
    public JobSpec replaySpec(String id) {
        return replays(id).next();
    }

    /// The job, or the latest one that went on from it (see [#replay]); empty when there is none of this id.
    public Optional<JobSummary> latest(String id) {
        return summary(id).map(one -> Replays.of(one, partitions, this::summary).latest());
    }

    private Replays replays(String id) {
        var one = summary(id).orElseThrow(() -> new BadInput("job '" + id + "' is not known to this fleet"));
        return Replays.of(one, partitions, this::summary);
    }

    /// What would be submitted: nothing is sent. Its id is random unless the options have one.
    ///
    /// @throws BadInput when a parameter or option is out of range
    public JobSpec spec(Description description, JobOptions options) {
        var id = options.id().isEmpty()
                ? JobSpec.randomId(KernelType.of(description).name(), random)
                : options.id();
        return spec(description, options, id, partitions);
    }

    /// What would be submitted to a fleet with so many partitions.
    ///
    /// @throws BadInput when a parameter or option is out of range
    public static JobSpec spec(Description description, JobOptions options, String id, int partitions) {
        var computation = Computation.of(description);
        var end = options.end() == JobOptions.ALL ? computation.items() : options.end();
        if (options.first() > computation.items() || end > computation.items()) {
            throw new BadInput("items are %d..%d, allowed within 0..%d, the items of this %s job"
                    .formatted(options.first(), end, computation.items(), computation.kernel()));
        }
        return JobSpec.of(
                id,
                partitions,
                computation,
                options.first(),
                end,
                description.join(),
                options.policy(),
                options.labels(),
                "");
    }

    private static boolean mine(History known, JobSpec spec) {
        if (known.removed(spec.job())) {
            throw new BadInput("job id '" + spec.job() + "' was removed, allowed: an id that was never used");
        }
        var first = known.job(spec.job());
        if (first != null && !first.spec().digest().equals(spec.digest())) {
            throw new BadInput("job id '" + spec.job() + "' is taken by another spec ("
                    + first.spec().computation().kernel()
                    + " " + first.spec().computation().parameters() + ", items "
                    + first.spec().first() + ".."
                    + first.spec().end() + "), allowed: an id that is free, or exactly the same job");
        }
        return first != null;
    }

    /// A job that was submitted before, by anybody; empty when there is none of this id, or it has been removed.
    public Optional<Job> job(String id) {
        return summary(id).map(summary -> job(new JobTracker(summary.spec())));
    }

    private Job job(JobTracker tracker) {
        return new Job(this, tracker, Descriptions.load().read(tracker.spec().computation()));
    }

    /// What is known of one job now; empty when there is none of this id, or it has been removed.
    public Optional<JobSummary> summary(String id) {
        var partition = partition(id);
        var history = new History();
        reader.scan(
                wire.jobs(),
                partition,
                id,
                0,
                Long.MAX_VALUE,
                placed -> history.order(placed.record(), placed.atMillis()));
        reader.scan(wire.progress(), partition, id, 0, Long.MAX_VALUE, placed -> history.progress(placed.record()));
        reader.scan(wire.endings(), partition, id, 0, Long.MAX_VALUE, placed -> history.ending(placed.record()));
        return Optional.ofNullable(history.job(id));
    }

    /// All jobs that are known and not removed, newest first.
    public List<JobSummary> jobs() {
        var history = new History();
        reader.scan(wire.jobs(), partitions, placed -> history.order(placed.record(), placed.atMillis()));
        reader.scan(wire.progress(), partitions, placed -> history.progress(placed.record()));
        reader.scan(wire.endings(), partitions, placed -> history.ending(placed.record()));
        return history.all();
    }

    /// Tasks given up, oldest first.
    ///
    /// @param job a job's id, or empty for all jobs
    public List<DeadLetter> deadLetters(Optional<String> job) {
        var letters = new ArrayList<DeadLetter>();
        Consumer<Reader.Placed<DeadLetter>> visitor = placed -> letters.add(placed.record());
        job.ifPresentOrElse(
                id -> reader.scan(wire.deadLetters(), partition(id), id, 0, Long.MAX_VALUE, visitor),
                () -> reader.scan(wire.deadLetters(), partitions, visitor));
        letters.sort(Comparator.comparingLong(DeadLetter::atMillis));
        return letters;
    }

    /// The workers that have described themselves lately, without those that stopped in good order.
    ///
    /// @param listen how long to listen for signs of life, which come every second; returns earlier when all
    ///               have given one
    public List<WorkerSummary> workers(Duration listen) {
        return new Roster(cluster, wire.workers(), PATIENCE).call(listen);
    }

    /// Forgets an ended job.
    ///
    /// @throws BadInput when it has not ended
    public void remove(JobSummary job) throws InterruptedException {
        if (job.ending() == null) {
            throw new BadInput("job " + job.spec().job() + " is " + job.state()
                    + ", allowed: a job that has ended; cancel it first");
        }
        order(new JobOrder.Remove(job.spec().job()));
    }

    Wire wire() {
        return wire;
    }

    BlobTopic blobs() {
        return blobs;
    }

    Reader reader() {
        return reader;
    }

    void order(JobOrder order) throws InterruptedException {
        orders.send(order, partition(order.job()));
    }

    /// Follows a job that may have been submitted long ago: first from now on, then what is already there.
    void follow(JobTracker tracker) throws InterruptedException {
        tail().follow(tracker);
        var spec = tracker.spec();
        reader.scan(
                wire.endings(),
                spec.partition(),
                spec.job(),
                0,
                Long.MAX_VALUE,
                placed -> tracker.accept(placed.record()));
    }

    /// Follows the progress of a job that is followed already: from now on, then what is already there.
    void followProgress(JobTracker tracker) throws InterruptedException {
        var spec = tracker.spec();
        tail().followProgress(spec.partition());
        reader.scan(
                wire.progress(),
                spec.partition(),
                spec.job(),
                0,
                Long.MAX_VALUE,
                placed -> tracker.accept(placed.record()));
    }

    private synchronized Tail tail() {
        if (tail == null) {
            tail = new Tail(cluster, wire, partitions);
        }
        return tail;
    }

    private int partition(String id) {
        try {
            return Topics.partition(JobSpec.checkId(id), partitions);
        } catch (IllegalArgumentException e) {
            throw new BadInput(String.valueOf(e.getMessage()));
        }
    }

    /// Closes the connection; jobs go on. Waiting callers get an exception.
    @Override
    public synchronized void close() {
        if (tail != null) {
            tail.close();
        }
        reader.close();
        blobs.close();
        orders.close();
    }
}

package millrace.producer;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import millrace.proto.Blob;
import millrace.proto.Cluster;
import millrace.proto.ExitCode;
import millrace.proto.FleetSetup;
import millrace.proto.ForeignRecord;
import millrace.proto.Role;
import millrace.proto.Topics;
import millrace.proto.Wire;
import millrace.proto.blobs.BlobFolder;
import millrace.proto.blobs.BlobTopic;
import millrace.proto.ops.KafkaMeters;
import millrace.proto.ops.Loops;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A producer at work: one thread that reads what the feeder needs to know and does what the feeder asks for.
///
/// What it reads is followed all the time. When the lease is won it reads on to the ends that the topics have
/// then, finds what is outstanding, reads on once more, as heartbeats tell what was taken from `tasks` meanwhile,
/// and feeds. It sends only while the lease is fresh.
final class Producer implements Role.Running {
    private static final Logger LOG = LoggerFactory.getLogger(Producer.class);
    private static final Duration POLL = Duration.ofMillis(100);
    /// Without a job nothing can be late; a first order ends the poll.
    private static final Duration POLL_WITHOUT_JOBS = Duration.ofMillis(500);
    private static final Duration POLL_UNTIL_IT_FEEDS = Duration.ofMillis(25);
    private static final Duration SHORT_POLL = Duration.ofMillis(2);
    private static final Duration BLOBS_EVERY = Duration.ofSeconds(10);

    private enum Stage {
        /// Reads what there is, for the first time.
        STARTING,
        /// Knows what there is; another producer feeds.
        STANDING_BY,
        /// Has the lease, reads to the ends of the topics.
        TAKING_OVER,
        /// Has found what is outstanding, reads to the ends again.
        REBUILDING,
        FEEDING
    }

    private final Wire wire;
    private final Feeder feeder;
    private final Foreign foreign = new Foreign();
    private final Tail tail;
    private final TaskTopic tasks;
    private final Lease lease;
    private final Thread thread;
    private final BlobSweeper sweeper;
    private volatile Optional<Set<Blob>> blobs = Optional.empty();
    private long blobsAt;
    private final CompletableFuture<ExitCode> exit = new CompletableFuture<>();
    private final long origin = System.nanoTime();

    /// What may block longest is the reading of what is outstanding, at a takeover.
    private static final Duration TURN_WITHIN = Duration.ofSeconds(60);

    private static final long FIGURES_EVERY = Nanos.SECOND;

    private final Loops loops = new Loops(System::nanoTime);
    private final Loops.Loop loop = loops.loop("feeder", TURN_WITHIN);
    private volatile Figures figures = Figures.NONE;
    private long figuresAt = -FIGURES_EVERY;
    private @Nullable ProducerMeters meters;

    private volatile Stage stage = Stage.STARTING;
    private volatile boolean closing;
    private volatile String trouble = "";

    /// Why this could not take over when it last tried to; empty when it could.
    private String rebuildTrouble = "";

    /// @param folder where the fleet's blobs are, if they are in one
    Producer(Cluster cluster, FleetSetup.Topology topology, boolean copying, Optional<BlobFolder> folder) {
        wire = new Wire(cluster.fleet());
        feeder = new Feeder(topology.taskPartitions(), copying, new SplittableRandom());
        tail = new Tail(cluster, topology.jobPartitions());
        tasks = new TaskTopic(cluster, wire, topology.taskPartitions());
        lease = new Lease(cluster);
        sweeper = new BlobSweeper(new BlobTopic(cluster, wire, "millrace-producer"), folder, () -> blobs);
        thread = new Thread(this::run, "millrace-producer");
    }

    /// Serves its meters; before it is started.
    void show(ProducerMeters meters) {
        this.meters = meters;
    }

    void start() {
        thread.start();
        Thread.ofPlatform().name("millrace-blobs").daemon().start(sweeper);
    }

    private long now() {
        return System.nanoTime() - origin;
    }

    private void run() {
        var code = ExitCode.BUG;
        try (sweeper;
                lease;
                tasks;
                tail) {
            while (!closing) {
                loop.turn();
                try {
                    step();
                } catch (WakeupException e) {
                    LOG.debug("woken up"); // to be closed, wherever it waited for Kafka
                } catch (RetriableException e) {
                    LOG.warn("Kafka does not answer, the producer goes on trying: {}", e.toString());
                    trouble = "Kafka does not answer: " + e.getMessage();
                }
            }
            LOG.info("Stops");
            code = ExitCode.SUCCEEDED;
        } catch (ApiException e) {
            // What clients retry they have retried; what is left is a missing right, or a broker that is unfit.
            LOG.error("Kafka refuses what the producer needs", e);
            trouble = "Kafka refuses what the producer needs: " + e.getMessage();
            code = ExitCode.KAFKA;
        } catch (RuntimeException | Error e) {
            LOG.error("A bug ends the producer: {}", e.toString(), e);
            trouble = "a bug has ended the producer: " + e;
        } finally {
            if (meters != null) {
                meters.close();
            }
            exit.complete(code);
        }
    }

    private void step() {
        for (var record : tail.poll(patience())) {
            read(record);
        }
        lease.keep(now());
        tasks.deliver(feeder, now());
        tellBlobs();
        advance();
        if (stage == Stage.FEEDING) {
            tasks.look(now(), feeder.tasksAreFilling(), feeder.hasLateTasks());
        }
        feed();
        if (meters != null && now() - figuresAt >= FIGURES_EVERY) {
            figuresAt = now();
            figures = feeder.figures();
            meters.tell(figures);
        }
    }

    // For the sweeper, now and then: what it takes for unused it looks at again before it removes it.
    private void tellBlobs() {
        if (stage != Stage.FEEDING || !lease.isFresh(now())) {
            blobs = Optional.empty();
        } else if (blobs.isEmpty() || now() - blobsAt > BLOBS_EVERY.toNanos()) {
            blobs = Optional.of(feeder.blobs());
            blobsAt = now();
        }
    }

    private Duration patience() {
        if (tasks.hasAnswers()) {
            return Duration.ZERO;
        }
        if (!lease.isJoined() || feeder.isSending()) {
            return SHORT_POLL;
        }
        if (stage != Stage.FEEDING) {
            return POLL_UNTIL_IT_FEEDS;
        }
        return feeder.openJobs().isEmpty() ? POLL_WITHOUT_JOBS : POLL;
    }

    private void advance() {
        if (stage.compareTo(Stage.STANDING_BY) > 0 && !lease.isHeld()) {
            LOG.info("Another producer takes over");
            feeder.resign();
            stage = Stage.STANDING_BY;
        }
        switch (stage) {
            case STARTING -> {
                if (tail.isThere()) {
                    tasks.warm();
                    LOG.info("Stands by, {} jobs are open", feeder.openJobs().size());
                    stage = Stage.STANDING_BY;
                }
            }
            case STANDING_BY -> {
                if (lease.isFresh(now())) {
                    tail.aim();
                    stage = Stage.TAKING_OVER;
                }
            }
            case TAKING_OVER -> {
                if (tail.isThere()) {
                    rebuild();
                }
            }
            case REBUILDING -> {
                if (tail.isThere()) {
                    feeder.rebuilt(now());
                    stage = Stage.FEEDING;
                    LOG.info(
                            "Feeds {} open jobs, {} tasks are outstanding",
                            feeder.openJobs().size(),
                            feeder.outstanding());
                }
            }
            case FEEDING -> {}
        }
    }

    private void rebuild() {
        feeder.lead();
        try {
            tasks.rebuild(feeder, record -> {
                try {
                    feeder.found(
                            wire.tasks().read(record.key(), record.value()),
                            record.partition(),
                            record.offset(),
                            now());
                } catch (ForeignRecord e) {
                    foreign.count(record, e);
                }
            });
            tail.aim();
            stage = Stage.REBUILDING;
            rebuildTrouble = "";
        } catch (RetriableException e) {
            LOG.warn("What is outstanding is not known yet: {}", e.toString());
            rebuildTrouble = "what is outstanding is not known yet: " + e.getMessage();
            feeder.resign();
            stage = Stage.STANDING_BY;
        }
    }

    private void feed() {
        if (stage == Stage.FEEDING && !lease.isFresh(now())) {
            trouble = "the lease has not been confirmed for 4 s";
            return;
        }
        trouble = lease.isHeld() ? rebuildTrouble : "";
        for (var action : feeder.feed(now())) {
            tasks.act(action);
        }
    }

    private void read(ConsumerRecord<byte[], byte[]> record) {
        var topic = tail.topic(record);
        if (record.value() == null && topic.cleanup() == Topics.Cleanup.COMPACT) {
            return; // a tombstone
        }
        try {
            switch (topic) {
                case JOBS -> feeder.order(wire.jobs().read(record.key(), record.value()));
                case ENDINGS ->
                    feeder.ended(
                            wire.endings().read(record.key(), record.value()).job());
                case PROGRESS -> feeder.progress(wire.progress().read(record.key(), record.value()), now());
                case WORKERS -> feeder.heartbeat(wire.workers().read(record.key(), record.value()), now());
                case TASKS, RESULTS, OUTPUTS, SNAPSHOTS, DEAD_LETTERS, BLOBS ->
                    throw new IllegalStateException("a record of " + topic + " was not asked for");
            }
        } catch (ForeignRecord e) {
            foreign.count(record, e);
        }
    }

    Loops loops() {
        return loops;
    }

    /// How the feeder was a second ago at most, while meters are served. Any thread.
    Figures figures() {
        return figures;
    }

    boolean isFeeding() {
        return stage == Stage.FEEDING;
    }

    double foreign(ForeignRecord.Reason reason) {
        return foreign.counts().getOrDefault(reason, 0L);
    }

    /// Unknown while another producer is the active one: nobody asks then.
    double lag(int partition) {
        var lag = tasks.lag(partition);
        return isFeeding() && lag >= 0 ? lag : Double.NaN;
    }

    CircuitBreaker.State questions() {
        return tasks.questions();
    }

    double shareGroupMembers() {
        var members = tasks.members();
        return isFeeding() && members >= 0 ? members : Double.NaN;
    }

    KafkaMeters.Client senderMetrics() {
        return tasks::metrics;
    }

    @Override
    public boolean ready() {
        return stage != Stage.STARTING && trouble.isEmpty() && !exit.isDone();
    }

    @Override
    public String trouble() {
        return stage == Stage.STARTING && trouble.isEmpty() ? "it is reading what there is" : trouble;
    }

    @Override
    public ExitCode await() throws InterruptedException {
        try {
            return exit.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        closing = true;
        tail.wakeup();
        try {
            exit.get(15, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException | ExecutionException e) {
            LOG.warn("The producer has not stopped within 15 s");
        }
    }
}

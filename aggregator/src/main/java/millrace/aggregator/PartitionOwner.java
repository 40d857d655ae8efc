package millrace.aggregator;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import millrace.proto.BlobMissing;
import millrace.proto.ForeignRecord;
import millrace.proto.OutputPart;
import millrace.proto.Topics;
import millrace.proto.Wire;
import millrace.proto.blobs.BlobTopic;
import millrace.proto.ops.KafkaMeters;
import millrace.proto.ops.Loops;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Owns one partition of `results` in a thread of its own, so that one partition's transactions never delay
/// another's: takes it over, feeds its joiner with results as it takes them and with orders that another thread brings,
/// and writes what the joiner decides.
///
/// On any doubt, such as a commit whose outcome nobody knows, it takes the partition over anew, which settles the
/// doubt. [#run] is called once; the other methods by any thread.
final class PartitionOwner implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionOwner.class);

    /// Bytes of orders that wait at most, about.
    private static final long ORDER_BYTES_MAX = 4L << 20;

    /// A transaction may wait that long for its broker, and a state may be large.
    private static final Duration TURN_WITHIN = Duration.ofSeconds(60);

    private static final int RECORD_BYTES = 200;
    private static final int RESULTS_AT_ONCE = 1000;
    private static final long READ_BYTES_AT_ONCE = 16L << 20;
    private static final long WAIT_MILLIS_MAX = 1000;
    private static final long AGAIN_MILLIS = 100;
    private static final long AGAIN_MILLIS_MAX = 5000;

    // Somebody else has taken the partition over. If that is right, this process learns so from its group before
    // this is
    // over, and stops; if not, it takes it back.
    private static final long FENCED_MILLIS = 3000;

    private sealed interface Event {
        record Orders(long epoch, List<ConsumerRecord<byte[], byte[]>> records) implements Event {}

        record OrdersRead(long epoch) implements Event {}
    }

    /// What the owners of all partitions of a process share.
    ///
    /// @param runs the same topic as `blobs`, read in small bites
    record Shared(
            Clients clients,
            Wire wire,
            JoinLimits limits,
            MemoryBudget budget,
            Counters counters,
            BrokerClock clock,
            ProgressPublisher publisher,
            OrderTail orders,
            BlobTopic blobs,
            BlobTopic runs,
            Loops loops,
            String id) {}

    private final int partition;
    private final TopicPartition topicPartition;
    private final GroupMember group;
    private final Shared shared;
    private final PlacedValues values;
    private final PartMover runs;
    private final Settlement settlement;
    private final Loops.Loop loop;
    private final LinkedBlockingQueue<Event> inbox = new LinkedBlockingQueue<>();
    private final AtomicLong orderBytes = new AtomicLong();
    private final AtomicLong resultBytes = new AtomicLong();
    private final CountDownLatch stop = new CountDownLatch(1);
    private volatile boolean caughtUp;
    private volatile String trouble = "";
    // Each takeover begins a new epoch: what was read for an older one is of no use.
    private long epoch;
    private final Queue<ConsumerRecord<byte[], byte[]>> results = new ArrayDeque<>();
    private long next;
    // Reads results while the partition is owned.
    private volatile @Nullable KafkaConsumer<byte[], byte[]> reader;

    PartitionOwner(int partition, GroupMember group, Shared shared) {
        this.partition = partition;
        this.group = group;
        this.shared = shared;
        topicPartition = new TopicPartition(shared.wire.results().topic(), partition);
        values = new PlacedValues(shared.blobs, this::isStopped);
        runs = new PartMover(shared.runs, new PlacedValues(shared.runs, this::isStopping));
        settlement = new Settlement(partition, shared.clients, millis -> {
            checkOwned();
            pause(millis);
        });
        loop = shared.loops.loop("partition-" + partition, TURN_WITHIN);
    }

    int partition() {
        return partition;
    }

    /// Whether the replay is over.
    boolean isCaughtUp() {
        return caughtUp;
    }

    /// What keeps it from joining; empty when nothing does.
    String trouble() {
        return trouble;
    }

    /// Bytes of records that wait, about.
    long backlogBytes() {
        return orderBytes.get() + resultBytes.get();
    }

    /// Results that are still to be read; negative when not known.
    double lagRecords() {
        return KafkaMeters.lagRecords(metrics());
    }

    /// The figures of what reads the results, none while nothing does.
    Map<MetricName, ? extends Metric> metrics() {
        var current = reader;
        return current == null ? Map.of() : current.metrics();
    }

    /// Whether it has orders enough for now.
    boolean isFull() {
        return orderBytes.get() > ORDER_BYTES_MAX;
    }

    void orders(long inEpoch, List<ConsumerRecord<byte[], byte[]>> records) {
        records.forEach(record -> orderBytes.addAndGet(bytes(record)));
        tell(new Event.Orders(inEpoch, records));
    }

    void ordersRead(long inEpoch) {
        tell(new Event.OrdersRead(inEpoch));
    }

    private void tell(Event event) {
        inbox.add(event);
        wake();
    }

    private void wake() {
        var current = reader;
        if (current != null) {
            current.wakeup();
        }
    }

    void stop() {
        stop.countDown();
        wake();
    }

    // Asked in every round, also while it reads.
    private boolean isStopped() {
        loop.turn();
        return isStopping();
    }

    private boolean isStopping() {
        return stop.getCount() == 0;
    }

    @Override
    public void run() {
        var again = AGAIN_MILLIS;
        while (!isStopped()) {
            try {
                own();
            } catch (InterruptException e) {
                Thread.interrupted(); // set by the exception; only a stop interrupts
            } catch (ProducerFencedException | InvalidProducerEpochException e) {
                trouble = "partition " + partition + " was taken over by another aggregator";
                LOG.warn("{}: {}", trouble, e.toString());
                pause(FENCED_MILLIS);
            } catch (KafkaException e) {
                trouble = "partition " + partition + " is taken over anew after: " + e.getMessage();
                LOG.warn("{}", trouble, e);
                pause(again);
                again = Math.min(AGAIN_MILLIS_MAX, 2 * again);
            } finally {
                again = caughtUp ? AGAIN_MILLIS : again;
                caughtUp = false;
                shared.orders.leave(this);
            }
        }
        loop.close();
    }

    private void pause(long millis) {
        try {
            if (stop.await(millis, TimeUnit.MILLISECONDS)) {
                LOG.debug("partition {} is left", partition);
            }
        } catch (InterruptedException e) {
            stop();
        }
    }

    private void own() {
        epoch++;
        results.clear();
        resultBytes.set(0);
        var started = System.nanoTime();
        try (var joiner = new Joiner(partition, shared.limits, shared.budget, shared.counters, shared.id);
                var writer = new TransactionWriter(shared.clients.owner(partition), shared.wire, partition)) {
            writer.open();
            checkOwned();
            var wasSettled = settlement.settle(writer, group.metadata());
            joiner.generation(group.metadata().generationId());
            var from = reading(reader -> reader.fill(
                    joiner,
                    results ->
                            wasSettled ? settlement.trusted(shared.clients.committed(results)) : OptionalLong.empty()));
            settlement.holds(from.results());
            shared.orders.follow(this, epoch, from.orders());
            next = from.results();
            var opened = shared.clients.results(topicPartition, next);
            reader = opened;
            try {
                while (!isStopped()) {
                    work(joiner, writer, opened);
                    if (joiner.isCaughtUp() && !caughtUp) {
                        caughtUp = true;
                        trouble = "";
                        LOG.info(
                                "partition {} is taken over: {} open jobs, results from {} to {} read again, {} ms",
                                partition,
                                joiner.openJobs(),
                                from.results(),
                                joiner.position(),
                                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started));
                    }
                }
            } finally {
                reader = null;
                // What it has asked for last may be on its way for long, and nobody wants it.
                opened.close(CloseOptions.timeout(Duration.ZERO));
            }
        }
    }

    private void checkOwned() {
        if (isStopped()) {
            throw new InterruptException("the partition is not ours any more");
        }
    }

    private <T> T reading(Function<PartitionReader, T> work) {
        try (var consumer = shared.clients.partition(partition)) {
            return work.apply(new PartitionReader(consumer, shared.wire, partition, shared.counters, this::checkOwned));
        }
    }

    // One round: what came in, what is decided, what is to be told.
    private void work(Joiner joiner, TransactionWriter writer, KafkaConsumer<byte[], byte[]> current) {
        var wait = (joiner.acceptsResults() && !results.isEmpty())
                        || joiner.wantsValue() != null
                        || joiner.wantsPart() != null
                ? 0
                : Math.clamp(joiner.dueMillis() - monotonicMillis(), 0, WAIT_MILLIS_MAX);
        if (results.isEmpty() && joiner.acceptsResults() && inbox.isEmpty()) {
            read(current, wait);
            wait = 0;
        }
        try {
            for (var event = inbox.poll(wait, TimeUnit.MILLISECONDS); event != null; event = inbox.poll()) {
                accept(event, joiner);
            }
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
        for (var parent = joiner.wantsParent(); parent != null; parent = joiner.wantsParent()) {
            var id = parent;
            reading(reader -> {
                reader.parent(joiner, id);
                return id;
            });
        }
        for (var taken = 0; taken < RESULTS_AT_ONCE && joiner.acceptsResults(); taken++) {
            var record = results.poll();
            if (record == null) {
                joiner.passTo(Math.max(next, joiner.position()));
                break;
            }
            take(record, joiner);
        }
        readValues(joiner);
        moveParts(joiner);
        joiner.generation(group.metadata().generationId());
        joiner.tick(shared.clock.nowMillis(), monotonicMillis());
        settlement.look(writer);
        for (var write = joiner.transaction(); write != null; write = joiner.transaction()) {
            writer.write(write, group.metadata());
            joiner.committed(write);
            settlement.committed();
        }
        shared.publisher.publish(partition, joiner.progress());
        if (joiner.wantsOrders()) {
            shared.orders.ask(this, epoch);
        }
    }

    private void read(KafkaConsumer<byte[], byte[]> reader, long waitMillis) {
        try {
            var polled = reader.poll(Duration.ofMillis(waitMillis));
            for (var record : polled) {
                results.add(record);
                resultBytes.addAndGet(bytes(record));
            }
            var after = polled.nextOffsets().get(topicPartition);
            if (after != null) {
                if (after.offset() < next) {
                    throw new KafkaException(
                            "results of partition " + partition + " went back from " + next + " to " + after.offset());
                }
                next = after.offset();
            }
        } catch (WakeupException e) {
            // an event is in the inbox, or the end has come
        } catch (RetriableException e) {
            LOG.debug("results of partition {} cannot be read now", partition, e); // the client's back-off has passed
        }
    }

    // So much at a time that other jobs of the partition do not wait for long.
    private void readValues(Joiner joiner) {
        var bytes = 0L;
        for (var wanted = joiner.wantsValue(); wanted != null; wanted = joiner.wantsValue()) {
            try {
                values.read(wanted);
                joiner.valueRead(wanted);
            } catch (BlobMissing e) {
                joiner.valueLost(wanted, String.valueOf(e.getMessage()));
            }
            bytes += wanted.place().blob().bytes();
            if (bytes > READ_BYTES_AT_ONCE || isStopped()) {
                return;
            }
        }
    }

    private void moveParts(Joiner joiner) {
        var bytes = 0L;
        for (var wanted = joiner.wantsPart(); wanted != null; wanted = joiner.wantsPart()) {
            runs.begin(wanted, joiner.partsAhead(wanted));
            switch (wanted.part()) {
                case OutputPart.Data data -> joiner.partPut(wanted, runs.put(wanted.job(), data));
                case OutputPart.Placed placed -> read(wanted, placed, joiner);
            }
            bytes += wanted.bytes();
            if (bytes > READ_BYTES_AT_ONCE || isStopped()) {
                return;
            }
        }
    }

    private void read(RunPart wanted, OutputPart.Placed part, Joiner joiner) {
        try {
            joiner.partRead(wanted, runs.read(part));
        } catch (BlobMissing e) {
            joiner.partLost(wanted, String.valueOf(e.getMessage()));
        }
    }

    private void accept(Event event, Joiner joiner) {
        switch (event) {
            case Event.Orders(var of, var records) -> {
                taken(records);
                if (of == epoch) {
                    records.forEach(record -> order(record, joiner));
                }
            }
            case Event.OrdersRead(var of) -> {
                if (of == epoch) {
                    joiner.ordersRead();
                }
            }
        }
    }

    private void taken(List<ConsumerRecord<byte[], byte[]>> records) {
        records.forEach(record -> orderBytes.addAndGet(-bytes(record)));
    }

    private void order(ConsumerRecord<byte[], byte[]> record, Joiner joiner) {
        try {
            joiner.order(shared.wire.jobs().read(record.key(), record.value()), record.timestamp());
        } catch (ForeignRecord e) {
            shared.counters.add(Topics.JOBS, e.reason());
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record, Joiner joiner) {
        resultBytes.addAndGet(-bytes(record));
        try {
            var result = shared.wire.results().read(record.key(), record.value());
            joiner.result(record.offset(), record.timestamp(), values.brought(result));
        } catch (ForeignRecord e) {
            joiner.foreign(record.offset(), e.reason());
        }
    }

    private static long bytes(ConsumerRecord<byte[], byte[]> record) {
        return (long) RECORD_BYTES
                + Math.max(0, record.serializedKeySize())
                + Math.max(0, record.serializedValueSize());
    }

    static long monotonicMillis() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }
}

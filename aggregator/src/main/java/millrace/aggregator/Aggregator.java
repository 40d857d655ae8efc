package millrace.aggregator;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import millrace.aggregator.console.Console;
import millrace.aggregator.console.ConsoleConfig;
import millrace.proto.Cluster;
import millrace.proto.Counts;
import millrace.proto.ExitCode;
import millrace.proto.FleetSetup;
import millrace.proto.Role;
import millrace.proto.Wire;
import millrace.proto.blobs.BlobTopic;
import millrace.proto.blobs.Reading;
import millrace.proto.ops.HttpAddress;
import millrace.proto.ops.KafkaMeters;
import millrace.proto.ops.Loops;
import millrace.proto.ops.Operations;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An aggregator at work: a member of its fleet's group, with an owner for each partition that is its own. Safe
/// to kill at any moment: everything it knows is in the topics.
final class Aggregator implements Role.Running {
    private static final Logger LOG = LoggerFactory.getLogger(Aggregator.class);
    private static final Duration CLOSE = Duration.ofSeconds(5);

    private static final Duration TURN_WITHIN = Duration.ofSeconds(60);

    /// A merge reads parts of many runs by turns, each from its end: what a fetch brings beside a part is wasted.
    private static final Reading RUNS = new Reading(Counts.PART_BYTES + (8 << 10), false, 1 + RunMerge.READS);

    /// How long the start waits for Kafka.
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Counters counters = new Counters();
    private final Loops loops = new Loops(System::nanoTime);
    private @Nullable Operations served;
    private @Nullable Console console;
    private final Clients clients;
    private final ProgressPublisher publisher;
    private final BlobTopic blobs;
    private final BlobTopic runs;
    private final OrderTail orders;
    private final GroupMember group;
    private final Queue<Thread> threads = new ConcurrentLinkedQueue<>();
    private final CompletableFuture<ExitCode> exit = new CompletableFuture<>();

    private Aggregator(Cluster cluster, AggregatorConfig config) {
        var wire = new Wire(cluster.fleet());
        clients = new Clients(cluster, config.id(), config.limits().jobBytesMax());
        var clock = new BrokerClock();
        publisher = new ProgressPublisher(clients.progress(), wire, clock);
        blobs = new BlobTopic(cluster, wire, config.id());
        runs = new BlobTopic(cluster, wire, config.id() + "-runs", RUNS);
        orders = new OrderTail(clients.orders(), wire);
        var shared = new PartitionOwner.Shared(
                clients,
                wire,
                config.limits(),
                new MemoryBudget(config.limits().bytesMax()),
                counters,
                clock,
                publisher,
                orders,
                blobs,
                runs,
                loops,
                config.id());
        var member = new AtomicReference<GroupMember>();
        group = new GroupMember(clients.member(), wire, loops.loop("group", TURN_WITHIN), partition -> {
            var owner = new PartitionOwner(partition, member.get(), shared);
            start("aggregator-partition-" + partition, owner);
            return owner;
        });
        member.set(group);
    }

    /// Checks the fleet's topics and joins its group.
    ///
    /// @throws millrace.proto.Refusal when Kafka cannot be reached or is unfit
    static Aggregator start(
            Cluster cluster, AggregatorConfig config, Optional<HttpAddress> http, Optional<ConsoleConfig> console) {
        try (var admin = Admin.create(cluster.client(Map.of("client.id", config.id() + "-setup")))) {
            new FleetSetup(admin, cluster, PATIENCE).prepare(FleetSetup.Wanted.DEFAULT);
        }
        var aggregator = new Aggregator(cluster, config);
        // The console first: it has a meter.
        aggregator.console = console.map(wanted -> Console.start(cluster, wanted, config.id()))
                .orElse(null);
        aggregator.served =
                http.map(address -> AggregatorMeters.serve(address, aggregator)).orElse(null);
        aggregator.start("aggregator-orders", aggregator.orders);
        aggregator.start("aggregator-group", aggregator.group);
        return aggregator;
    }

    private void start(String name, Runnable work) {
        var thread = Thread.ofPlatform().name(name).daemon().unstarted(() -> {
            try {
                work.run();
            } catch (KafkaException e) {
                LOG.error("{} cannot go on: {}", name, e.getMessage(), e);
                exit.complete(ExitCode.KAFKA);
            } catch (Throwable e) {
                // Whatever it was, nobody knows what this process would do next.
                LOG.error("{} died of a bug; this process ends and a successor takes over: {}", name, e.toString(), e);
                exit.complete(ExitCode.BUG);
            }
        });
        threads.removeIf(ended -> !ended.isAlive());
        threads.add(thread);
        thread.start();
    }

    @Override
    public boolean ready() {
        return !exit.isDone() && group.hasJoined() && group.owners().stream().allMatch(PartitionOwner::isCaughtUp);
    }

    @Override
    public String trouble() {
        if (!group.hasJoined()) {
            return "the aggregator is not in its group yet";
        }
        for (var owner : group.owners()) {
            if (!owner.isCaughtUp()) {
                return owner.trouble().isEmpty()
                        ? "partition " + owner.partition() + " is being taken over"
                        : owner.trouble();
            }
        }
        return "";
    }

    Loops loops() {
        return loops;
    }

    int partitions() {
        return group.owners().size();
    }

    long partitionsCaughtUp() {
        return group.owners().stream().filter(PartitionOwner::isCaughtUp).count();
    }

    long backlogBytes() {
        return group.owners().stream().mapToLong(PartitionOwner::backlogBytes).sum();
    }

    /// Results that the partition furthest behind has still to be read, by its consumer; -1 when not known.
    double lagRecords() {
        return group.owners().stream()
                .mapToDouble(PartitionOwner::lagRecords)
                .max()
                .orElse(-1);
    }

    /// The figures of the group's member.
    KafkaMeters.Client memberMetrics() {
        return group::metrics;
    }

    KafkaMeters.Client progressMetrics() {
        return publisher::metrics;
    }

    /// What it has counted.
    Counters counters() {
        return counters;
    }

    @Override
    public ExitCode await() throws InterruptedException {
        try {
            return exit.get();
        } catch (ExecutionException e) {
            throw new AssertionError("nothing completes it with an exception", e);
        }
    }

    /// The console that it serves, or null.
    @Nullable
    Console console() {
        return console;
    }

    @Override
    public void close() {
        group.stop();
        orders.stop();
        var until = System.nanoTime() + CLOSE.toNanos();
        for (var thread : threads) {
            try {
                var left = Duration.ofNanos(until - System.nanoTime());
                if (left.isPositive() && !thread.join(left)) {
                    LOG.warn("{} did not end in time", thread.getName());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        publisher.close();
        blobs.close();
        runs.close();
        clients.close();
        if (served != null) {
            served.close();
        }
        if (console != null) {
            console.close();
        }
        exit.complete(ExitCode.SUCCEEDED);
    }
}

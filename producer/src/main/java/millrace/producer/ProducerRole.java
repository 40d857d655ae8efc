package millrace.producer;

import java.time.Duration;
import millrace.proto.Cluster;
import millrace.proto.FleetSetup;
import millrace.proto.Role;
import millrace.proto.Settings;
import millrace.proto.Topics;
import millrace.proto.blobs.BlobFolder;
import millrace.proto.ops.HttpAddress;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.config.ConfigDef;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The producer: feeds the fleet's jobs to its workers. Any number may run; one is active, the others stand by.
public final class ProducerRole implements Role {
    static final String JOB_PARTITIONS = "producer.job-partitions";
    static final String TASK_PARTITIONS = "producer.task-partitions";
    static final String REPLICATION = "producer.replication";
    static final String STRAGGLER_COPIES = "producer.straggler-copies";

    private static final Logger LOG = LoggerFactory.getLogger(ProducerRole.class);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Override
    public String name() {
        return "producer";
    }

    @Override
    public ConfigDef settings() {
        var wanted = FleetSetup.Wanted.DEFAULT;
        return BlobFolder.define(HttpAddress.define(new ConfigDef(), name()), name())
                .define(
                        JOB_PARTITIONS,
                        ConfigDef.Type.INT,
                        wanted.jobPartitions(),
                        ConfigDef.Range.between(1, Topics.PARTITIONS_MAX),
                        ConfigDef.Importance.LOW,
                        "Partitions of the topics where jobs live, used when the fleet's topics are created: as many"
                                + " as aggregators are ever to share the work.")
                .define(
                        TASK_PARTITIONS,
                        ConfigDef.Type.INT,
                        wanted.taskPartitions(),
                        ConfigDef.Range.between(1, 64),
                        ConfigDef.Importance.LOW,
                        "Partitions of the topic of tasks, used when it is created: 1, or fewer than workers: one"
                                + " whose lanes are all of one worker waits for seconds when that dies. More raise the"
                                + " number of tasks a second.")
                .define(
                        REPLICATION,
                        ConfigDef.Type.SHORT,
                        wanted.replication(),
                        ConfigDef.Range.between(-1, 10),
                        ConfigDef.Importance.MEDIUM,
                        "Replicas of each partition, used when the fleet's topics are created: 3 on clusters of"
                                + " several brokers. -1 takes the cluster's default.")
                .define(
                        STRAGGLER_COPIES,
                        ConfigDef.Type.BOOLEAN,
                        true,
                        ConfigDef.Importance.LOW,
                        "Whether a task that takes far longer than its job's others is given to a second worker at"
                                + " the end of the job. Off saves at most 5 % of a job's work.");
    }

    @Override
    public Running start(Cluster cluster, Settings settings) {
        LOG.info(
                "Starting a producer of fleet {} at {}: {}",
                cluster.fleet(),
                cluster.bootstrapServers(),
                settings.effective());
        var wanted = new FleetSetup.Wanted(
                settings.getInt(JOB_PARTITIONS), settings.getInt(TASK_PARTITIONS), settings.getShort(REPLICATION));
        var folder = BlobFolder.of(settings, name(), cluster.fleet(), true);
        var topology = prepared(cluster, wanted);
        var producer = new Producer(cluster, topology, settings.getBoolean(STRAGGLER_COPIES), folder);
        HttpAddress.of(settings, name())
                .ifPresent(address -> producer.show(ProducerMeters.serve(
                        address, producer, Topics.workersGroup(cluster.fleet()), topology.taskPartitions())));
        producer.start();
        return producer;
    }

    private static FleetSetup.Topology prepared(Cluster cluster, FleetSetup.Wanted wanted) {
        try (var admin = Admin.create(cluster.client(java.util.Map.of()))) {
            return new FleetSetup(admin, cluster, PATIENCE).prepare(wanted);
        }
    }
}

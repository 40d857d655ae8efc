package millrace.proto;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/// Makes a cluster fit for a fleet, and tells whether it is: topics, their settings, the share group's settings. Every
/// role does this at its start, before the first task: what is missing is created, what is wrong stops the start.
///
/// One thread.
public final class FleetSetup {
    /// What a fleet is created with.
    ///
    /// @param jobPartitions  partitions of the topics where a job lives, 1 to 1,024; default 4
    /// @param taskPartitions partitions of `tasks`, 1 to 64; default 1, which all lanes serve: one whose lanes are
    ///                       all of one worker is served by nobody for seconds when that dies
    /// @param replication    replicas of each partition, 1 to 10; -1 for the cluster's default
    public record Wanted(int jobPartitions, int taskPartitions, short replication) {
        public static final Wanted DEFAULT = new Wanted(4, 1, (short) -1);

        public Wanted {
            Check.require(
                    1 <= jobPartitions && jobPartitions <= Topics.PARTITIONS_MAX,
                    "job partitions are %d, allowed 1..%d",
                    jobPartitions,
                    Topics.PARTITIONS_MAX);
            Check.require(
                    1 <= taskPartitions && taskPartitions <= 64,
                    "task partitions are %d, allowed 1..64",
                    taskPartitions);
            Check.require(
                    replication == -1 || (1 <= replication && replication <= 10),
                    "replication is %d, allowed 1..10, or -1 for the cluster's default",
                    replication);
        }
    }

    /// What a fleet has.
    ///
    /// @param jobPartitions  partitions of `jobs`, `results`, `progress`, `outputs`, `endings`, `snapshots`,
    ///                       `dead-letters`
    /// @param taskPartitions partitions of `tasks`
    public record Topology(int jobPartitions, int taskPartitions) {}

    /// Something that is not as it must be.
    ///
    /// @param problem names the thing, its value and what is allowed
    /// @param fix     what to do about it
    public record Finding(String problem, String fix) {
        @Override
        public String toString() {
            return problem + "; " + fix;
        }
    }

    /// The oldest feature level of `share.version` that has what we need.
    private static final short SHARE_VERSION_MIN = 1;

    private static final short TRANSACTION_VERSION_MIN = 2;

    private static final Duration APPLIED_WITHIN = Duration.ofSeconds(3);

    private final Admin admin;
    private final String servers;
    private final String fleet;
    private final Duration patience;

    /// @param patience how long to wait for an answer of the cluster in all
    public FleetSetup(Admin admin, Cluster cluster, Duration patience) {
        this.admin = admin;
        this.servers = cluster.bootstrapServers();
        this.fleet = cluster.fleet();
        this.patience = patience;
    }

    /// Creates what is missing, checks the rest and returns what the fleet has.
    ///
    /// @throws Refusal with every problem found ([ExitCode#KAFKA])
    public Topology prepare(Wanted wanted) {
        reach();
        var problems = new ArrayList<Finding>(features());
        var descriptions = Map.<String, TopicDescription>of();
        if (problems.isEmpty()) {
            descriptions = existing(wanted);
            problems.addAll(topics(descriptions));
            problems.addAll(settledGroup());
        }
        if (!problems.isEmpty()) {
            throw new Refusal(
                    ExitCode.KAFKA, problems.stream().map(Finding::toString).collect(Collectors.joining("\n")));
        }
        return topology(descriptions);
    }

    /// Everything that is not as it must be, with how to fix it; nothing is changed.
    ///
    /// @throws Refusal when the cluster cannot be reached
    public List<Finding> check() {
        reach();
        var findings = new ArrayList<Finding>(features());
        findings.addAll(topics(describe()));
        findings.addAll(group(groupConfig()));
        return findings;
    }

    private Topology topology(Map<String, TopicDescription> descriptions) {
        return new Topology(partitions(descriptions, Topics.JOBS), partitions(descriptions, Topics.TASKS));
    }

    private int partitions(Map<String, TopicDescription> descriptions, Topics topic) {
        var description = descriptions.get(topic.in(fleet));
        if (description == null) {
            throw new Refusal(
                    ExitCode.KAFKA,
                    "topic " + topic.in(fleet) + " does not exist at " + servers + ": no role of fleet " + fleet
                            + " has been started there");
        }
        return description.partitions().size();
    }

    private void reach() {
        try {
            admin.describeCluster(new DescribeClusterOptions().timeoutMs((int) patience.toMillis()))
                    .nodes()
                    .get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new Refusal(
                    ExitCode.KAFKA,
                    "cannot reach Kafka at " + servers + " within " + patience.toSeconds() + " s: " + reason(e),
                    e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private List<Finding> features() {
        var levels = get(admin.describeFeatures().featureMetadata(), "read the cluster's features")
                .finalizedFeatures();
        var findings = new ArrayList<Finding>();
        for (var need : Map.of("share.version", SHARE_VERSION_MIN, "transaction.version", TRANSACTION_VERSION_MIN)
                .entrySet()) {
            var level = levels.get(need.getKey());
            var has = level == null ? 0 : level.maxVersionLevel();
            if (has < need.getValue()) {
                findings.add(new Finding(
                        "Kafka at " + servers + " has " + need.getKey() + " " + has + ", allowed " + need.getValue()
                                + " and up (Kafka 4.3 or newer)",
                        "upgrade the brokers, then: kafka-features.sh --bootstrap-server " + servers
                                + " upgrade --feature " + need.getKey() + "=" + need.getValue()));
            }
        }
        return findings;
    }

    // The fleet's topics, when those that were missing have been created.
    private Map<String, TopicDescription> existing(Wanted wanted) {
        var existing = describe();
        var missing = new ArrayList<NewTopic>();
        for (var topic : Topics.values()) {
            if (!existing.containsKey(topic.in(fleet))) {
                var partitions = switch (topic.partitioned()) {
                    case BY_JOB -> wanted.jobPartitions();
                    case FOR_TASKS -> wanted.taskPartitions();
                    case FOR_BLOBS -> Topics.BLOB_PARTITIONS;
                    case ONCE -> 1;
                };
                missing.add(new NewTopic(
                                topic.in(fleet),
                                Optional.of(partitions),
                                wanted.replication() == -1 ? Optional.empty() : Optional.of(wanted.replication()))
                        .configs(topic.settings()));
            }
        }
        if (missing.isEmpty()) {
            return existing;
        }
        admin.createTopics(missing).values().forEach((name, created) -> {
            try {
                get(created, "create topic " + name);
            } catch (Refusal e) {
                if (!(e.getCause() instanceof TopicExistsException)) { // another role was faster
                    throw e;
                }
            }
        });
        awaitTopics();
        return describe();
    }

    // An idempotent producer that writes before the brokers have applied new partitions can wedge for two minutes, so
    // nobody writes before every partition answers.
    private void awaitTopics() {
        var deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            try {
                var partitions = describe().values().stream()
                        .flatMap(topic -> IntStream.range(0, topic.partitions().size())
                                .mapToObj(partition -> new TopicPartition(topic.name(), partition)))
                        .collect(Collectors.toMap(partition -> partition, _ -> OffsetSpec.latest()));
                if (partitions.keySet().stream()
                        .map(TopicPartition::topic)
                        .collect(Collectors.toSet())
                        .containsAll(Topics.allIn(fleet))) {
                    get(admin.listOffsets(partitions).all(), "read the offsets of new topics");
                    return;
                }
            } catch (Refusal e) {
                if (!(e.getCause() instanceof RetriableException)) {
                    throw e;
                }
            }
            if (System.nanoTime() > deadline) {
                throw new Refusal(
                        ExitCode.KAFKA,
                        "the topics of fleet " + fleet + " were created, but did not answer within "
                                + patience.toSeconds() + " s");
            }
            pause();
        }
    }

    private List<Finding> topics(Map<String, TopicDescription> descriptions) {
        var findings = new ArrayList<Finding>();
        var configs = configs(descriptions.keySet().stream()
                .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                .toList());
        var jobs = descriptions.get(Topics.JOBS.in(fleet));
        for (var topic : Topics.values()) {
            var name = topic.in(fleet);
            var description = descriptions.get(name);
            if (description == null) {
                findings.add(new Finding(
                        "topic " + name + " does not exist",
                        "start any role of the fleet with the right to create it"));
                continue;
            }
            if (topic.partitioned() == Topics.Partitioned.BY_JOB
                    && jobs != null
                    && description.partitions().size() != jobs.partitions().size()) {
                findings.add(new Finding(
                        "topic " + name + " has " + description.partitions().size() + " partitions, allowed "
                                + jobs.partitions().size() + ", as many as " + jobs.name(),
                        "end the fleet's jobs and create its topics anew, or use another fleet"));
            }
            var config = configs.get(new ConfigResource(ConfigResource.Type.TOPIC, name));
            if (config != null) {
                topic.settings().forEach((key, wanted) -> {
                    var has = value(config, key);
                    if (!fits(key, wanted, has)) {
                        findings.add(new Finding(
                                "topic " + name + " has " + key + "=" + has + ", allowed " + wanted,
                                "kafka-configs.sh --bootstrap-server " + servers + " --alter --entity-type topics"
                                        + " --entity-name " + name + " --add-config " + bracketed(key, wanted)));
                    }
                });
            }
        }
        return findings;
    }

    // Records may be larger than we need and be kept longer, never smaller or shorter; a value that we may not see is
    // taken to fit.
    private static boolean fits(String key, String wanted, String has) {
        if (has.isEmpty() || has.equals(wanted)) {
            return true;
        }
        return switch (key) {
            case "max.message.bytes", "min.compaction.lag.ms" -> Long.parseLong(has) >= Long.parseLong(wanted);
            case "retention.ms" -> Long.parseLong(has) == -1 || Long.parseLong(has) >= Long.parseLong(wanted);
            case "cleanup.policy" -> Set.of(has.split(",")).equals(Set.of(wanted.split(",")));
            default -> false;
        };
    }

    // What is wrong with the group's settings when those that we may set have been set.
    private List<Finding> settledGroup() {
        var config = groupConfig();
        var findings = group(config);
        if (findings.isEmpty()) {
            return findings;
        }
        settle(config);
        // Brokers apply new settings a little after they have accepted them: ours, or those of a role that starts
        // beside
        // us.
        var deadline = System.nanoTime() + APPLIED_WITHIN.toNanos();
        while (true) {
            findings = group(groupConfig());
            if (findings.isEmpty() || System.nanoTime() > deadline) {
                return findings;
            }
            pause();
        }
    }

    private void settle(@Nullable Config config) {
        var group = groupResource();
        var changes = new ArrayList<AlterConfigOp>();
        Topics.workersGroupSettings().forEach((key, wanted) -> {
            if (config == null || !value(config, key).equals(wanted)) {
                changes.add(new AlterConfigOp(new ConfigEntry(key, wanted), AlterConfigOp.OpType.SET));
            }
        });
        if (changes.isEmpty()) {
            return;
        }
        try {
            Map<ConfigResource, Collection<AlterConfigOp>> all = Map.of(group, changes);
            get(admin.incrementalAlterConfigs(all).all(), "set the settings of group " + group.name());
        } catch (Refusal e) {
            if (!(e.getCause() instanceof AuthorizationException)) {
                throw e;
            }
            // Without the right to set them the check that follows decides: they may have been set by somebody else.
        }
    }

    private List<Finding> group(@Nullable Config config) {
        var name = Topics.workersGroup(fleet);
        var findings = new ArrayList<Finding>();
        new TreeMap<>(Topics.workersGroupSettings()).forEach((key, wanted) -> {
            var has = config == null ? "" : value(config, key);
            if (!has.equals(wanted)) {
                findings.add(new Finding(
                        "share group " + name + " has " + key + "=" + has + ", allowed " + wanted,
                        "kafka-configs.sh --bootstrap-server " + servers + " --alter --entity-type groups"
                                + " --entity-name " + name + " --add-config " + bracketed(key, wanted)));
            }
        });
        return findings;
    }

    // Null without the right to see it.
    private @Nullable Config groupConfig() {
        var group = groupResource();
        return configs(List.of(group)).get(group);
    }

    private ConfigResource groupResource() {
        return new ConfigResource(ConfigResource.Type.GROUP, Topics.workersGroup(fleet));
    }

    private static String bracketed(String key, String value) {
        return value.contains(",") ? key + "=[" + value + "]" : key + "=" + value;
    }

    private static String value(Config config, String key) {
        var entry = config.get(key);
        return entry == null || entry.value() == null ? "" : entry.value();
    }

    private Map<ConfigResource, Config> configs(Collection<ConfigResource> resources) {
        try {
            return get(admin.describeConfigs(resources).all(), "read settings");
        } catch (Refusal e) {
            if (e.getCause() instanceof AuthorizationException) {
                return Map.of();
            }
            throw e;
        }
    }

    private Map<String, TopicDescription> describe() {
        var found = new HashMap<String, TopicDescription>();
        admin.describeTopics(Topics.allIn(fleet)).topicNameValues().forEach((name, description) -> {
            try {
                found.put(name, get(description, "read topic " + name));
            } catch (Refusal e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw e;
                }
            }
        });
        return found;
    }

    private <T> T get(KafkaFuture<T> future, String what) {
        try {
            return future.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new Refusal(ExitCode.KAFKA, "cannot " + what + " at " + servers + ": " + reason(e), e.getCause());
        } catch (TimeoutException e) {
            throw new Refusal(
                    ExitCode.KAFKA,
                    "cannot " + what + " at " + servers + ": no answer within " + patience.toSeconds() + " s",
                    e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(20);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static Refusal interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new Refusal(ExitCode.INTERRUPTED, "interrupted", e);
    }

    private static String reason(Exception e) {
        var cause = e.getCause() == null ? e : e.getCause();
        var message = cause.getMessage();
        return message == null || message.isBlank() ? cause.getClass().getSimpleName() : Text.line(message, 300);
    }
}

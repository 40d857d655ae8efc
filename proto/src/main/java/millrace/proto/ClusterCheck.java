package millrace.proto;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.jspecify.annotations.Nullable;

/// What Millrace needs of a cluster, and who of the fleet is there. One thread.
public final class ClusterCheck {
    /// What was looked at.
    ///
    /// @param what    the thing, with its value
    /// @param problem what is wrong with it, or null when nothing is
    /// @param fix     what to do about it; empty when there is no problem
    /// @param code    what a process exits with when there is one
    public record Finding(String what, @Nullable String problem, String fix, ExitCode code) {
        public static Finding fine(String what) {
            return new Finding(what, null, "", ExitCode.SUCCEEDED);
        }

        public static Finding wrong(ExitCode code, String what, String problem, String fix) {
            return new Finding(what, problem, fix, code);
        }
    }

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Cluster cluster;
    private final Admin admin;
    private final List<Finding> findings = new ArrayList<>();

    private ClusterCheck(Cluster cluster, Admin admin) {
        this.cluster = cluster;
        this.admin = admin;
    }

    /// Looks at everything; changes nothing. Takes as long as the cluster takes to answer, at most about a minute.
    ///
    /// @param live asked for the last heartbeat of each worker that lives; may throw [Refusal]
    /// @throws Refusal when the cluster cannot be reached
    public static List<Finding> run(Cluster cluster, Supplier<List<Heartbeat>> live) {
        var timeout = Long.toString(PATIENCE.toMillis());
        try (var admin = Admin.create(
                cluster.client(Map.of("default.api.timeout.ms", timeout, "request.timeout.ms", timeout)))) {
            var check = new ClusterCheck(cluster, admin);
            check.setup();
            check.brokers();
            check.rights();
            check.members(live);
            return check.findings;
        }
    }

    // Versions of features, topics, settings of topics and of the share group: what every role checks at its
    // start.
    private void setup() {
        var unfit = new FleetSetup(admin, cluster, PATIENCE).check();
        if (unfit.isEmpty()) {
            findings.add(Finding.fine("features, topics and group settings of fleet " + cluster.fleet()));
        }
        unfit.forEach(finding -> findings.add(
                Finding.wrong(ExitCode.KAFKA, "fleet " + cluster.fleet(), finding.problem(), finding.fix())));
    }

    private void brokers() {
        try {
            var nodes = admin.describeCluster().nodes().get();
            findings.add(Finding.fine("Kafka at " + cluster.bootstrapServers() + ", " + nodes.size()
                    + (nodes.size() == 1 ? " broker" : " brokers")));
        } catch (ExecutionException e) {
            findings.add(unanswered("brokers", e));
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    // With an authorizer the brokers say what we may do; without one they say everything.
    private void rights() {
        try {
            var operations = admin.describeCluster(new DescribeClusterOptions().includeAuthorizedOperations(true))
                    .authorizedOperations()
                    .get();
            var mayCreate = operations == null || operations.contains(AclOperation.CREATE);
            var existing = admin.listTopics().names().get();
            var ours = Topics.allIn(cluster.fleet()).stream()
                    .filter(existing::contains)
                    .toList();
            if (!mayCreate && ours.size() < Topics.values().length) {
                findings.add(Finding.wrong(
                        ExitCode.KAFKA,
                        "right to create topics",
                        "missing, and not all topics of the fleet are there",
                        "grant CREATE on the cluster or on topics with prefix " + cluster.fleet()
                                + "., or create them"));
            }
            var missing = new TreeSet<String>();
            admin.describeTopics(ours, new DescribeTopicsOptions().includeAuthorizedOperations(true))
                    .allTopicNames()
                    .get()
                    .forEach((name, topic) -> {
                        if (topic.authorizedOperations() != null
                                && !topic.authorizedOperations()
                                        .containsAll(Set.of(AclOperation.READ, AclOperation.WRITE))) {
                            missing.add(name);
                        }
                    });
            findings.add(
                    missing.isEmpty()
                            ? Finding.fine("rights to read and write the fleet's topics")
                            : Finding.wrong(
                                    ExitCode.KAFKA,
                                    "rights on " + String.join(", ", missing),
                                    "READ or WRITE is missing",
                                    "grant both on topics with prefix " + cluster.fleet() + "."));
        } catch (ExecutionException e) {
            findings.add(unanswered("rights", e));
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private void members(Supplier<List<Heartbeat>> workers) {
        member("producer", Topics.producerGroup(cluster.fleet()));
        member("aggregator", Topics.aggregatorGroup(cluster.fleet()));
        try {
            var live = workers.get();
            var troubled =
                    live.stream().filter(worker -> !worker.trouble().isEmpty()).toList();
            findings.add(
                    live.isEmpty()
                            ? absent("worker")
                            : Finding.fine(live.size() + (live.size() == 1 ? " worker, " : " workers, ")
                                    + live.stream()
                                            .mapToInt(worker -> worker.cores())
                                            .sum() + " cores"));
            troubled.forEach(worker ->
                    findings.add(Finding.wrong(ExitCode.KAFKA, worker.worker(), worker.trouble(), "see its log")));
            var releases = live.stream().map(worker -> worker.release()).collect(Collectors.toCollection(TreeSet::new));
            if (releases.size() > 1) {
                findings.add(Finding.fine("workers of several releases: " + String.join(", ", releases)));
            }
        } catch (Refusal e) {
            findings.add(Finding.wrong(e.code(), "workers", String.valueOf(e.getMessage()), "see above"));
        }
    }

    private void member(String role, String group) {
        try {
            var members = admin.describeConsumerGroups(List.of(group)).all().get().values().stream()
                    .mapToInt(description -> description.members().size())
                    .sum();
            findings.add(members == 0 ? absent(role) : Finding.fine(members + " " + role + (members == 1 ? "" : "s")));
        } catch (ExecutionException e) {
            findings.add(e.getCause() instanceof GroupIdNotFoundException ? absent(role) : unanswered(role, e));
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static Finding absent(String role) {
        return Finding.wrong(ExitCode.KAFKA, role, "none is running", "start one: millrace " + role);
    }

    private static Finding unanswered(String what, ExecutionException e) {
        return Finding.wrong(
                ExitCode.KAFKA,
                what,
                "cannot be asked: " + e.getCause(),
                "grant DESCRIBE on cluster, topics and groups");
    }

    private static Refusal interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new Refusal(ExitCode.INTERRUPTED, "interrupted", e);
    }
}

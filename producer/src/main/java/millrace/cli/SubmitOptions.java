package millrace.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import millrace.client.JobOptions;
import millrace.client.Millrace;
import millrace.proto.BadInput;
import millrace.proto.Cluster;
import millrace.proto.Description;
import millrace.proto.Durations;
import millrace.proto.Policy;
import millrace.proto.Text;
import millrace.proto.blobs.BlobFolder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/// The options of a job that every kernel shares. Texts, so that all that is wrong with them is told at once.
final class SubmitOptions {
    static final String BLOB_STORE_VARIABLE = "MILLRACE_BLOB_STORE";

    @Option(
            names = "--job-id",
            paramLabel = "ID",
            scope = ScopeType.INHERIT,
            description = "The job's id; the same id with the same job again is one job. Default: a random one.")
    @Nullable
    String id;

    @Option(
            names = "--label",
            paramLabel = "K=V",
            scope = ScopeType.INHERIT,
            description = "A label to find the job by; may be repeated.")
    Map<String, String> labels = new LinkedHashMap<>();

    @Option(
            names = "--priority",
            paramLabel = "P",
            scope = ScopeType.INHERIT,
            description = "-10..10; each step doubles the job's share of the fleet. Default: 0.")
    @Nullable
    String priority;

    @Option(
            names = "--deadline",
            paramLabel = "TIME",
            scope = ScopeType.INHERIT,
            description = "Ends the job EXPIRED after this time: 90s, 2h, up to 14d. Default: none.")
    @Nullable
    String deadline;

    @Option(
            names = "--max-attempts",
            paramLabel = "N",
            scope = ScopeType.INHERIT,
            description = "Attempts of a task before its failure counts, 1..100. Default: 3.")
    @Nullable
    String maxAttempts;

    @Option(
            names = "--on-failure",
            paramLabel = "WHAT",
            scope = ScopeType.INHERIT,
            description = "'fail' the job, or 'skip:K': go on without up to K failed items. Default: fail.")
    @Nullable
    String onFailure;

    @Option(
            names = "--task-time",
            paramLabel = "TIME",
            scope = ScopeType.INHERIT,
            description = "Time that a task should take, 1ms..1h. Default: 1s.")
    @Nullable
    String taskTime;

    @Option(
            names = "--task-items",
            paramLabel = "N",
            scope = ScopeType.INHERIT,
            description = "Items of a task. Default: measured, so that it takes --task-time.")
    @Nullable
    String taskItems;

    @Option(
            names = "--task-limit",
            paramLabel = "TIME",
            scope = ScopeType.INHERIT,
            description = "Time after which a task counts as failed, 1s..14d. Default: 1d.")
    @Nullable
    String taskLimit;

    @Option(
            names = "--max-cores",
            paramLabel = "N",
            scope = ScopeType.INHERIT,
            description = "Cores that the job may use at once. Default: all.")
    @Nullable
    String maxCores;

    @Option(
            names = "--items",
            paramLabel = "A..B",
            scope = ScopeType.INHERIT,
            description = "Only the items from A up to, not including, B. Default: all.")
    @Nullable
    String items;

    @Option(
            names = "--blob-store",
            paramLabel = "file:/FOLDER",
            scope = ScopeType.INHERIT,
            description = "Folder where the fleet keeps files, as its worker.blob-store says. Default:"
                    + " MILLRACE_BLOB_STORE, else none: files go through Kafka.")
    @Nullable
    String blobStore;

    private String blobStore(Shell shell) {
        return blobStore != null ? blobStore : shell.variable(BLOB_STORE_VARIABLE, "");
    }

    /// Connects to a fleet, to put files and to submit a job.
    ///
    /// @throws BadInput when the folder for files cannot be used
    Millrace connect(Cluster cluster, Shell shell) {
        var store = blobStore(shell);
        return store.isEmpty()
                ? Millrace.connect(cluster)
                : Millrace.connect(cluster, BlobFolder.open("--blob-store", store, cluster.fleet(), true));
    }

    /// The plan of a fleet that keeps files there as well.
    ///
    /// @throws BadInput when the folder for files cannot be used
    EmbeddedFleet.Plan withBlobStore(EmbeddedFleet.Plan plan, Shell shell) {
        var store = blobStore(shell);
        if (store.isEmpty()) {
            return plan;
        }
        BlobFolder.open("--blob-store", store, plan.fleet(), true);
        return plan.with(Map.of("worker.blob-store", store, "producer.blob-store", store));
    }

    /// What the options say.
    ///
    /// @throws BadInput with all that is wrong
    JobOptions jobOptions() {
        var problems = new ArrayList<String>();
        var policy = Policy.DEFAULT;
        policy = with(
                policy,
                priority,
                problems,
                (old, text) -> old.withPriority((int) Numbers.whole("--priority", text, -10, 10)));
        policy = with(policy, deadline, problems, (old, text) -> old.withDeadline(positive("--deadline", text)));
        policy = with(
                policy,
                maxAttempts,
                problems,
                (old, text) -> old.withMaxAttempts((int) Numbers.whole("--max-attempts", text, 1, 100)));
        policy = with(policy, onFailure, problems, (old, text) -> old.withSkipMax(skipMax(text)));
        policy =
                with(policy, taskTime, problems, (old, text) -> old.withTaskTime(Durations.parse("--task-time", text)));
        policy = with(
                policy,
                taskItems,
                problems,
                (old, text) -> old.withTaskItems(Numbers.whole("--task-items", text, 1, Description.ITEMS_MAX)));
        policy = with(
                policy, taskLimit, problems, (old, text) -> old.withTaskLimit(Durations.parse("--task-limit", text)));
        policy = with(
                policy,
                maxCores,
                problems,
                (old, text) -> old.withMaxCores((int) Numbers.whole("--max-cores", text, 1, 1_000_000)));
        var options = JobOptions.DEFAULT.withId(id == null ? "" : id);
        for (var label : labels.entrySet()) {
            options = options.withLabel(label.getKey(), label.getValue());
        }
        if (id != null && id.isEmpty()) {
            problems.add("--job-id is '', allowed: an id; leave it out for a random one");
        }
        if (items != null) {
            options = withItems(options, items, problems);
        }
        if (!problems.isEmpty()) {
            throw new BadInput(problems);
        }
        return options.withPolicy(policy);
    }

    private interface Change {
        Policy apply(Policy old, String text);
    }

    private static Policy with(Policy old, @Nullable String text, List<String> problems, Change change) {
        if (text == null) {
            return old;
        }
        try {
            return change.apply(old, text);
        } catch (BadInput e) {
            problems.addAll(e.problems());
        } catch (IllegalArgumentException e) {
            problems.add(String.valueOf(e.getMessage()));
        }
        return old;
    }

    // A policy's zero deadline is none; asked for on the command line it is a mistake.
    private static Duration positive(String name, String text) {
        var duration = Durations.parse(name, text);
        if (duration.isZero()) {
            throw new BadInput(name + " is '" + text + "', allowed: 1ms to 14d");
        }
        return duration;
    }

    private static long skipMax(String text) {
        if (text.equals("fail")) {
            return 0;
        }
        if (text.startsWith("skip:")) {
            try {
                return Numbers.whole("--on-failure", text.substring("skip:".length()), 1, Description.ITEMS_MAX);
            } catch (BadInput e) {
                // refused below, with all that was given
            }
        }
        throw new BadInput("--on-failure is '" + Text.line(text, 60) + "', allowed: fail, or skip:K with K from 1");
    }

    private static JobOptions withItems(JobOptions options, String text, List<String> problems) {
        var ends = text.split("\\.\\.", -1);
        try {
            if (ends.length != 2) {
                throw new BadInput("--items is '" + text + "', allowed: A..B, B not included");
            }
            return options.withItems(
                    Numbers.whole("--items", ends[0], 0, Description.ITEMS_MAX),
                    Numbers.whole("--items", ends[1], 0, Description.ITEMS_MAX));
        } catch (BadInput e) {
            problems.addAll(e.problems());
            return options;
        }
    }
}

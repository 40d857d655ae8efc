package millrace.proto;

import static millrace.proto.Check.require;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.codec.digest.MurmurHash3;

/// The topics of a fleet, declared once: names, partitions, and the settings that the protocol relies on.
public enum Topics {
    /// Orders of clients. Keyed by job.
    JOBS("jobs", Partitioned.BY_JOB, Cleanup.DELETE, Duration.ofDays(14)),
    /// Work for the share group of the workers. No key: the producer chooses the partition.
    TASKS("tasks", Partitioned.FOR_TASKS, Cleanup.DELETE, Duration.ofDays(14)),
    /// Answers of workers. Keyed by job.
    RESULTS("results", Partitioned.BY_JOB, Cleanup.DELETE, Duration.ofDays(14)),
    /// How far each job is. Keyed by job.
    PROGRESS("progress", Partitioned.BY_JOB, Cleanup.COMPACT, Duration.ofDays(14)),
    /// Pieces of outputs. Keyed by job and piece.
    OUTPUTS("outputs", Partitioned.BY_JOB, Cleanup.DELETE, Duration.ofDays(14)),
    /// How each job ended. Keyed by job.
    ENDINGS("endings", Partitioned.BY_JOB, Cleanup.COMPACT, Duration.ofDays(14)),
    /// States of long jobs. Keyed by job and piece.
    SNAPSHOTS("snapshots", Partitioned.BY_JOB, Cleanup.COMPACT, Duration.ofDays(14)),
    /// Tasks given up. Keyed by job.
    DEAD_LETTERS("dead-letters", Partitioned.BY_JOB, Cleanup.DELETE, Duration.ofDays(14)),
    /// Pieces of blobs, and in partition 0 where the pieces of each blob are. Keyed by digest, put and piece.
    BLOBS("blobs", Partitioned.FOR_BLOBS, Cleanup.COMPACT, Duration.ofDays(14)),
    /// What workers say of themselves. Keyed by worker.
    WORKERS("workers", Partitioned.ONCE, Cleanup.COMPACT, Duration.ofDays(1));

    /// The most partitions that a topic of a fleet may have.
    public static final int PARTITIONS_MAX = 1024;

    /// Partitions of a new topic of blobs; it needs two at least.
    public static final int BLOB_PARTITIONS = 4;

    /// A share group's record locks in one partition. Finished records count until the oldest is finished too.
    public static final int RECORD_LOCKS = 4000;

    /// How long a task's record is locked for the lane that took it.
    public static final Duration LOCK = Duration.ofSeconds(15);

    /// How often a record is delivered before the share group gives it up, in silence.
    public static final int DELIVERIES_MAX = 10;

    /// How old a piece of a blob is at least when compaction may free its space.
    private static final Duration COMPACTED_AFTER = Duration.ofMinutes(10);

    /// How many partitions a topic has.
    public enum Partitioned {
        /// As many as `jobs`: a job lives in the same partition of all of these.
        BY_JOB,
        /// Few: lanes share them.
        FOR_TASKS,
        /// One that tells where blobs are, and some for their pieces.
        FOR_BLOBS,
        ONCE
    }

    /// What becomes of old records.
    public enum Cleanup {
        DELETE,
        COMPACT
    }

    private final String suffix;
    private final Partitioned partitioned;
    private final Cleanup cleanup;
    private final Duration retention;

    Topics(String suffix, Partitioned partitioned, Cleanup cleanup, Duration retention) {
        this.suffix = suffix;
        this.partitioned = partitioned;
        this.cleanup = cleanup;
        this.retention = retention;
    }

    /// The topic's name in a fleet: `millrace.tasks`.
    public String in(String fleet) {
        return checkFleet(fleet) + "." + suffix;
    }

    /// All names in a fleet.
    public static List<String> allIn(String fleet) {
        return Arrays.stream(values()).map(topic -> topic.in(fleet)).toList();
    }

    public Partitioned partitioned() {
        return partitioned;
    }

    public Cleanup cleanup() {
        return cleanup;
    }

    public Duration retention() {
        return retention;
    }

    /// The topic's settings that the protocol relies on, checked at every start.
    public Map<String, String> settings() {
        var settings = new TreeMap<String, String>();
        settings.put("max.message.bytes", "1048588");
        if (this == JOBS || this == RESULTS || this == PROGRESS || this == BLOBS) {
            // Deadlines and times in reports follow the brokers' clock, whatever those of clients and workers
            // say.
            settings.put("message.timestamp.type", "LogAppendTime");
        }
        if (this == BLOBS) {
            // Space is freed by whole segments.
            settings.put("segment.bytes", Integer.toString(128 << 20));
            // While a job runs, compaction would copy what nobody has removed yet, on cores that have math to do.
            settings.put("min.compaction.lag.ms", Long.toString(COMPACTED_AFTER.toMillis()));
        }
        switch (cleanup) {
            case DELETE -> {
                settings.put("cleanup.policy", "delete");
                settings.put("retention.ms", Long.toString(retention.toMillis()));
                settings.put("retention.bytes", "-1");
            }
            case COMPACT -> {
                settings.put("cleanup.policy", "compact,delete");
                settings.put("retention.ms", Long.toString(retention.toMillis()));
                settings.put("retention.bytes", "-1");
            }
        }
        return settings;
    }

    /// The share group of a fleet's workers.
    public static String workersGroup(String fleet) {
        return checkFleet(fleet) + ".workers";
    }

    /// The group of a fleet's aggregators.
    public static String aggregatorGroup(String fleet) {
        return checkFleet(fleet) + ".aggregator";
    }

    /// The group whose member that owns the one partition of `workers` is the fleet's active producer.
    public static String producerGroup(String fleet) {
        return checkFleet(fleet) + ".producer";
    }

    /// The share group's settings that the protocol relies on; they must be in before its first member joins.
    public static Map<String, String> workersGroupSettings() {
        return Map.of(
                "share.auto.offset.reset", "earliest", // the default skips what was sent before the first member came
                "share.record.lock.duration.ms", Long.toString(LOCK.toMillis()),
                "share.delivery.count.limit", Integer.toString(DELIVERIES_MAX),
                "share.partition.max.record.locks", Integer.toString(RECORD_LOCKS));
    }

    /// The partition of a job.
    public static int partition(String job, int partitions) {
        var bytes = job.getBytes(StandardCharsets.UTF_8);
        return Math.floorMod(MurmurHash3.hash32x86(bytes, 0, bytes.length, 0), partitions);
    }

    /// The fleet's name itself, when it is one.
    ///
    /// @throws IllegalArgumentException when it is none
    public static String checkFleet(String fleet) {
        require(
                fleet.matches("[a-z0-9][a-z0-9-]{0,39}"),
                "fleet is '%s', allowed: lower-case letters, digits and '-', 40 in all",
                Text.line(fleet, 60));
        return fleet;
    }
}

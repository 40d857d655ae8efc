package millrace.worker;

import java.time.Duration;
import millrace.proto.Durations;
import millrace.proto.Settings;
import millrace.proto.ops.HttpAddress;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/// A worker's settings.
///
/// @param cores        computing threads, 1 to 1,024
/// @param lanes        lanes that take tasks, each a member of the share group, 1 to 64
/// @param laneRecords  records that a lane takes at once, 1 to 1,000
/// @param tinyRecords  records that a lane takes at once while tasks are tiny, `laneRecords` to 1,000
/// @param drainTimeout how long the worker may take to stop, 100 ms to 1 h
/// @param taskBytesMax bytes of the heap that the tasks being computed may take together, 1 and up
public record WorkerConfig(
        int cores, int lanes, int laneRecords, int tinyRecords, Duration drainTimeout, long taskBytesMax) {
    static final String CORES = "worker.cores";
    static final String LANES = "worker.lanes";
    static final String LANE_RECORDS = "worker.lane-records";
    static final String MEMORY_SHARE = "worker.memory-share";
    static final String DRAIN_TIMEOUT = "worker.drain-timeout";

    private static final int LANES_BY_DEFAULT = 4;
    private static final int TINY_RECORDS_BY_DEFAULT = 500;

    /// Of tiny tasks: heartbeats list all that are in hand.
    private static final int IN_HAND_MAX = 2_000;
    private static final double MEMORY_SHARE_BY_DEFAULT = 0.6;
    private static final Duration DRAIN_MIN = Duration.ofMillis(100);
    private static final Duration DRAIN_MAX = Duration.ofHours(1);

    public WorkerConfig {
        if (cores < 1 || cores > 1024 || lanes < 1 || lanes > 64 || laneRecords < 1 || laneRecords > 1000) {
            throw new IllegalArgumentException("%d cores, %d lanes of %d records, allowed 1..1024, 1..64, 1..1000"
                    .formatted(cores, lanes, laneRecords));
        }
        if (tinyRecords < laneRecords || tinyRecords > 1000) {
            throw new IllegalArgumentException(
                    "%d records of tiny tasks, allowed %d..1000".formatted(tinyRecords, laneRecords));
        }
        if (taskBytesMax < 1) {
            throw new IllegalArgumentException("tasks may take %d bytes, allowed 1 and up".formatted(taskBytesMax));
        }
        checkDrainTimeout(drainTimeout);
    }

    /// Lanes that always take the same number of records. Without a limit on memory.
    public WorkerConfig(int cores, int lanes, int laneRecords, Duration drainTimeout) {
        this(cores, lanes, laneRecords, laneRecords, drainTimeout, Long.MAX_VALUE);
    }

    /// What fits a number of cores: few lanes, because a share group has room for few members, and one more
    /// than cores, because a lane whose record is computed takes no other; together half as many records again
    /// as there are cores. Without a limit on memory.
    public static WorkerConfig forCores(int cores) {
        var lanes = Math.min(LANES_BY_DEFAULT, cores + 1);
        var records = laneRecords(cores, lanes);
        return new WorkerConfig(
                cores, lanes, records, tinyRecords(lanes, records), Duration.ofSeconds(10), Long.MAX_VALUE);
    }

    /// @param heapBytes the most that the process's heap may grow to
    static WorkerConfig of(Settings settings, long heapBytes) {
        var cores = settings.getInt(CORES) == 0
                ? Math.min(1024, Runtime.getRuntime().availableProcessors())
                : settings.getInt(CORES);
        var lanes = settings.getInt(LANES) == 0 ? Math.min(LANES_BY_DEFAULT, cores + 1) : settings.getInt(LANES);
        var asked = settings.getInt(LANE_RECORDS);
        var records = asked == 0 ? laneRecords(cores, lanes) : asked;
        return new WorkerConfig(
                cores,
                lanes,
                records,
                asked == 0 ? tinyRecords(lanes, records) : records,
                Durations.parse(DRAIN_TIMEOUT, settings.getString(DRAIN_TIMEOUT)),
                Math.max(1, (long) (settings.getDouble(MEMORY_SHARE) * heapBytes)));
    }

    private static int laneRecords(int cores, int lanes) {
        return Math.ceilDiv(cores + Math.ceilDiv(cores, 2), lanes);
    }

    private static int tinyRecords(int lanes, int laneRecords) {
        return Math.max(Math.min(TINY_RECORDS_BY_DEFAULT, IN_HAND_MAX / lanes), laneRecords);
    }

    /// The most tasks in hand: one and a half times as many as cores, or what all lanes take where that is more because
    /// tasks are short.
    ///
    /// @param records that a lane takes at once
    int handsMax(int records) {
        return records > laneRecords(cores, lanes) ? lanes * records : cores + Math.ceilDiv(cores, 2);
    }

    static ConfigDef settings() {
        return BlobConfig.define(HttpAddress.define(new ConfigDef(), "worker"))
                .define(
                        CORES,
                        ConfigDef.Type.INT,
                        0,
                        ConfigDef.Range.between(0, 1024),
                        ConfigDef.Importance.HIGH,
                        "Cores that compute, 1 to 1024; 0: all that the process may use, as the container's limit says."
                                + " Lower it to leave cores to something else.")
                .define(
                        LANES,
                        ConfigDef.Type.INT,
                        0,
                        ConfigDef.Range.between(0, 64),
                        ConfigDef.Importance.LOW,
                        "Lanes that take tasks, 1 to 64, each a member of the fleet's share group; 0: one more than cores,"
                                + " at most 4. Lower it when the share group is full (200 members by default).")
                .define(
                        LANE_RECORDS,
                        ConfigDef.Type.INT,
                        0,
                        ConfigDef.Range.between(0, 1000),
                        ConfigDef.Importance.LOW,
                        "Tasks that a lane takes at once, 1 to 1000; 0: so many that all lanes together hold one and a half"
                                + " times as many tasks as cores, and "
                                + TINY_RECORDS_BY_DEFAULT
                                + " once tasks take less than 0.2 ms on average.")
                .define(
                        MEMORY_SHARE,
                        ConfigDef.Type.DOUBLE,
                        MEMORY_SHARE_BY_DEFAULT,
                        ConfigDef.Range.between(0.05, 0.95),
                        ConfigDef.Importance.MEDIUM,
                        "Share of the heap that the tasks being computed may take together, 0.05 to 0.95, by what their"
                                + " kernels declare, else by what earlier tasks held. Cores stay idle rather than take"
                                + " more. A task that declares more fails. Lower it when workers run out of memory.")
                .define(
                        DRAIN_TIMEOUT,
                        ConfigDef.Type.STRING,
                        "10s",
                        ConfigDef.LambdaValidator.with(WorkerConfig::validateDrainTimeout, () -> "[100ms,...,1h]"),
                        ConfigDef.Importance.MEDIUM,
                        "How long a worker that is asked to stop may take, 100ms to 1h: what is computed by then is"
                                + " finished, the rest is handed back. Keep it below the supervisor's patience.");
    }

    private static void validateDrainTimeout(String name, Object value) {
        try {
            checkDrainTimeout(Durations.parse(name, String.valueOf(value)));
        } catch (RuntimeException e) {
            throw new ConfigException(e.getMessage());
        }
    }

    private static void checkDrainTimeout(Duration timeout) {
        if (timeout.compareTo(DRAIN_MIN) < 0 || timeout.compareTo(DRAIN_MAX) > 0) {
            throw new IllegalArgumentException(
                    DRAIN_TIMEOUT + " is " + Durations.format(timeout) + ", allowed 100ms to 1h");
        }
    }
}

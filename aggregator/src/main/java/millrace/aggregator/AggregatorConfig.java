package millrace.aggregator;

import static org.apache.kafka.common.config.ConfigDef.Importance.HIGH;
import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;
import static org.apache.kafka.common.config.ConfigDef.Range.between;

import millrace.aggregator.console.ConsoleConfig;
import millrace.proto.BadInput;
import millrace.proto.Settings;
import millrace.proto.ops.HttpAddress;
import org.apache.kafka.common.config.ConfigDef;

/// The settings of an aggregator.
///
/// @param id     names it in progress and endings; generated when not given
/// @param limits what a partition may hold
record AggregatorConfig(String id, JoinLimits limits) {
    private static final String ID = "aggregator.id";
    private static final String JOB_BYTES = "aggregator.job-bytes-max";
    private static final String BYTES = "aggregator.bytes-max";
    private static final String OPEN_JOBS = "aggregator.open-jobs-max";
    private static final String ENDED_JOBS = "aggregator.ended-jobs-max";
    private static final String REPLAY_RESULTS = "aggregator.replay-results-max";
    private static final String REPLAY_BYTES = "aggregator.replay-bytes-max";

    static ConfigDef definition() {
        var limits = JoinLimits.DEFAULT;
        return ConsoleConfig.define(HttpAddress.define(new ConfigDef(), "aggregator"))
                .define(
                        ID,
                        ConfigDef.Type.STRING,
                        "",
                        LOW,
                        "Names this aggregator in progress and endings. Empty: from host and process.")
                .define(
                        JOB_BYTES,
                        ConfigDef.Type.LONG,
                        limits.jobBytesMax(),
                        between(1024, 1L << 30),
                        HIGH,
                        "Bytes that one job's value may take while it is joined; a job that needs more fails. Counts by"
                                + " key need no more than this from 12 MiB on, however many there are. Raise it for other"
                                + " outputs larger than this, together with " + BYTES + " and the heap.")
                .define(
                        BYTES,
                        ConfigDef.Type.LONG,
                        limits.bytesMax(),
                        between(1024, 1L << 40),
                        HIGH,
                        "Bytes that all open jobs' values may take together; when they need more the largest job fails."
                                + " At most about half of the heap.")
                .define(
                        OPEN_JOBS,
                        ConfigDef.Type.INT,
                        limits.openJobsMax(),
                        between(1, 10_000_000),
                        MEDIUM,
                        "Open jobs of one partition; a job submitted beyond them fails at once.")
                .define(
                        ENDED_JOBS,
                        ConfigDef.Type.INT,
                        limits.endedJobsMax(),
                        between(1, 100_000_000),
                        LOW,
                        "Ended jobs of one partition whose ids are remembered, about 150 bytes each. A submission that"
                                + " is sent again after so many later jobs is taken for a new one.")
                .define(
                        REPLAY_RESULTS,
                        ConfigDef.Type.LONG,
                        limits.replayResultsMax(),
                        between(1, 1_000_000_000),
                        MEDIUM,
                        "Results of a partition that a successor has to read again at most, about; the states of long"
                                + " jobs are saved for that. Lower makes takeovers faster.")
                .define(
                        REPLAY_BYTES,
                        ConfigDef.Type.LONG,
                        limits.replayBytesMax(),
                        between(1, 1L << 40),
                        MEDIUM,
                        "The same in bytes of values.");
    }

    /// @throws BadInput when the settings contradict each other
    static AggregatorConfig of(Settings settings, String generatedId) {
        var limits = JoinLimits.DEFAULT;
        var given = settings.getString(ID);
        if (settings.getLong(BYTES) < settings.getLong(JOB_BYTES)) {
            throw new BadInput(BYTES + " is " + settings.getLong(BYTES) + ", allowed " + JOB_BYTES + " ("
                    + settings.getLong(JOB_BYTES) + ") and up");
        }
        return new AggregatorConfig(
                given.isBlank() ? generatedId : given,
                new JoinLimits(
                        settings.getLong(JOB_BYTES),
                        settings.getLong(BYTES),
                        settings.getInt(OPEN_JOBS),
                        settings.getInt(ENDED_JOBS),
                        settings.getLong(REPLAY_RESULTS),
                        settings.getLong(REPLAY_BYTES),
                        limits.recentMax(),
                        limits.jobAgeMax(),
                        RunLimits.of(settings.getLong(JOB_BYTES))));
    }
}

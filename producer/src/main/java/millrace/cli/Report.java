package millrace.cli;

import java.time.Duration;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import millrace.client.WorkerSummary;
import millrace.proto.Ending;
import millrace.proto.ExitCode;
import millrace.proto.JobSpec;
import millrace.proto.Tally;
import millrace.proto.view.JobSummary;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What a job was and cost, as the command line tells it.
///
/// @param spec            the job's
/// @param state           `SUCCEEDED` and the like; `RUNNING`, `WAITING` or `PAUSED` before the end
/// @param tally           what the results were and cost
/// @param wallSeconds     from the submission to the end, or to now
/// @param cores           of the workers that answered, as far as they are known
/// @param peakMemoryBytes resident memory of these workers together
/// @param digest          of the output, in hexadecimal; null without one
record Report(
        JobSpec spec,
        String state,
        Tally tally,
        double wallSeconds,
        int cores,
        long peakMemoryBytes,
        @Nullable String digest) {
    static final JsonMapper JSON = JsonMapper.shared();

    static Report of(Ending ending, List<WorkerSummary> workers) {
        var digest = ending.outputDigest().isEmpty()
                ? null
                : HexFormat.of().formatHex(ending.outputDigest().toByteArray());
        return of(
                ending.spec(),
                ending.state().name(),
                ending.tally(),
                Duration.ofMillis(Math.max(0, ending.endedMillis() - ending.submittedMillis())),
                workers,
                digest);
    }

    /// Of a job that need not have ended.
    static Report of(JobSummary job, List<WorkerSummary> workers) {
        var ending = job.ending();
        if (ending != null) {
            return of(ending, workers);
        }
        return of(
                job.spec(),
                job.state().toUpperCase(Locale.ROOT),
                job.progress().tally(),
                Duration.ofMillis(Math.max(0, System.currentTimeMillis() - job.submittedMillis())),
                workers,
                null);
    }

    static Report of(
            JobSpec spec,
            String state,
            Tally tally,
            Duration wall,
            List<WorkerSummary> workers,
            @Nullable String digest) {
        var answered = new HashSet<>(tally.workers());
        var known = workers.stream()
                .map(WorkerSummary::heartbeat)
                .filter(heartbeat -> answered.contains(heartbeat.worker()))
                .toList();
        return new Report(
                spec,
                state,
                tally,
                wall.toMillis() / 1000.0,
                known.stream().mapToInt(heartbeat -> heartbeat.cores()).sum(),
                known.stream().mapToLong(heartbeat -> heartbeat.residentBytes()).sum(),
                digest);
    }

    double cpuSeconds() {
        return tally.cpuNanos() / 1e9;
    }

    /// The part of the cores' time that went into the output, 0 to 1 or a little more; 0 when not known.
    double efficiency() {
        var coreSeconds = wallSeconds * cores;
        return coreSeconds > 0 ? cpuSeconds() / coreSeconds : 0;
    }

    /// The one object that `--format json` prints; scripts rely on its keys.
    ///
    /// @param output the output as text, or the path of its file; null when there is none
    ObjectNode json(@Nullable String output) {
        return JSON.createObjectNode()
                .put("job", spec.job())
                .put(
                        "kernel",
                        spec.computation().kernel() + "@" + spec.computation().version())
                .put("state", state)
                .put("output", output)
                .put("items", spec.items())
                .put("tasks", tally.tasks())
                .put("attempts", tally.attempts())
                .put("duplicates", tally.duplicates())
                .put("workers", tally.workers().size())
                .put("wallSeconds", wallSeconds)
                .put("cpuSeconds", cpuSeconds())
                .put("efficiency", Math.round(efficiency() * 1e4) / 1e4)
                .put("peakMemoryBytes", peakMemoryBytes)
                .put("digest", digest);
    }

    /// One line for people, after the output.
    String line() {
        var line = String.format(
                Locale.ROOT,
                "%s %s in %s: %s, %s",
                spec.job(),
                state.toLowerCase(Locale.ROOT),
                Units.time(wallSeconds),
                Units.plural(spec.items(), "item", "items"),
                Units.plural(tally.tasks(), "task", "tasks"));
        return line + share();
    }

    /// `, 90 % of 4 cores`, to go on with after a time; empty when the cores are not known.
    String share() {
        return cores == 0
                ? ""
                : String.format(
                        Locale.ROOT, ", %.0f %% of %s", 100 * efficiency(), Units.plural(cores, "core", "cores"));
    }

    /// What went wrong on the way and was mended; empty when nothing did.
    String mended() {
        var parts = new java.util.ArrayList<String>();
        add(parts, tally.redeliveries(), "redelivered");
        add(parts, tally.duplicates(), "duplicates");
        add(parts, tally.failures(), "failed");
        add(parts, tally.handedBack(), "handed back");
        return parts.isEmpty() ? "" : "tasks on the way: " + String.join(", ", parts);
    }

    private static void add(List<String> parts, long count, String what) {
        if (count > 0) {
            parts.add(count + " " + what);
        }
    }

    static ExitCode exitCode(Ending.State state) {
        return switch (state) {
            case SUCCEEDED -> ExitCode.SUCCEEDED;
            case PARTIAL -> ExitCode.PARTIAL;
            case FAILED, EXPIRED -> ExitCode.FAILED;
            case CANCELLED -> ExitCode.CANCELLED;
        };
    }
}

package millrace.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import millrace.proto.Ending;
import millrace.proto.JobSpec;
import millrace.proto.Tally;
import millrace.proto.view.JobSummary;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What an item of a kernel cost when a job of it last ended: what estimates are made of. Costs depend on
/// parameters, so it tells which job it was.
///
/// @param job         that cost so
/// @param command     the job's parameters, as on a command line
/// @param itemSeconds CPU time of an item
/// @param itemBytes   bytes of an item's part of the values
record Measured(String job, String command, double itemSeconds, double itemBytes) {
    private static final Logger LOG = LoggerFactory.getLogger(Measured.class);
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final long WORTH_NANOS = 200_000_000;
    private static final String FILE = "measured.json";

    /// From the newest job of this kernel that came to something; one with the same parameters before all others.
    ///
    /// @param jobs newest first
    static Optional<Measured> among(List<JobSummary> jobs, JobSpec wanted) {
        var computation = wanted.computation();
        var usable = jobs.stream()
                .filter(job -> job.ending() != null && job.ending().tally().items() > 0)
                .filter(job -> job.spec().computation().kernel().equals(computation.kernel())
                        && job.spec().computation().version() == computation.version())
                .toList();
        return usable.stream()
                .filter(job -> job.spec().computation().parameters().equals(computation.parameters()))
                .findFirst()
                .or(() -> usable.stream().findFirst())
                .map(job -> of(
                        job.spec(),
                        java.util.Objects.requireNonNull(job.ending()).tally()));
    }

    private static Measured of(JobSpec spec, Tally tally) {
        return new Measured(
                spec.job(),
                Sidecar.parameters(spec),
                tally.cpuNanos() / 1e9 / tally.items(),
                (double) tally.valueBytes() / tally.items());
    }

    /// What was remembered of the kernel on this machine.
    static Optional<Measured> recall(Path folder, JobSpec wanted) {
        var node = all(folder).path(key(wanted));
        return node.isObject()
                ? Optional.of(new Measured(
                        node.path("job").asString(""),
                        node.path("command").asString(""),
                        node.path("itemSeconds").asDouble(0),
                        node.path("itemBytes").asDouble(0)))
                : Optional.empty();
    }

    /// Remembers what an ended job cost: an embedded fleet takes its history with it.
    static void remember(Path folder, Ending ending) {
        if (ending.tally().items() == 0) {
            return;
        }
        var measured = of(ending.spec(), ending.tally());
        var all = all(folder);
        // A job that took no time says little about one that takes hours.
        if (ending.tally().cpuNanos() < WORTH_NANOS && all.has(key(ending.spec()))) {
            return;
        }
        all.putObject(key(ending.spec()))
                .put("job", measured.job)
                .put("command", measured.command)
                .put("itemSeconds", measured.itemSeconds)
                .put("itemBytes", measured.itemBytes);
        try {
            Files.createDirectories(folder);
            var part = Files.createTempFile(folder, ".measured", ".part");
            Files.writeString(part, all.toPrettyString());
            Files.move(part, folder.resolve(FILE), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.info("{} is not remembered: {}", measured, e.toString()); // only estimates miss it
        }
    }

    private static String key(JobSpec spec) {
        return spec.computation().kernel() + "@" + spec.computation().version();
    }

    private static ObjectNode all(Path folder) {
        try {
            return JSON.readTree(Files.readString(folder.resolve(FILE))) instanceof ObjectNode object
                    ? object
                    : JSON.createObjectNode();
        } catch (IOException | JacksonException e) {
            return JSON.createObjectNode();
        }
    }
}

package millrace.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Optional;
import millrace.proto.ExitCode;
import millrace.proto.Refusal;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What `up` leaves for the commands that come after it: a small file per fleet.
///
/// @param fleet            the fleet's name
/// @param pid              of the process that runs broker, producer and aggregator
/// @param startedMillis    when that process started: its number may be another's one day
/// @param bootstrapServers where its broker is
record FleetState(String fleet, long pid, long startedMillis, String bootstrapServers) {
    // The system counts a process's start from its boot, which moves when the clock is set.
    private static final long CLOCK_STEP_MAX_MILLIS = 2_000;

    private static final JsonMapper JSON = JsonMapper.shared();

    /// Of the process that calls it.
    static FleetState ofThisProcess(String fleet, String bootstrapServers) {
        var self = ProcessHandle.current();
        return new FleetState(fleet, self.pid(), started(self), bootstrapServers);
    }

    static Path file(Path folder, String fleet) {
        return folder.resolve(fleet + ".json");
    }

    /// The fleet's state, alive or not; empty when there is none.
    ///
    /// @throws Refusal when the file cannot be understood
    static Optional<FleetState> read(Path folder, String fleet) {
        var file = file(folder, fleet);
        try {
            var node = JSON.readTree(Files.readString(file));
            var state = new FleetState(
                    node.path("fleet").asString(""),
                    node.path("pid").asLong(0),
                    node.path("startedMillis").asLong(0),
                    node.path("bootstrapServers").asString(""));
            if (!state.fleet.equals(fleet) || state.pid < 1 || state.bootstrapServers.isEmpty()) {
                throw broken(file, "a field is missing or wrong");
            }
            return Optional.of(state);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException | JacksonException e) {
            throw broken(file, e.getMessage());
        }
    }

    private static Refusal broken(Path file, @Nullable String why) {
        return new Refusal(ExitCode.MACHINE, file + " cannot be read (" + why + "): delete it when no fleet is up");
    }

    /// The process, when it still runs.
    Optional<ProcessHandle> process() {
        return ProcessHandle.of(pid)
                .filter(process ->
                        process.isAlive() && Math.abs(started(process) - startedMillis) <= CLOCK_STEP_MAX_MILLIS);
    }

    /// Writes the file, whole or not at all.
    void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        ObjectNode node = JSON.createObjectNode()
                .put("fleet", fleet)
                .put("pid", pid)
                .put("startedMillis", startedMillis)
                .put("bootstrapServers", bootstrapServers);
        var part = folder.resolve("." + fleet + "." + ProcessHandle.current().pid() + ".part");
        try {
            Files.writeString(part, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(node) + "\n");
            Files.move(part, file(folder, fleet), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    void delete(Path folder) throws IOException {
        Files.deleteIfExists(file(folder, fleet));
    }

    private static long started(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }
}

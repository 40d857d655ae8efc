package millrace.cli;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import millrace.proto.ExitCode;
import millrace.proto.Refusal;

/// Starts `up` again as a process of its own that outlives this one and its terminal, and waits until its fleet
/// is ready.
final class Detached {
    private static final long LOOK_MILLIS = 50;
    private static final int TAIL_LINES = 10;

    // However the command line spells its wish to be detached (--detach=true, a file of arguments), the process that
    // was started by it does not start another one.
    private static final String MARK = "millrace.detached";

    private final Shell shell;
    private final Path folder;
    private final String fleet;
    private volatile boolean interrupted;

    Detached(Shell shell, Path folder, String fleet) {
        this.shell = shell;
        this.folder = folder;
        this.fleet = fleet;
    }

    /// Whether this process is the one that outlives the command.
    static boolean isThis() {
        return Boolean.getBoolean(MARK);
    }

    /// @param arguments of this process
    /// @throws Refusal when the fleet does not come up, with what its process said
    void start(List<String> arguments) throws InterruptedException, IOException {
        Files.createDirectories(folder);
        // Its own until the fleet is up: of two that start at once, the one that loses is not to lose its reason.
        var log = folder.resolve(fleet + "." + ProcessHandle.current().pid() + ".log");
        var process = new ProcessBuilder(command(arguments))
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try (var _ = new OnInterrupt(() -> abandon(process, log))) {
            if (isUp(process, log)) {
                return;
            }
        } catch (InterruptedException e) {
            abandon(process, log);
            throw e;
        }
        if (interrupted) {
            throw new InterruptedException();
        }
        var lines = Files.readAllLines(log);
        lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()).forEach(shell.err()::println);
        throw new Refusal(
                code(process.exitValue()),
                "fleet " + fleet + " did not come up; all it said is in " + renamed(log, fleet + ".failed.log"));
    }

    /// Waits.
    ///
    /// @return whether the fleet is ready, not whether its process has ended
    private boolean isUp(Process process, Path log) throws InterruptedException, IOException {
        while (!process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
            var state = FleetState.read(folder, fleet).filter(found -> found.pid() == process.pid());
            if (state.isPresent()) {
                Files.readAllLines(log).forEach(shell.out()::println);
                shell.out().println("it logs to     " + renamed(log, fleet + ".log"));
                return true;
            }
        }
        return false;
    }

    private Path renamed(Path log, String name) throws IOException {
        return Files.move(log, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }

    // The process has a session of its own, so an interrupt of this one does not reach it.
    private void abandon(Process process, Path log) {
        interrupted = true;
        shell.say("interrupted; fleet " + fleet + ", which was starting, is taken down");
        try {
            DownCommand.end(shell, process.toHandle());
            Files.deleteIfExists(log);
        } catch (IOException e) {
            shell.say("cannot delete " + log + ": " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static List<String> command(List<String> arguments) {
        var command = new ArrayList<String>();
        // A session of its own: neither Ctrl-C nor the end of the terminal reaches it.
        if (onPath("setsid")) {
            command.add("setsid");
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.add("-D" + MARK + "=true");
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(arguments);
        return command;
    }

    private static boolean onPath(String program) {
        for (var entry : System.getenv().getOrDefault("PATH", "").split(System.getProperty("path.separator"))) {
            if (Files.isExecutable(Path.of(entry, program))) {
                return true;
            }
        }
        return false;
    }

    private static ExitCode code(int status) {
        for (var code : ExitCode.values()) {
            if (code.number() == status) {
                return code;
            }
        }
        return ExitCode.MACHINE;
    }
}

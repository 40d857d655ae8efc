package millrace.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import millrace.proto.ExitCode;
import millrace.proto.Refusal;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Ends the fleet that `up` started, and waits until it is gone.
@Command(
        name = "down",
        description = "Ends the fleet that is up on this machine; its jobs and their outputs go with it.")
final class DownCommand implements Callable<Integer> {
    @Mixin
    Help help = new Help();

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Option(
            names = "--fleet",
            paramLabel = "NAME",
            description = "The fleet's name. Default: MILLRACE_FLEET, else millrace.")
    @Nullable
    String fleet;

    @Option(
            names = "--data",
            paramLabel = "FOLDER",
            description =
                    "Where its data folder is, if 'up' was told; needed only to clean up after one that was killed.")
    @Nullable
    Path data;

    private final Shell shell;

    DownCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
        var options = new ClusterOptions();
        options.fleet = fleet;
        var name = options.fleet(shell);
        var folder = Folders.state(shell);
        var found = FleetState.read(folder, name);
        if (found.isEmpty()) {
            throw new Refusal(
                    ExitCode.NOT_FOUND,
                    "fleet " + name
                            + (UpCommand.isStarting(folder, name)
                                    ? " is just starting: take it down when it is up, or interrupt what starts it"
                                    : " is not up on this machine"));
        }
        var state = found.get();
        var process = state.process();
        if (process.isPresent()) {
            end(shell, process.get());
            Files.deleteIfExists(folder.resolve(name + ".log"));
            shell.say("fleet " + name + " is down");
        } else {
            shell.say("fleet " + name + " was up no more: process " + state.pid() + " is gone; cleaned up after it");
        }
        state.delete(folder);
        // What it left behind if it could not clean up itself.
        DataFolder.sweep(data == null ? Folders.cache(shell) : data);
        return ExitCode.SUCCEEDED.number();
    }

    /// Ends a fleet's process, and kills it when it takes too long.
    static void end(Shell shell, ProcessHandle process) throws InterruptedException {
        process.destroy();
        try {
            process.onExit().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            shell.say("process " + process.pid() + " has not ended in " + Units.time(PATIENCE) + " and is killed");
            process.destroyForcibly();
            process.onExit().join();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }
}

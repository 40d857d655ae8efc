package millrace.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import millrace.proto.ExitCode;
import millrace.proto.Refusal;
import millrace.proto.Settings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Keeps a whole fleet running on this machine.
@Command(
        name = "up",
        description = "Starts a whole fleet on this machine: broker, producer, aggregator, workers. Ends with Ctrl-C or"
                + " 'millrace down'; other commands find it.")
final class UpCommand implements Callable<Integer> {
    @Mixin
    Help help = new Help();

    private static final String CONSOLE = "aggregator.console";
    private static final String CONSOLE_TOKEN = "aggregator.console-token";
    private static final int CONSOLE_PORT = 8080;

    static final Duration READY_WITHIN = Duration.ofMinutes(2);

    @Mixin
    EmbeddedOptions embedded = new EmbeddedOptions();

    @Option(
            names = "--fleet",
            paramLabel = "NAME",
            description = "The fleet's name. Default: MILLRACE_FLEET, else millrace.")
    @Nullable
    String fleet;

    @Option(names = "--port", paramLabel = "PORT", description = "Of the broker, on 127.0.0.1. Default: a free one.")
    @Nullable
    String port;

    @Option(
            names = {"-d", "--detach"},
            description = "Returns when the fleet is ready, and leaves it running.")
    boolean detach;

    @Option(names = "--verbose", description = "Shows what the processes log.")
    boolean verbose;

    @Spec
    @Nullable
    CommandSpec spec;

    private final Shell shell;

    UpCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
        var options = new ClusterOptions();
        options.fleet = fleet;
        var name = options.fleet(shell);
        var plan = withConsole(
                embedded.plan(shell, name, port == null ? 0 : (int) Numbers.whole("--port", port, 0, 65_535)));
        var folder = Folders.state(shell);
        refuseSecond(folder, name);
        if (detach && !Detached.isThis()) {
            var arguments = Objects.requireNonNull(spec)
                    .root()
                    .commandLine()
                    .getParseResult()
                    .originalArgs();
            new Detached(shell, folder, name).start(arguments);
            return ExitCode.SUCCEEDED.number();
        }
        return keepUp(plan, folder).number();
    }

    // Unless its settings say otherwise it has a console on this machine, with a token of its own.
    private static EmbeddedFleet.Plan withConsole(EmbeddedFleet.Plan plan) {
        var served = plan;
        if (!isSet(plan, CONSOLE)) {
            var port = EmbeddedBroker.isFree(CONSOLE_PORT) ? CONSOLE_PORT : EmbeddedBroker.freePort();
            served = served.with(CONSOLE, "127.0.0.1:" + port);
        }
        if (!isSet(plan, CONSOLE_TOKEN)) {
            var bytes = new byte[18];
            new SecureRandom().nextBytes(bytes);
            served = served.with(
                    CONSOLE_TOKEN, Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
        }
        return served;
    }

    private static boolean isSet(EmbeddedFleet.Plan plan, String key) {
        return plan.settings().containsKey(key) || plan.environment().containsKey(Settings.variable(key));
    }

    private ExitCode keepUp(EmbeddedFleet.Plan plan, Path folder) throws InterruptedException, IOException {
        Files.createDirectories(folder);
        // Held as long as the fleet is up: of two that start at once, one goes on.
        try (var lock =
                FileChannel.open(lock(folder, plan.fleet()), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            if (lock.tryLock() == null) {
                throw new Refusal(
                        ExitCode.MACHINE, "fleet " + plan.fleet() + " is just being started by another process");
            }
            try (var view = new ProgressView(shell, false, System.nanoTime());
                    var start = new EmbeddedStart(shell, view, () -> forget(folder, plan.fleet()))) {
                view.show("starting fleet " + plan.fleet() + " ...");
                var running = start.start(plan);
                running.awaitReady(READY_WITHIN);
                view.clear();
                FleetState.ofThisProcess(plan.fleet(), running.cluster().bootstrapServers())
                        .write(folder);
                tell(running);
                throw running.trouble().get();
            } catch (ExecutionException e) {
                throw new IllegalStateException(e);
            } finally {
                forget(folder, plan.fleet());
            }
        }
    }

    private static Path lock(Path folder, String fleet) {
        return folder.resolve(fleet + ".lock");
    }

    /// Whether a process is about to bring the fleet up, or has.
    static boolean isStarting(Path folder, String fleet) throws IOException {
        try (var channel = FileChannel.open(lock(folder, fleet), StandardOpenOption.WRITE);
                var free = channel.tryLock()) {
            return free == null;
        } catch (NoSuchFileException e) {
            return false;
        } catch (OverlappingFileLockException e) { // it is this process
            return true;
        }
    }

    private void forget(Path folder, String name) {
        try {
            Files.deleteIfExists(FleetState.file(folder, name));
            Files.deleteIfExists(lock(folder, name));
        } catch (IOException e) {
            shell.say("cannot delete " + FleetState.file(folder, name) + ": " + e.getMessage());
        }
    }

    private static void refuseSecond(Path folder, String name) {
        FleetState.read(folder, name)
                .filter(state -> state.process().isPresent())
                .ifPresent(state -> {
                    throw new Refusal(
                            ExitCode.MACHINE,
                            "fleet %s is up already (process %d, broker at %s): end it with 'millrace down%s', or give another --fleet"
                                    .formatted(name, state.pid(), state.bootstrapServers(), ClusterOptions.flag(name)));
                });
    }

    private void tell(EmbeddedFleet running) {
        var plan = running.plan();
        var named = ClusterOptions.flag(plan.fleet());
        var out = shell.out();
        out.println("fleet " + plan.fleet() + " is up");
        out.println("  broker       " + running.cluster().bootstrapServers() + ", data in " + running.dataFolder());
        out.println("  producer     in this process, " + ProcessHandle.current().pid());
        out.println("  aggregator   in this process");
        out.println("  workers      " + plan.workers() + " with " + plan.coresOfWorker() + " of "
                + Runtime.getRuntime().availableProcessors() + " cores each: "
                + running.workers().stream()
                        .map(worker -> Long.toString(worker.pid()))
                        .collect(Collectors.joining(", ")));
        var console = plan.settings().getOrDefault(CONSOLE, "");
        var token = plan.settings().getOrDefault(CONSOLE_TOKEN, "");
        if (!console.isBlank()) {
            out.println("  console      http://" + console + "/" + (token.isEmpty() ? "" : "#token=" + token));
        }
        out.println("compute with   millrace run KERNEL" + named);
        out.println("end it with    millrace down" + named + (detach ? "" : ", or Ctrl-C"));
        out.flush();
    }
}

package millrace.tests.chaos;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import millrace.proto.ExitCode;
import millrace.tests.Child;
import millrace.tests.RoleMain;

/// The processes of a fleet and its broker, what they say in one file, and how those ended that nobody killed. One
/// thread at a time.
final class Processes implements AutoCloseable {
    static final String FLEET = "chaos";

    private static final Duration LEAVE = Duration.ofSeconds(40); // longer than a freeze
    private static final int ENDED_BY_TERM = 143; // before there was anything to close

    private static final Pattern WORRY = Pattern.compile(" (WARN|ERROR) |Exception|Caused by|^\\S+ ended ");
    private static final int WORRIES_MAX = 12;

    private static final List<String> JAVA = List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseCompactObjectHeaders",
            "-XX:-UsePerfData",
            "-Xshare:auto",
            "--sun-misc-unsafe-memory-access=allow",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"));

    /// The process that fills a post.
    ///
    /// @param name  the post's and a number
    /// @param patience until when it has to leave, by `System.nanoTime()`, when it was asked to
    private record Filled(String name, Child child, OptionalLong patience) {}

    private final Path folder;
    private final BufferedWriter log;
    private final int port = freePort();
    private final int internalPort = freePort();
    private final int controllerPort = freePort();
    private final Proxy proxy;
    private final Map<Post, Filled> posts =
            new TreeMap<>(Comparator.comparing(Post::kind).thenComparingInt(Post::number));
    private final List<String> unexpected = new ArrayList<>();
    private Child broker;
    private int gaveUp;
    private int starts;
    private int brokerStarts;

    Processes(Path folder, Path log, long seed) throws IOException, InterruptedException {
        this.folder = folder;
        this.log = Files.newBufferedWriter(log);
        proxy = new Proxy(port, seed);
        broker = broker();
        awaitBroker();
    }

    private static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Proxy proxy() {
        return proxy;
    }

    /// Where everybody finds the broker.
    String bootstrapServers() {
        return "127.0.0.1:" + proxy.port();
    }

    /// Where nothing is in between.
    String internalServers() {
        return "127.0.0.1:" + internalPort;
    }

    /// Adds a line to what the processes say.
    synchronized void say(String line) {
        try {
            log.write(Instant.now() + " " + line);
            log.newLine();
            log.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Child broker() {
        var command = command("-Xmx512m");
        command.add(BrokerMain.class.getName());
        command.add(folder.toString());
        for (var number : List.of(port, internalPort, controllerPort, proxy.port())) {
            command.add(Integer.toString(number));
        }
        return new Child("broker." + ++brokerStarts, command, false, this::say);
    }

    /// Waits until the broker takes requests.
    void awaitBroker() throws InterruptedException {
        var until = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!broker.said("takes requests")) {
            if (!broker.isAlive() || System.nanoTime() > until) {
                throw new AssertionError("the broker does not take requests:\n" + broker.log());
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    void killBroker() {
        broker.close();
    }

    void startBroker() {
        broker = broker();
    }

    void freezeBroker() throws IOException, InterruptedException {
        broker.freeze();
    }

    void thawBroker() throws IOException, InterruptedException {
        broker.thaw();
    }

    private static List<String> command(String heap) {
        var command = new ArrayList<>(JAVA);
        command.add(1, heap);
        return command;
    }

    /// Fills a post.
    void start(Post post) {
        var name = post + "." + ++starts;
        var command = command("-Xmx160m");
        switch (post.kind()) {
            case WORKER ->
                command.addAll(List.of(
                        "millrace.worker.Main",
                        "--bootstrap-server",
                        bootstrapServers(),
                        "--fleet",
                        FLEET,
                        "--set",
                        "worker.cores=1",
                        "--set",
                        "worker.lane-records=8", // much to lose
                        "--exit-with-parent"));
            case PRODUCER ->
                command.addAll(List.of(
                        RoleMain.class.getName(),
                        "producer",
                        bootstrapServers(),
                        FLEET,
                        "producer.job-partitions=2",
                        "producer.task-partitions=2"));
            case AGGREGATOR ->
                command.addAll(List.of(
                        RoleMain.class.getName(), "aggregator", bootstrapServers(), FLEET, "aggregator.id=" + name));
        }
        posts.put(post, new Filled(name, new Child(name, command, false, this::say), OptionalLong.empty()));
    }

    private Filled at(Post post) {
        var filled = posts.get(post);
        if (filled == null) {
            throw new IllegalStateException(post + " was never filled");
        }
        return filled;
    }

    String name(Post post) {
        return at(post).name();
    }

    /// Whether its process lives, frozen or not.
    boolean isAlive(Post post) {
        return at(post).child().isAlive();
    }

    /// Ends a process that lives at once.
    void kill(Post post) {
        at(post).child().close();
        posts.remove(post);
    }

    void terminate(Post post) {
        var filled = at(post);
        posts.put(
                post, new Filled(filled.name(), filled.child(), OptionalLong.of(System.nanoTime() + LEAVE.toNanos())));
        filled.child().terminate();
    }

    void freeze(Post post) throws IOException, InterruptedException {
        at(post).child().freeze();
    }

    void thaw(Post post) throws IOException, InterruptedException {
        at(post).child().thaw();
    }

    /// Fills the posts whose processes have ended without being killed, as a supervisor does.
    void replaceEnded() throws InterruptedException {
        for (var post : List.copyOf(posts.keySet())) {
            var filled = at(post);
            var asked = filled.patience().isPresent();
            if (filled.child().isAlive()) {
                if (asked && System.nanoTime() > filled.patience().getAsLong()) {
                    unexpected(filled.name() + " has not left in " + LEAVE.toSeconds() + " s");
                    kill(post);
                    start(post);
                }
                continue;
            }
            var status = filled.child().status();
            if (status == ExitCode.KAFKA.number()) {
                gaveUp++; // as it says it does when no broker is there for half a minute
            } else if (!asked || (status != 0 && status != ENDED_BY_TERM)) {
                unexpected(filled.name() + " ended with status " + status + (asked ? " when asked to leave" : ""));
            }
            start(post);
        }
    }

    private void unexpected(String what) {
        unexpected.add(what);
        say("!! " + what);
    }

    /// What ended otherwise than by a fault, or not as asked.
    List<String> unexpected() {
        return List.copyOf(unexpected);
    }

    /// How often one found no broker for so long that it left it to its supervisor to start it again.
    int gaveUp() {
        return gaveUp;
    }

    /// What worried those that live last; everything that was said stands in the log.
    String lastWords() {
        return Stream.concat(Stream.of(broker), posts.values().stream().map(Filled::child))
                .flatMap(Processes::worries)
                .collect(Collectors.joining("\n"));
    }

    private static Stream<String> worries(Child child) {
        var worries =
                child.log().lines().filter(line -> WORRY.matcher(line).find()).toList();
        return worries.subList(Math.max(0, worries.size() - WORRIES_MAX), worries.size()).stream();
    }

    @Override
    public void close() throws IOException {
        posts.values().forEach(one -> one.child().close());
        broker.close();
        proxy.close();
        log.close();
    }
}

package millrace.worker;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import millrace.proto.BadInput;
import millrace.proto.Cluster;
import millrace.proto.ExitCode;
import millrace.proto.Refusal;
import millrace.proto.Settings;

/// A worker process: what containers run, and what a fleet on one machine starts for its cores.
///
/// Its command line is read by hand, because each start of a worker would pay for more.
public final class Main {
    private static final String USAGE = """
            usage: millrace.worker.Main [--bootstrap-server HOST:PORT] [--fleet NAME] [--command-config FILE]
                   [--command-property KEY=VALUE]... [--set worker.KEY=VALUE]... [--exit-with-parent]""";

    private Main() {}

    public static void main(String[] args) {
        beginManagement();
        System.setProperty(
                "logback.configurationFile",
                System.getProperty("logback.configurationFile", "millrace/worker/logback.xml"));
        System.exit(run(args).number());
    }

    // Kafka's first client asks for the platform's MBean server, and to make that takes a tenth of a start. So it is
    // made beside what comes before the first client.
    private static void beginManagement() {
        var thread = new Thread(ManagementFactory::getPlatformMBeanServer, "management");
        thread.setDaemon(true);
        thread.start();
    }

    private static ExitCode run(String[] args) {
        try {
            var line = Line.read(args, System.getenv());
            var role = new WorkerRole();
            var settings = Settings.resolve(role.settings(), line.settings(), System.getenv(), Map.of());
            var running = role.start(line.cluster(), settings);
            Runtime.getRuntime()
                    .addShutdownHook(new Thread(
                            () -> {
                                running.close();
                                try {
                                    // A process that was asked to stop and did has succeeded; the JVM would say
                                    // 143.
                                    Runtime.getRuntime().halt(running.await().number());
                                } catch (InterruptedException e) {
                                    Thread.currentThread().interrupt();
                                }
                            },
                            "drain"));
            if (line.exitsWithParent()) {
                leaveWithParent(System.in);
            }
            return running.await();
        } catch (BadInput e) {
            e.problems().forEach(problem -> System.err.println("millrace worker: " + problem));
            return ExitCode.USAGE;
        } catch (Refusal e) {
            System.err.println("millrace worker: " + e.getMessage());
            return e.code();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ExitCode.INTERRUPTED;
        }
    }

    // The end of the pipe is the parent's end, however it ended; the broker that it ran is gone too, so there is
    // nothing
    // to drain to.
    private static void leaveWithParent(InputStream fromParent) {
        var thread = new Thread(
                () -> {
                    try {
                        while (fromParent.read() >= 0) {
                            // a parent has nothing to say
                        }
                    } catch (IOException e) {
                        // as good as its end
                    }
                    Runtime.getRuntime().halt(ExitCode.INTERRUPTED.number());
                },
                "parent");
        thread.setDaemon(true);
        thread.start();
    }

    /// The command line, read.
    ///
    /// @param settings of the role, by key
    record Line(Cluster cluster, Map<String, String> settings, boolean exitsWithParent) {
        static Line read(String[] args, Map<String, String> environment) {
            var problems = new ArrayList<String>();
            var servers = environment.getOrDefault("MILLRACE_BOOTSTRAP_SERVERS", "");
            var fleet = environment.getOrDefault("MILLRACE_FLEET", "millrace");
            var properties = new TreeMap<String, String>();
            var given = new TreeMap<String, String>();
            var settings = new TreeMap<String, String>();
            var exitsWithParent = false;
            var rest = new ArrayDeque<>(List.of(args));
            while (!rest.isEmpty()) {
                var option = rest.remove();
                if (option.equals("--exit-with-parent")) {
                    exitsWithParent = true;
                    continue;
                }
                var value = rest.poll();
                if (value == null) {
                    problems.add("'" + option + "' is unknown or lacks its value\n" + USAGE);
                    break;
                }
                switch (option) {
                    case "--bootstrap-server" -> servers = value;
                    case "--fleet" -> fleet = value;
                    case "--command-config" -> load(value, properties, problems);
                    case "--command-property" -> put(option, value, given, problems);
                    case "--set" -> put(option, value, settings, problems);
                    default -> problems.add("option '" + option + "' is unknown\n" + USAGE);
                }
            }
            properties.putAll(given);
            if (!servers.isBlank()) {
                properties.put("bootstrap.servers", servers);
            }
            try {
                if (problems.isEmpty()) {
                    return new Line(new Cluster(fleet, properties), settings, exitsWithParent);
                }
            } catch (IllegalArgumentException e) {
                problems.add(String.valueOf(e.getMessage()));
            }
            throw new BadInput(problems);
        }

        private static void put(String option, String text, Map<String, String> into, List<String> problems) {
            var at = text.indexOf('=');
            if (at < 1) {
                problems.add(option + " is '" + text + "', allowed: key=value");
            } else {
                into.put(text.substring(0, at).strip(), text.substring(at + 1).strip());
            }
        }

        private static void load(String file, Map<String, String> into, List<String> problems) {
            var properties = new Properties();
            try (Reader reader = Files.newBufferedReader(Path.of(file))) {
                properties.load(reader);
                properties.stringPropertyNames().forEach(key -> into.put(key, properties.getProperty(key)));
            } catch (IOException | IllegalArgumentException e) {
                problems.add("--command-config " + file + " cannot be read: " + e.getMessage());
            }
        }
    }
}

package millrace.tests;

import java.io.IOException;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import millrace.proto.Cluster;
import millrace.proto.ExitCode;
import millrace.proto.Refusal;
import millrace.proto.Role;
import millrace.proto.Settings;

/// A process that plays one role until it is killed or its standard input ends: `ROLE BOOTSTRAP FLEET [KEY=VALUE]...`.
public final class RoleMain {
    private RoleMain() {}

    public static void main(String[] args) throws InterruptedException {
        System.setProperty("logback.configurationFile", "millrace/worker/logback.xml");
        Thread.ofPlatform().daemon().start(RoleMain::leaveWithParent);
        var flags = Stream.of(args)
                .skip(3)
                .map(flag -> flag.split("=", 2))
                .collect(Collectors.toMap(flag -> flag[0], flag -> flag[1]));
        System.exit(play(args[0], Cluster.at(args[1], args[2]), flags).number());
    }

    private static ExitCode play(String name, Cluster cluster, Map<String, String> flags) throws InterruptedException {
        try {
            var running = start(name, cluster, flags);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> leave(running), "leave"));
            return running.await();
        } catch (Refusal e) {
            System.err.println(e.getMessage());
            return e.code();
        }
    }

    // As the command line's roles do when they are asked to stop.
    private static void leave(Role.Running running) {
        running.close();
        try {
            Runtime.getRuntime().halt(running.await().number());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static Role.Running start(String name, Cluster cluster, Map<String, String> flags) {
        var role = ServiceLoader.load(Role.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow();
        return role.start(cluster, Settings.resolve(role.settings(), flags, Map.of(), Map.of()));
    }

    private static void leaveWithParent() {
        try {
            while (System.in.read() >= 0) {
                // a parent has nothing to say
            }
        } catch (IOException e) {
            // as good as its end
        }
        Runtime.getRuntime().halt(1);
    }
}

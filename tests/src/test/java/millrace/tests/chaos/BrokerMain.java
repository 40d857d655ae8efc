package millrace.tests.chaos;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import millrace.cli.EmbeddedBroker;

/// A broker's process, which lives until it is killed or its standard input ends:
/// `FOLDER PORT INTERNAL_PORT CONTROLLER_PORT ADVERTISED_PORT`.
///
/// Clients are told to come through the advertised port. What the broker has to say to itself, such as the markers of
/// transactions, goes by the internal one.
final class BrokerMain {
    private BrokerMain() {}

    static Map<String, String> settings(int port, int internalPort, int controllerPort, int advertisedPort) {
        var controller = "127.0.0.1:" + controllerPort;
        var internal = "INTERNAL://127.0.0.1:" + internalPort;
        return Map.of(
                "listeners",
                "PLAINTEXT://127.0.0.1:" + port + "," + internal + ",CONTROLLER://" + controller,
                "advertised.listeners",
                "PLAINTEXT://127.0.0.1:" + advertisedPort + "," + internal,
                "listener.security.protocol.map",
                "PLAINTEXT:PLAINTEXT,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT",
                "inter.broker.listener.name",
                "INTERNAL",
                "controller.quorum.voters",
                "1@" + controller);
    }

    public static void main(String[] args) throws IOException, InterruptedException, ExecutionException {
        System.setProperty("logback.configurationFile", "millrace/worker/logback.xml");
        var port = Integer.parseInt(args[1]);
        var settings = settings(port, Integer.parseInt(args[2]), Integer.parseInt(args[3]), Integer.parseInt(args[4]));
        Thread.ofPlatform().daemon().start(BrokerMain::leaveWithParent);
        var broker = EmbeddedBroker.start(Path.of(args[0]), port, settings);
        System.out.println("takes requests");
        System.out.println("gives up: " + broker.death().get());
        Runtime.getRuntime().halt(1);
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

package millrace.tests;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// A broker whose clients have names, and only the rights that were given to these.
final class NamedUsers {
    private static final String MODULE = "org.apache.kafka.common.security.plain.PlainLoginModule required";

    private NamedUsers() {}

    static List<Integer> freePorts(int count) throws IOException {
        var sockets = new ArrayList<ServerSocket>();
        for (var port = 0; port < count; port++) {
            sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
        }
        for (var socket : sockets) {
            socket.close();
        }
        return sockets.stream().map(ServerSocket::getLocalPort).toList();
    }

    /// The broker's settings. It talks to itself without a name, which may do all; clients come through a listener with
    /// names.
    ///
    /// @param ports of clients with a name, of those without, and of the controller
    static Map<String, String> broker(List<Integer> ports, String... users) {
        var listeners = "CLIENTS://127.0.0.1:%d,PLAINTEXT://127.0.0.1:%d".formatted(ports.get(0), ports.get(1));
        return Map.of(
                "listeners",
                listeners + ",CONTROLLER://127.0.0.1:" + ports.get(2),
                "advertised.listeners",
                listeners,
                "listener.security.protocol.map",
                "CLIENTS:SASL_PLAINTEXT,PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
                "controller.quorum.voters",
                "1@127.0.0.1:" + ports.get(2),
                "sasl.enabled.mechanisms",
                "PLAIN",
                "listener.name.clients.plain.sasl.jaas.config",
                Arrays.stream(users)
                        .map(user -> " user_" + user + "=\"secret\"")
                        .collect(Collectors.joining("", MODULE, ";")),
                "authorizer.class.name",
                "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                "super.users",
                "User:ANONYMOUS");
    }

    /// The properties of a client of this name.
    static Map<String, String> client(String user) {
        return Map.of(
                "security.protocol",
                "SASL_PLAINTEXT",
                "sasl.mechanism",
                "PLAIN",
                "sasl.jaas.config",
                MODULE + " username=\"" + user + "\" password=\"secret\";");
    }
}

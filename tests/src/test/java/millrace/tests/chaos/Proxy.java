package millrace.tests.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/// The wire between the broker and everybody else. It can be slow, stand still in both directions or for answers only,
/// and break. Any thread may call the methods.
final class Proxy implements AutoCloseable {
    /// What stands still.
    enum Held {
        NOTHING,
        /// What the broker says: what was asked for is done, and nobody hears of it.
        ANSWERS,
        EVERYTHING
    }

    private static final int BUFFER = 65_536;

    private final ServerSocket server;
    private final int brokerPort;
    private final SplittableRandom random;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final AtomicLong cuts = new AtomicLong();
    private volatile long delayNanos;
    // What becomes of new links, by chance, so that nobody escapes by a new one.
    private volatile Held held = Held.NOTHING;
    private volatile double share;

    /// One connection of a client, and its own to the broker.
    private final class Link {
        private final Socket client;
        private final Socket broker;
        private volatile Held stopped = Held.NOTHING;

        Link(Socket client, Socket broker) {
            this.client = client;
            this.broker = broker;
        }

        void open() {
            links.add(this);
            Thread.ofVirtual().start(() -> pump(client, broker, false));
            Thread.ofVirtual().start(() -> pump(broker, client, true));
        }

        private void pump(Socket from, Socket to, boolean answers) {
            var buffer = new byte[BUFFER];
            try {
                var in = from.getInputStream();
                var out = to.getOutputStream();
                for (var read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    pass(answers);
                    out.write(buffer, 0, read);
                }
            } catch (IOException e) {
                // either end is gone, or the link was cut
            } finally {
                close();
            }
        }

        private void pass(boolean answers) throws IOException {
            LockSupport.parkNanos(delayNanos);
            while (stopped == Held.EVERYTHING || (answers && stopped == Held.ANSWERS)) {
                LockSupport.parkNanos(10_000_000);
                if (client.isClosed()) {
                    throw new IOException("cut");
                }
            }
        }

        void close() {
            links.remove(this);
            shut(client);
            shut(broker);
        }
    }

    /// @param brokerPort where the broker is, if it is there
    Proxy(int brokerPort, long seed) throws IOException {
        this.brokerPort = brokerPort;
        random = new SplittableRandom(seed);
        server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().name("proxy").daemon().start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                var client = server.accept();
                Thread.ofVirtual().start(() -> connect(client));
            } catch (IOException e) {
                if (!server.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private void connect(Socket client) {
        try {
            var broker = new Socket(InetAddress.getLoopbackAddress(), brokerPort);
            client.setTcpNoDelay(true);
            broker.setTcpNoDelay(true);
            var link = new Link(client, broker);
            if (chosen(share)) {
                link.stopped = held;
            }
            link.open();
        } catch (IOException e) {
            shut(client); // nobody is there
        }
    }

    private boolean chosen(double ofAll) {
        synchronized (random) {
            return random.nextDouble() < ofAll;
        }
    }

    /// Makes everything that is said come later by so long.
    void delay(long millis) {
        delayNanos = 1_000_000 * millis;
    }

    /// Lets a share of the links, new ones too, stand still.
    void hold(Held what, double ofAll) {
        held = what;
        share = ofAll;
        links.stream().filter(_ -> chosen(ofAll)).forEach(link -> link.stopped = what);
    }

    /// Lets everything go on.
    void release() {
        held = Held.NOTHING;
        share = 0;
        links.forEach(link -> link.stopped = Held.NOTHING);
    }

    /// Breaks the links that stand still; what they had to say is lost.
    void cutHeld() {
        links.stream().filter(link -> link.stopped != Held.NOTHING).forEach(this::cut);
        release();
    }

    /// Breaks a share of the links.
    void cut(double ofAll) {
        links.stream().filter(_ -> chosen(ofAll)).forEach(this::cut);
    }

    private void cut(Link link) {
        cuts.incrementAndGet();
        link.close();
    }

    /// The number of links broken.
    long cuts() {
        return cuts.get();
    }

    private static void shut(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // as good as closed
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        links.forEach(Link::close);
    }
}

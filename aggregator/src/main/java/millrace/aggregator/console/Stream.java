package millrace.aggregator.console;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.javalin.http.Context;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/// Sends a page's data to one browser whenever it has changed, looked at four times a second, and a pulse every
/// second that says how old the data is. A browser that is slow gets fewer, never older ones: nothing is queued.
///
/// Each browser keeps the virtual thread of its request until it leaves. An asynchronous answer would outlive its
/// request when the server stops, and the server's library then handles its own exception for ever.
final class Stream {
    private static final int BROWSERS_MAX = 100;
    private static final long LOOK_MILLIS = 250;
    private static final int LOOKS_PER_PULSE = 4;
    private static final long STOP_SECONDS = 2;

    private final Semaphore room = new Semaphore(BROWSERS_MAX);
    private final FleetTail tail;
    private volatile boolean stopped;

    Stream(FleetTail tail) {
        this.tail = tail;
    }

    /// Ends the streams, and waits until they have ended: two seconds at most, for a browser that does not read may
    /// hold one for longer.
    void stop() {
        stopped = true;
        try {
            if (room.tryAcquire(BROWSERS_MAX, STOP_SECONDS, TimeUnit.SECONDS)) {
                room.release(BROWSERS_MAX);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Serves the browser until it leaves or the console stops.
    void serve(Context request, Supplier<ObjectNode> page) throws IOException {
        request.contentType("text/event-stream;charset=utf-8").header("X-Accel-Buffering", "no");
        var browser = request.res().getOutputStream();
        if (!room.tryAcquire()) {
            send(browser, "refused", "this console serves " + BROWSERS_MAX + " pages at once, and has them");
            return;
        }
        try {
            follow(browser, page);
        } catch (IOException e) {
            // The browser has left.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            room.release();
        }
    }

    private void follow(OutputStream browser, Supplier<ObjectNode> page) throws IOException, InterruptedException {
        var sent = new byte[0];
        var version = -1L;
        for (var look = 0; !stopped; look++) {
            var now = tail.look(FleetView::version);
            if (now != version) {
                version = now;
                var bytes = Json.bytes(page.get());
                if (!Arrays.equals(bytes, sent)) {
                    sent = bytes;
                    send(browser, "page", new String(bytes, UTF_8));
                }
            }
            if (look % LOOKS_PER_PULSE == 0) {
                send(browser, "pulse", "{\"age\":" + tail.ageMillis() + "}");
            }
            Thread.sleep(LOOK_MILLIS);
        }
    }

    /// @param data of one line
    private static void send(OutputStream browser, String event, String data) throws IOException {
        browser.write(("event: " + event + "\ndata: " + data + "\n\n").getBytes(UTF_8));
        browser.flush();
    }
}

package millrace.aggregator.console;

import io.javalin.http.sse.SseClient;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/// Sends a page's data to one browser whenever it has changed, looked at four times a second, and a pulse every
/// second that says how old the data is. A browser that is slow gets fewer, never older ones: nothing is queued.
final class Stream {
    private static final int BROWSERS_MAX = 100;
    private static final long LOOK_MILLIS = 250;
    private static final int LOOKS_PER_PULSE = 4;

    private final Semaphore room = new Semaphore(BROWSERS_MAX);
    private final FleetTail tail;
    private volatile boolean stopped;

    Stream(FleetTail tail) {
        this.tail = tail;
    }

    void stop() {
        stopped = true;
    }

    /// Serves the browser in a thread of its own until it leaves.
    void serve(SseClient browser, Supplier<ObjectNode> page) {
        if (!room.tryAcquire()) {
            browser.sendEvent("refused", "this console serves " + BROWSERS_MAX + " pages at once, and has them");
            browser.close();
            return;
        }
        browser.keepAlive();
        Thread.ofVirtual().name("console-stream").start(() -> {
            try {
                send(browser, page);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                room.release();
                browser.close();
            }
        });
    }

    private void send(SseClient browser, Supplier<ObjectNode> page) throws InterruptedException {
        var sent = new byte[0];
        var version = -1L;
        for (var look = 0; !stopped && !browser.terminated(); look++) {
            var now = tail.look(FleetView::version);
            if (now != version) {
                version = now;
                var bytes = Json.bytes(page.get());
                if (!Arrays.equals(bytes, sent)) {
                    sent = bytes;
                    browser.sendEvent("page", new String(bytes, java.nio.charset.StandardCharsets.UTF_8));
                }
            }
            if (look % LOOKS_PER_PULSE == 0) {
                browser.sendEvent("pulse", "{\"age\":" + tail.ageMillis() + "}");
            }
            Thread.sleep(LOOK_MILLIS);
        }
    }
}

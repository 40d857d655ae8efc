package millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ShelfTest {
    private final AtomicLong now = new AtomicLong();
    private final AtomicBoolean memoryIsShort = new AtomicBoolean();
    private final Shelf shelf = new Shelf(now::get, memoryIsShort::get);

    private static final class Model implements AutoCloseable {
        boolean closed;

        @Override
        public void close() {
            closed = true;
        }
    }

    @Test
    void manyThreadsShareOneValue() throws Exception {
        var made = new AtomicInteger();
        var asking = new CountDownLatch(4);
        Callable<Model> ask = () -> {
            asking.countDown();
            return shelf.get(
                    "model",
                    () -> {
                        asking.await();
                        made.incrementAndGet();
                        return new Model();
                    },
                    Cancelled::never);
        };
        try (var threads = Executors.newFixedThreadPool(4)) {
            var answers = threads.invokeAll(Collections.nCopies(4, ask));
            var first = answers.getFirst().get();
            for (var answer : answers) {
                assertThat(answer.get()).isSameAs(first);
            }
        }
        assertThat(made).hasValue(1);
    }

    @Test
    void unusedValueIsDroppedAndClosedAfterAWhile() throws Exception {
        var model = shelf.get("model", Model::new, Cancelled::never);
        now.addAndGet(2 * Shelf.IDLE.toNanos());
        shelf.sweep();
        assertThat(model.closed).as("a task uses it").isFalse();
        shelf.release("model");
        now.addAndGet(Shelf.IDLE.toNanos() - 1);
        shelf.sweep();
        assertThat(shelf.get("model", Model::new, Cancelled::never)).isSameAs(model);
        shelf.release("model");
        now.addAndGet(Shelf.IDLE.toNanos());
        shelf.sweep();
        assertThat(model.closed).isTrue();
        assertThat(shelf.size()).isZero();
    }

    @Test
    void unusedValuesGoAtOnceWhenMemoryIsShort() throws Exception {
        var used = shelf.get("used", Model::new, Cancelled::never);
        var unused = shelf.get("unused", Model::new, Cancelled::never);
        memoryIsShort.set(true);
        shelf.release("unused");
        assertThat(unused.closed).isTrue();
        assertThat(used.closed).isFalse();
    }

    @Test
    void fewUnusedValuesStay() throws Exception {
        for (var i = 0; i < 3 * Shelf.IDLE_MAX; i++) {
            shelf.get("model " + i, Model::new, Cancelled::never);
            shelf.release("model " + i);
        }
        assertThat(shelf.size()).isEqualTo(Shelf.IDLE_MAX);
    }

    @Test
    void failedMakerIsAskedAgain() throws Exception {
        assertThatThrownBy(() -> shelf.get(
                        "model",
                        () -> {
                            throw new IOException("no model");
                        },
                        Cancelled::never))
                .isInstanceOf(IOException.class)
                .hasMessage("no model");
        assertThat(shelf.size()).isZero();
        assertThat(shelf.get("model", Model::new, Cancelled::never).closed).isFalse();
    }
}

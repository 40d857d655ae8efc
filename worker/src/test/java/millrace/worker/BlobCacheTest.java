package millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import millrace.proto.Blob;
import millrace.proto.BlobMissing;
import millrace.proto.CancelledException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlobCacheTest {
    @TempDir
    Path folder;

    private final Map<Blob, byte[]> fleet = new HashMap<>();
    private final List<Blob> fetched = new ArrayList<>();

    private Blob put(String text) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        var blob = Blob.of(bytes);
        fleet.put(blob, bytes);
        return blob;
    }

    private BlobCache cache(long bytesMax) {
        return new BlobCache(folder, bytesMax, (blob, into, _) -> {
            synchronized (fetched) {
                fetched.add(blob);
            }
            var bytes = fleet.get(blob);
            if (bytes == null) {
                throw new BlobMissing(blob, "nobody put it");
            }
            Files.write(into, bytes);
        });
    }

    private static String text(BlobCache.Got got) {
        return new String(got.segment().toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    }

    private List<Path> files() throws IOException {
        try (var files = Files.list(folder)) {
            return files.toList();
        }
    }

    @Test
    void blobIsFetchedOnceAndCannotBeWritten() throws Exception {
        var blob = put("stone");
        var cache = cache(100);
        var first = cache.get(blob, Cancelled::never);
        var second = cache.get(blob, Cancelled::never);
        assertThat(text(first)).isEqualTo("stone");
        assertThat(second.segment()).isSameAs(first.segment());
        assertThat(first.fetchedBytes()).isEqualTo(5);
        assertThat(second.fetchedBytes()).isZero();
        assertThat(fetched).containsExactly(blob);
        assertThat(first.segment().isReadOnly()).isTrue();
    }

    @Test
    void manyThreadsShareOneFetch() throws Exception {
        var blob = put("flour");
        var asking = new CountDownLatch(8);
        var cache = new BlobCache(folder, 100, (_, into, _) -> {
            try {
                asking.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            synchronized (fetched) {
                fetched.add(blob);
            }
            Files.writeString(into, "flour");
        });
        try (var threads = Executors.newFixedThreadPool(8)) {
            Callable<String> ask = () -> {
                asking.countDown();
                return text(cache.get(blob, Cancelled::never));
            };
            for (var answer : threads.invokeAll(java.util.Collections.nCopies(8, ask))) {
                assertThat(answer.get()).isEqualTo("flour");
            }
        }
        assertThat(fetched).hasSize(1);
    }

    @Test
    void longestUnusedGoesFirstAndWhatIsUsedStays() throws Exception {
        var used = put("aaaa");
        var old = put("bbbb");
        var young = put("cccc");
        var cache = cache(12);
        cache.get(used, Cancelled::never);
        for (var blob : List.of(old, young)) {
            cache.get(blob, Cancelled::never);
            cache.release(blob);
        }
        cache.get(put("dddd"), Cancelled::never);
        assertThat(cache.bytes()).isEqualTo(12);
        assertThat(files()).hasSize(3);
        fetched.clear();
        cache.get(used, Cancelled::never);
        cache.get(young, Cancelled::never);
        assertThat(fetched).isEmpty();
    }

    @Test
    void mappingOutlivesItsFile() throws Exception {
        var blob = put("aaaa");
        var cache = cache(4);
        var got = cache.get(blob, Cancelled::never);
        cache.release(blob);
        cache.get(put("bbbb"), Cancelled::never);
        assertThat(files()).hasSize(1);
        assertThat(text(got)).isEqualTo("aaaa");
    }

    @Test
    void withoutRoomTheMessageTellsTheBlobAndTheCap() throws Exception {
        var cache = cache(6);
        cache.get(put("aaaa"), Cancelled::never);
        var blob = put("bbbb");
        assertThatThrownBy(() -> cache.get(blob, Cancelled::never))
                .isInstanceOf(BlobMissing.class)
                .hasMessageContaining(blob.hex())
                .hasMessageContaining("4 of the 6 bytes that worker.blob-cache-bytes allows");
    }

    @Test
    void whatFailedOnceIsTriedAgain() throws Exception {
        var blob = Blob.of("late".getBytes(StandardCharsets.UTF_8));
        var cache = cache(100);
        assertThatThrownBy(() -> cache.get(blob, Cancelled::never))
                .isInstanceOf(BlobMissing.class)
                .hasMessageContaining(blob.hex());
        assertThat(cache.bytes()).isZero();
        put("late");
        assertThat(text(cache.get(blob, Cancelled::never))).isEqualTo("late");
    }

    @Test
    void shortFileIsNoBlob() throws Exception {
        var blob = put("whole");
        fleet.put(blob, new byte[3]);
        assertThatThrownBy(() -> cache(100).get(blob, Cancelled::never))
                .isInstanceOf(BlobMissing.class)
                .hasMessageContaining("its file has 3 bytes");
        assertThat(files()).isEmpty();
    }

    @Test
    void cancelledFetchIsTakenOverByAnotherTask() throws Exception {
        var blob = put("grain");
        var begun = new CountDownLatch(1);
        var fetches = new AtomicInteger();
        var cancelled = new CountDownLatch(1);
        var cache = new BlobCache(folder, 100, (_, into, stop) -> {
            if (fetches.incrementAndGet() == 1) {
                begun.countDown();
                while (!stop.getAsBoolean()) {
                    Thread.onSpinWait();
                }
                throw new CancelledException();
            }
            Files.writeString(into, "grain");
        });
        try (var threads = Executors.newFixedThreadPool(2)) {
            var first = threads.submit(() -> cache.get(blob, () -> cancelled.getCount() == 0));
            begun.await();
            var second = threads.submit(() -> cache.get(blob, Cancelled::never));
            cancelled.countDown();
            assertThat(text(second.get())).isEqualTo("grain");
            assertThatThrownBy(first::get).hasCauseInstanceOf(CancelledException.class);
        }
    }
}

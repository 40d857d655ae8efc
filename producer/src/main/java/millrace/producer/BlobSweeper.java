package millrace.producer;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import millrace.proto.Blob;
import millrace.proto.blobs.BlobFolder;
import millrace.proto.blobs.BlobTopic;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Removes blobs that no open job needs, in a thread of its own: the producer's must never wait for it.
final class BlobSweeper implements Runnable, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BlobSweeper.class);
    private static final Duration EVERY = Duration.ofMinutes(10);

    private final BlobTopic blobs;
    private final Optional<BlobFolder> folder;
    private final Supplier<Optional<Set<Blob>>> needed;
    private final UnusedBlobs unused = new UnusedBlobs();
    private final CountDownLatch stop = new CountDownLatch(1);

    /// @param blobs  closed with it
    /// @param folder where the fleet's blobs are, if they are in one
    /// @param needed what open jobs name; empty when this producer is not the active one, and so does not know
    BlobSweeper(BlobTopic blobs, Optional<BlobFolder> folder, Supplier<Optional<Set<Blob>>> needed) {
        this.blobs = blobs;
        this.folder = folder;
        this.needed = needed;
    }

    @Override
    public void run() {
        try (blobs) {
            while (!stop.await(EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
                needed.get().ifPresent(this::sweep);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void sweep(Set<Blob> wanted) {
        try {
            for (var action : unused.look(blobs.places(), wanted, System.currentTimeMillis())) {
                LOG.info(
                        "blob {}: {}",
                        action.place().blob().hex(),
                        action.getClass().getSimpleName());
                switch (action) {
                    case UnusedBlobs.Action.Unlist(var place) -> blobs.unlist(place);
                    case UnusedBlobs.Action.ListAgain(var place) -> blobs.list(place);
                    case UnusedBlobs.Action.Remove(var place) -> blobs.remove(place);
                }
            }
        } catch (KafkaException e) {
            LOG.warn("unused blobs are removed later: {}", e.toString());
        }
        folder.ifPresent(shared -> sweep(shared, wanted));
    }

    private static void sweep(BlobFolder shared, Set<Blob> wanted) {
        try {
            var removed = shared.sweep(wanted, System.currentTimeMillis());
            if (removed > 0) {
                LOG.info("{} blobs that no open job needs are removed from {}", removed, shared);
            }
        } catch (IOException e) {
            LOG.warn("unused blobs in {} are removed later: {}", shared, e.toString());
        }
    }

    @Override
    public void close() {
        stop.countDown();
    }
}

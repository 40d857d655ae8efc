package millrace.worker;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.BooleanSupplier;
import millrace.proto.Blob;
import millrace.proto.BlobMissing;
import millrace.proto.CancelledException;
import millrace.proto.blobs.BlobTopic;
import org.apache.kafka.common.KafkaException;

/// Brings blobs from the fleet's topic. Any thread.
final class FleetBlobs implements BlobCache.Source {
    private final BlobTopic topic;

    FleetBlobs(BlobTopic topic) {
        this.topic = topic;
    }

    @Override
    public void fetch(Blob blob, Path into, BooleanSupplier cancelled)
            throws BlobMissing, CancelledException, IOException {
        try {
            var place = topic.find(blob);
            if (place.isEmpty()) {
                throw new BlobMissing(blob, "it is not in this fleet: put it again");
            }
            try (var file = FileChannel.open(into, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                topic.read(place.get(), piece -> write(file, piece), cancelled);
            }
        } catch (KafkaException e) {
            throw new BlobMissing(blob, "it cannot be read now: " + e);
        }
    }

    private static void write(FileChannel file, byte[] piece) throws IOException {
        for (var left = ByteBuffer.wrap(piece); left.hasRemaining(); ) {
            if (file.write(left) < 0) {
                throw new IOException("the file takes nothing more");
            }
        }
    }
}

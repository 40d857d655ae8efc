package millrace.worker;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import millrace.proto.Blob;
import millrace.proto.BlobMissing;
import millrace.proto.CancelledException;
import millrace.proto.blobs.BlobFolder;
import millrace.proto.blobs.BlobTopic;
import org.apache.kafka.common.KafkaException;

/// Brings blobs from the folder that the fleet shares, if it has one, else from its topic. Any thread.
final class FleetBlobs implements BlobCache.Source {
    private final BlobTopic topic;
    private final Optional<BlobFolder> folder;

    FleetBlobs(BlobTopic topic, Optional<BlobFolder> folder) {
        this.topic = topic;
        this.folder = folder;
    }

    @Override
    public void fetch(Blob blob, Path into, BooleanSupplier cancelled)
            throws BlobMissing, CancelledException, IOException {
        if (folder.isPresent() && folder.get().has(blob)) {
            try (var file = FileChannel.open(into, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                folder.get().read(blob, piece -> write(file, piece), cancelled);
            }
            return;
        }
        try {
            var place = topic.find(blob);
            if (place.isEmpty()) {
                throw new BlobMissing(
                        blob,
                        "it is not in this fleet"
                                + folder.map(shared -> ", neither in " + shared + " nor on its topic")
                                        .orElse("")
                                + ": put it again");
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

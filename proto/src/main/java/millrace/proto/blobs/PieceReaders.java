package millrace.proto.blobs;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Function;
import millrace.proto.BlobRecord;
import millrace.proto.Channel;
import millrace.proto.Cluster;

/// Readers of pieces that nobody uses at the moment: connecting takes longer than reading a small blob. Any
/// thread.
final class PieceReaders implements AutoCloseable {
    private final Cluster cluster;
    private final Channel<BlobRecord> channel;
    private final String clientId;
    private final Reading reading;
    private final Deque<PieceReader> idle = new ArrayDeque<>();
    private int made;
    private boolean closed;

    PieceReaders(Cluster cluster, Channel<BlobRecord> channel, String clientId, Reading reading) {
        this.cluster = cluster;
        this.channel = channel;
        this.clientId = clientId;
        this.reading = reading;
    }

    synchronized PieceReader take() {
        var reader = idle.poll();
        return reader != null ? reader : new PieceReader(cluster, channel, clientId + "-blobs-" + made++, reading);
    }

    /// @param sound whether the reader may be used again
    void giveBack(PieceReader reader, boolean sound) {
        synchronized (this) {
            if (sound && !closed && idle.size() < reading.idleReaders()) {
                idle.push(reader);
                return;
            }
        }
        reader.close();
    }

    <T> T with(Function<PieceReader, T> work) {
        var reader = take();
        var sound = false;
        try {
            var done = work.apply(reader);
            sound = true;
            return done;
        } finally {
            giveBack(reader, sound);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        for (var reader = idle.poll(); reader != null; reader = idle.poll()) {
            reader.close();
        }
    }
}

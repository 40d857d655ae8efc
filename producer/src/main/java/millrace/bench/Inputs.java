package millrace.bench;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;
import millrace.client.Millrace;
import millrace.proto.Blob;
import millrace.proto.arrays.Npy;
import millrace.proto.arrays.NpyType;

/// What a benchmark's jobs read: `.npy` files in a folder of its own, each named by its digest in hexadecimal, as
/// [OneJvm] wants them.
final class Inputs implements AutoCloseable {
    private final BenchFolder folder;
    private final List<Blob> blobs = new ArrayList<>();

    /// @param data where the folder is made
    Inputs(Path data) {
        folder = new BenchFolder(data);
    }

    Path folder() {
        return folder.path();
    }

    /// The file of one that was made.
    Path file(Blob blob) {
        return folder().resolve(blob.hex());
    }

    /// Makes an array of float64.
    Blob doubles(DoubleSupplier next, long... shape) throws IOException {
        return array(NpyType.FLOAT64, (bytes, value) -> bytes.putDouble(value), next, shape);
    }

    /// Makes an array of float32, of doubles that are rounded.
    Blob floats(DoubleSupplier next, long... shape) throws IOException {
        return array(NpyType.FLOAT32, (bytes, value) -> bytes.putFloat((float) value), next, shape);
    }

    private interface Put {
        void put(ByteBuffer bytes, double value);
    }

    private Blob array(NpyType type, Put put, DoubleSupplier next, long... shape) throws IOException {
        var header = Npy.of(type, shape);
        var file = folder().resolve("new");
        try (var out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
            out.write(header.header());
            var bytes = ByteBuffer.allocate(type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
            for (var left = header.elements(); left > 0; left--) {
                put.put(bytes.clear(), next.getAsDouble());
                out.write(bytes.array());
            }
        }
        var blob = Blob.of(file);
        Files.move(file, file(blob));
        blobs.add(blob);
        return blob;
    }

    /// Puts all that was made where a fleet finds it.
    void put(Millrace millrace) throws IOException {
        for (var blob : blobs) {
            millrace.put(blob, file(blob), (_, _) -> {});
        }
    }

    @Override
    public void close() {
        folder.close();
    }
}

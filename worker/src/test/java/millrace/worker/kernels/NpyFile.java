package millrace.worker.kernels;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.DoubleSupplier;
import millrace.proto.arrays.Npy;
import millrace.proto.arrays.NpyType;

/// Makes arrays as numpy keeps them in files.
final class NpyFile {
    private NpyFile() {}

    static byte[] doubles(DoubleSupplier values, long... shape) {
        var bytes = start(NpyType.FLOAT64, shape);
        for (var numbers = numbers(bytes, NpyType.FLOAT64, shape); numbers.hasRemaining(); ) {
            numbers.putDouble(values.getAsDouble());
        }
        return bytes;
    }

    static byte[] floats(DoubleSupplier values, long... shape) {
        var bytes = start(NpyType.FLOAT32, shape);
        for (var numbers = numbers(bytes, NpyType.FLOAT32, shape); numbers.hasRemaining(); ) {
            numbers.putFloat((float) values.getAsDouble());
        }
        return bytes;
    }

    private static byte[] start(NpyType type, long... shape) {
        var header = Npy.of(type, shape);
        return Arrays.copyOf(header.header(), (int) header.fileBytes());
    }

    private static ByteBuffer numbers(byte[] bytes, NpyType type, long... shape) {
        return ByteBuffer.wrap(bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .position(Npy.of(type, shape).headerBytes());
    }
}

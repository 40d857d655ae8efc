package millrace.worker.kernels;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Rows of float64 as they stand in an output: little-endian. NaN has one pattern of bits, because which of many comes
/// out of a sum is the processor's choice.
final class Doubles {
    private static final VarHandle DOUBLES =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final byte[] bytes;
    private final int width;

    Doubles(int rows, int width) {
        bytes = new byte[Math.multiplyExact(Math.multiplyExact(rows, width), Double.BYTES)];
        this.width = width;
    }

    void set(int row, int column, double value) {
        DOUBLES.set(bytes, Double.BYTES * (row * width + column), Double.doubleToLongBits(value));
    }

    /// All rows; not copied.
    byte[] bytes() {
        return bytes;
    }
}

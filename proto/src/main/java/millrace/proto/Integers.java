package millrace.proto;

import static millrace.proto.Check.require;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;

/// Vectors of whole numbers of any size: what [Join.IntegerSum] adds.
///
/// Encoding: the components one behind the other, each its `length` in bytes (a varint, at least 1) and its shortest
/// two's complement, the highest byte first.
public final class Integers {
    private Integers() {}

    /// The canonical bytes of a vector.
    ///
    /// @throws IllegalArgumentException when it has more than [Join#WIDTH_MAX] components
    public static byte[] encode(long... values) {
        return encode(Arrays.stream(values).mapToObj(BigInteger::valueOf).toArray(BigInteger[]::new));
    }

    /// The canonical bytes of a vector.
    ///
    /// @throws IllegalArgumentException when it has more than [Join#WIDTH_MAX] components
    public static byte[] encode(BigInteger... values) {
        require(values.length <= Join.WIDTH_MAX, "%d integers, allowed at most %d", values.length, Join.WIDTH_MAX);
        var components = new byte[values.length][];
        var size = 0;
        for (var i = 0; i < values.length; i++) {
            components[i] = values[i].toByteArray();
            size = Math.addExact(size, Varint.size(components[i].length) + components[i].length);
        }
        var bytes = ByteBuffer.allocate(size);
        for (var component : components) {
            Varint.put(bytes, component.length);
            bytes.put(component);
        }
        return bytes.array();
    }

    /// Reads what `encode` wrote.
    ///
    /// @throws IllegalArgumentException when the bytes are not the canonical bytes of at most [Join#WIDTH_MAX]
    ///     integers
    public static BigInteger[] decode(byte[] bytes) {
        var cursor = new Cursor("integers", bytes);
        var values = new ArrayList<BigInteger>();
        while (!cursor.atEnd()) {
            require(values.size() < Join.WIDTH_MAX, "more than %d integers", Join.WIDTH_MAX);
            var length = (int) cursor.varint("length", 1, Integer.MAX_VALUE);
            var from = cursor.skip(length);
            cursor.require(
                    length == 1 || bytes[from] != bytes[from + 1] >> 7,
                    "an integer of %d bytes begins with one that adds nothing",
                    length);
            values.add(new BigInteger(bytes, from, length));
        }
        return values.toArray(BigInteger[]::new);
    }
}

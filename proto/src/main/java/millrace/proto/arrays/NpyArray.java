package millrace.proto.arrays;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import millrace.proto.BadInput;

/// The numbers of a `.npy` file, read where they lie: a mapped file is not copied. Elements are numbered in C order,
/// whatever the order of the file: the last index varies fastest. Any thread.
public final class NpyArray {
    private static final int START_BYTES = Npy.HEADER_BYTES_MAX + 16;

    private final Npy header;
    private final MemorySegment data;
    private final ValueLayout.OfShort shorts;
    private final ValueLayout.OfInt ints;
    private final ValueLayout.OfLong longs;
    private final ValueLayout.OfFloat floats;
    private final ValueLayout.OfDouble doubles;

    /// The array of a whole file.
    ///
    /// @param name  of the file, for messages
    /// @param bytes all bytes of the file
    /// @throws BadInput when they are no such file
    public NpyArray(String name, MemorySegment bytes) {
        var start = bytes.asSlice(0, Math.min(START_BYTES, bytes.byteSize())).toArray(ValueLayout.JAVA_BYTE);
        try {
            header = Npy.read(name, new ByteArrayInputStream(start), bytes.byteSize());
        } catch (IOException e) {
            throw new UncheckedIOException(e); // not from memory
        }
        data = bytes.asSlice(header.headerBytes());
        var order = header.bigEndian() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        shorts = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(order);
        ints = ValueLayout.JAVA_INT_UNALIGNED.withOrder(order);
        longs = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(order);
        floats = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(order);
        doubles = ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(order);
    }

    public Npy header() {
        return header;
    }

    /// @param name of the file, for messages
    /// @throws BadInput when the array has another shape
    public void requireShape(String name, long... shape) {
        var expected = Npy.of(header.type(), shape);
        if (!header.shape().equals(expected.shape())) {
            throw new BadInput(
                    "%s has the shape %s, the job says %s".formatted(name, header.shapeText(), expected.shapeText()));
        }
    }

    /// Copies elements as doubles: false is 0 and true is 1; integers beyond 2^53 are rounded.
    ///
    /// @param first element in C order, 0 and up
    /// @param count elements
    /// @param to    receives them from `at` on
    /// @throws BadInput when the elements are complex
    public void reals(long first, int count, double[] to, int at) {
        if (header.type().isComplex()) {
            throw new BadInput("the array has complex numbers (%s), allowed: real ones"
                    .formatted(header.type().code()));
        }
        if (header.type() == NpyType.FLOAT64 && isInCOrder()) {
            MemorySegment.copy(data, doubles, first * Double.BYTES, to, at, count);
            return;
        }
        if (count == 0) {
            return;
        }
        var place = new Place(header, first);
        for (var i = 0; i < count; i++) {
            to[at + i] = number(place.next());
        }
    }

    /// Copies elements as floats; what is no float32 is rounded to the nearest.
    ///
    /// @param first element in C order, 0 and up
    /// @param count elements
    /// @param to    receives them from `at` on
    /// @throws BadInput when the elements are complex
    public void reals(long first, int count, float[] to, int at) {
        if (header.type() == NpyType.FLOAT32 && isInCOrder()) {
            MemorySegment.copy(data, floats, first * Float.BYTES, to, at, count);
            return;
        }
        var chunk = new double[Math.min(count, 1024)];
        for (var done = 0; done < count; done += chunk.length) {
            var n = Math.min(chunk.length, count - done);
            reals(first + done, n, chunk, 0);
            for (var i = 0; i < n; i++) {
                to[at + done + i] = (float) chunk[i];
            }
        }
    }

    /// One part of an element: part 0 is the real one, part 1 the imaginary one of complex numbers and 0 of others.
    ///
    /// @param element in C order
    public double part(long element, int part) {
        var place = new Place(header, element).next();
        if (part == 0) {
            return number(place);
        }
        return header.type().isComplex() ? number(place + header.type().numberBytes()) : 0;
    }

    /// Whether elements lie as they are numbered.
    public boolean isInCOrder() {
        return !header.fortranOrder()
                || header.shape().stream().filter(axis -> axis != 1).count() <= 1;
    }

    private double number(long place) {
        return switch (header.type()) {
            case BOOL -> data.get(ValueLayout.JAVA_BYTE, place) == 0 ? 0 : 1;
            case INT8 -> data.get(ValueLayout.JAVA_BYTE, place);
            case UINT8 -> data.get(ValueLayout.JAVA_BYTE, place) & 0xff;
            case INT16 -> data.get(shorts, place);
            case UINT16 -> data.get(shorts, place) & 0xffff;
            case INT32 -> data.get(ints, place);
            case UINT32 -> Integer.toUnsignedLong(data.get(ints, place));
            case INT64 -> data.get(longs, place);
            case UINT64 -> unsigned(data.get(longs, place));
            case FLOAT32, COMPLEX64 -> data.get(floats, place);
            case FLOAT64, COMPLEX128 -> data.get(doubles, place);
        };
    }

    /// Halved with its lowest bit kept, so that it is rounded once.
    private static double unsigned(long bits) {
        return bits >= 0 ? bits : 2.0 * ((bits >>> 1) | (bits & 1));
    }

    /// Walks through the elements in C order and tells where each lies.
    private static final class Place {
        private final long[] shape;
        private final long[] strides;
        private final long[] index;
        private long place;

        private Place(Npy header, long first) {
            shape = header.shape().stream().mapToLong(axis -> axis).toArray();
            strides = new long[shape.length];
            index = new long[shape.length];
            var stride = (long) header.type().bytes();
            for (var i = 0; i < shape.length; i++) {
                var axis = header.fortranOrder() ? i : shape.length - 1 - i;
                strides[axis] = stride;
                stride *= shape[axis];
            }
            var rest = first;
            for (var axis = shape.length - 1; axis >= 0; axis--) {
                index[axis] = rest % shape[axis];
                rest /= shape[axis];
                place += index[axis] * strides[axis];
            }
        }

        private long next() {
            var current = place;
            for (var axis = shape.length - 1; axis >= 0; axis--) {
                place += strides[axis];
                if (++index[axis] < shape[axis]) {
                    break;
                }
                place -= index[axis] * strides[axis];
                index[axis] = 0;
            }
            return current;
        }
    }
}

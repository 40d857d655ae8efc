package millrace.proto.arrays;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import millrace.proto.BadInput;

/// The header of a `.npy` file (numpy.lib.format, versions 1.0 to 3.0): which numbers follow, and in which order.
/// [NpyArray] reads the numbers.
///
/// @param type         of the elements
/// @param bigEndian    whether the highest byte of a number comes first; false for numbers of one byte
/// @param fortranOrder whether the first index varies fastest, not the last
/// @param shape        the lengths of the axes, each 0 and up, 0 to [#AXES_MAX] of them; none for a single number
/// @param headerBytes  where the first element begins
public record Npy(NpyType type, boolean bigEndian, boolean fortranOrder, List<Long> shape, int headerBytes) {
    /// The most axes, as in numpy.
    public static final int AXES_MAX = 64;

    /// The most bytes of a header. Those of supported types are far smaller.
    public static final int HEADER_BYTES_MAX = 1 << 16;

    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int ALIGNMENT = 64;

    /// @throws BadInput when an axis is negative, there are too many, or all bytes are more than a `long` counts
    public Npy {
        shape = List.copyOf(shape);
        if (shape.size() > AXES_MAX) {
            throw new BadInput("an array has %d axes, allowed at most %d".formatted(shape.size(), AXES_MAX));
        }
        if (shape.stream().anyMatch(axis -> axis < 0)) {
            throw new BadInput("an array has the shape %s, allowed: no axis below 0".formatted(text(shape)));
        }
        try {
            Math.addExact(headerBytes, Math.multiplyExact(product(shape), type.bytes()));
        } catch (ArithmeticException e) {
            throw new BadInput("an array of the shape %s has more than 2^63 bytes".formatted(text(shape)));
        }
    }

    /// The header that we write: version 1.0, C order, little-endian.
    public static Npy of(NpyType type, long... shape) {
        var axes = Arrays.stream(shape).boxed().toList();
        return new Npy(type, false, false, axes, encode(type, axes).length);
    }

    private static long product(List<Long> shape) {
        return shape.contains(0L) ? 0 : shape.stream().reduce(1L, Math::multiplyExact);
    }

    /// The number of elements.
    public long elements() {
        return product(shape);
    }

    /// The bytes of the whole file.
    public long fileBytes() {
        return headerBytes + elements() * type.bytes();
    }

    /// The bytes in front of the elements, for a file in C order and little-endian.
    public byte[] header() {
        return encode(type, shape);
    }

    private static byte[] encode(NpyType type, List<Long> shape) {
        var dictionary = "{'descr': '%s%s', 'fortran_order': False, 'shape': %s, }"
                .formatted(type.bytes() == 1 ? '|' : '<', type.code(), text(shape));
        var prefix = MAGIC.length + 4;
        var length = (prefix + dictionary.length() + ALIGNMENT) / ALIGNMENT * ALIGNMENT;
        var bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) (length - prefix));
        bytes.put(dictionary.getBytes(StandardCharsets.US_ASCII));
        Arrays.fill(bytes.array(), bytes.position(), length - 1, (byte) ' ');
        bytes.array()[length - 1] = '\n';
        return bytes.array();
    }

    /// The shape as Python writes it: `(3, 4)`, `(3,)`, `()`.
    public String shapeText() {
        return text(shape);
    }

    private static String text(List<Long> shape) {
        var axes = shape.stream().map(String::valueOf).collect(Collectors.joining(", "));
        return "(" + axes + (shape.size() == 1 ? ",)" : ")");
    }

    /// Reads the header of a file, and that as many bytes follow as it says.
    ///
    /// @throws BadInput when the file is no such array, naming the file
    /// @throws IOException when it cannot be read
    public static Npy of(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            return read(file.toString(), in, Files.size(file));
        }
    }

    /// Reads a header and leaves `in` at the first element.
    ///
    /// @param name      of the file, for messages
    /// @param fileBytes of header and elements together
    /// @throws BadInput when this is not the header of an array of that size, or its elements are not supported
    public static Npy read(String name, InputStream in, long fileBytes) throws IOException {
        try {
            var header = read(in);
            if (header.fileBytes() != fileBytes) {
                throw new BadInput("%d bytes, but a %s array of the shape %s has %d: it is %s"
                        .formatted(
                                fileBytes,
                                header.type.code(),
                                header.shapeText(),
                                header.fileBytes(),
                                fileBytes < header.fileBytes() ? "truncated" : "followed by something else"));
            }
            return header;
        } catch (BadInput e) {
            throw new BadInput(name + " is no array that can be used: " + e.getMessage());
        }
    }

    private static Npy read(InputStream in) throws IOException {
        var start = in.readNBytes(MAGIC.length + 2);
        if (start.length < MAGIC.length + 2 || !Arrays.equals(MAGIC, Arrays.copyOf(start, MAGIC.length))) {
            throw new BadInput("it does not begin as a .npy file does");
        }
        var version = start[MAGIC.length];
        if (version < 1 || version > 3 || start[MAGIC.length + 1] != 0) {
            throw new BadInput(
                    "version is %d.%d, allowed: 1.0, 2.0, 3.0".formatted(version, start[MAGIC.length + 1] & 0xff));
        }
        var lengthBytes = version == 1 ? 2 : 4;
        var size = in.readNBytes(lengthBytes);
        var length = 0L;
        for (var i = size.length - 1; i >= 0; i--) {
            length = (length << 8) | (size[i] & 0xff);
        }
        if (length > HEADER_BYTES_MAX) {
            throw new BadInput("the header has %d bytes, allowed at most %d".formatted(length, HEADER_BYTES_MAX));
        }
        var text = in.readNBytes((int) length);
        if (size.length < lengthBytes || text.length < length) {
            throw new BadInput("it ends within the header");
        }
        return new NpyHeaderText(new String(text, version == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1))
                .parse(MAGIC.length + 2 + lengthBytes + (int) length);
    }
}

package millrace.proto.arrays;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/// What an element of an [Npy] is.
public enum NpyType {
    BOOL("b1"),
    INT8("i1"),
    INT16("i2"),
    INT32("i4"),
    INT64("i8"),
    UINT8("u1"),
    UINT16("u2"),
    UINT32("u4"),
    UINT64("u8"),
    FLOAT32("f4"),
    FLOAT64("f8"),
    COMPLEX64("c8"),
    COMPLEX128("c16");

    private final String code;
    private final int bytes;

    NpyType(String code) {
        this.code = code;
        bytes = Integer.parseInt(code.substring(1));
    }

    /// Kind and bytes, as in the file: `f8`.
    String code() {
        return code;
    }

    /// The bytes of an element.
    public int bytes() {
        return bytes;
    }

    /// Whether an element is a real and an imaginary part.
    public boolean isComplex() {
        return this == COMPLEX64 || this == COMPLEX128;
    }

    /// The bytes of what has an order of bytes: an element, or one of its two parts.
    int numberBytes() {
        return isComplex() ? bytes / 2 : bytes;
    }

    static Optional<NpyType> of(String code) {
        return Arrays.stream(values()).filter(type -> type.code.equals(code)).findFirst();
    }

    static String all() {
        return Arrays.stream(values()).map(type -> type.code).collect(Collectors.joining(", "));
    }
}

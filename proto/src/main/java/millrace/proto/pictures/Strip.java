package millrace.proto.pictures;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/// A strip of a picture in a job's output: what the picture is and which of its strips this is; the rows follow. So an
/// output explains itself, whichever of its items are there.
///
/// @param shape  the picture
/// @param number of the strip in its picture, from the top, from 0
public record Strip(Shape shape, int number) {
    public Strip {
        if (number < 0 || number >= shape.strips()) {
            throw new IllegalArgumentException("strip %d of a picture of %d strips".formatted(number, shape.strips()));
        }
    }

    /// What stands in front of the rows.
    public byte[] header() {
        var bytes = new ByteArrayOutputStream();
        var out = new DataOutputStream(bytes);
        try {
            shape.write(out);
            out.writeInt(number);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // not to memory
        }
        return bytes.toByteArray();
    }

    /// Reads what [#header] gave.
    ///
    /// @throws IOException when it is something else
    static Strip read(DataInputStream in) throws IOException {
        try {
            return new Strip(Shape.read(in), in.readInt());
        } catch (IllegalArgumentException e) {
            throw new IOException("the output has a broken strip: " + e.getMessage(), e);
        }
    }

    public int rows() {
        return shape.rows(number);
    }

    /// Bytes of its rows.
    public int bytes() {
        return rows() * shape.rowBytes();
    }
}

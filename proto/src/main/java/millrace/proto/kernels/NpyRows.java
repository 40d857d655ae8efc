package millrace.proto.kernels;

import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import millrace.proto.BadInput;
import millrace.proto.OutputSource;
import millrace.proto.Ranges;
import millrace.proto.arrays.Npy;

/// What kernels share that take and give arrays.
final class NpyRows {
    private NpyRows() {}

    /// The shape of an array of real numbers.
    ///
    /// @throws BadInput when the file is none, or has fewer or more axes
    static List<Long> shape(Path file, int axesMin, int axesMax) throws IOException {
        var header = Npy.of(file);
        if (header.type().isComplex()) {
            throw new BadInput(file + " has complex numbers, allowed: real ones");
        }
        if (header.shape().size() < axesMin || header.shape().size() > axesMax) {
            throw new BadInput("%s has the shape %s, allowed: %s axes"
                    .formatted(file, header.shapeText(), axesMin == axesMax ? axesMin : axesMin + " to " + axesMax));
        }
        return header.shape();
    }

    /// Writes the rows of all items, each as many bytes as `missing`, which stands for those that are not in the
    /// output.
    static void write(OutputSource output, long items, Ranges done, byte[] missing, OutputStream out)
            throws IOException {
        try (var rows = output.open()) {
            var row = new byte[missing.length];
            for (var item = 0L; item < items; item++) {
                if (!done.contains(item)) {
                    out.write(missing);
                } else if (rows.readNBytes(row, 0, row.length) == row.length) {
                    out.write(row);
                } else {
                    throw new EOFException("the output ends within row " + item);
                }
            }
        }
        out.flush();
    }
}

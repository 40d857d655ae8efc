package millrace.proto.kernels;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import millrace.proto.BadInput;
import millrace.proto.Blob;
import millrace.proto.Described;
import millrace.proto.Description;
import millrace.proto.Intake;
import millrace.proto.Join;
import millrace.proto.OutputSource;
import millrace.proto.Parameter;
import millrace.proto.Ranges;
import millrace.proto.arrays.Npy;
import millrace.proto.arrays.NpyType;

/// Convolves an image with each of several filters, in full and zero padded, and keeps every so manieth row and column:
/// `out[n, y, x]` is the sum over i and j of `filters[n, i, j] * image[stride y - i, stride x - j]`.
///
/// The output is the rows of `out`, float64, little-endian. Sums begin with zero and go through i and then j, each
/// product rounded, so they have the same bits everywhere.
@Described(
        name = "convolve",
        version = 1,
        summary = "Convolves an image with filters, all as .npy arrays of real numbers, into a .npy of float64.",
        item = "a row of the result of one filter",
        intake = Convolve.Shapes.class)
public record Convolve(
        @Parameter(help = ".npy array of the image, of the shape (height, width)")
        Blob image,

        @Parameter(help = ".npy array of the filters, of the shape (filters, height, width) or (height, width)")
        Blob filters,

        @Parameter(
                help = "every so manieth row and column of the result is kept",
                byDefault = "1",
                min = "1",
                max = "10000")
        int stride,

        @Parameter(help = "whether what is not kept is computed too, to compare", byDefault = "strided")
        Form form,

        @Parameter(help = "height of the image; follows from it", unit = "pixels", min = "1", max = "1000000")
        int height,

        @Parameter(help = "width of the image; follows from it", unit = "pixels", min = "1", max = "100000")
        int width,

        @Parameter(help = "number of filters; follows from them", min = "0", max = "1000000")
        int filterCount,

        @Parameter(help = "height of a filter; follows from them", unit = "pixels", min = "1", max = "1000")
        int filterHeight,

        @Parameter(help = "width of a filter; follows from them", unit = "pixels", min = "1", max = "1000")
        int filterWidth)
        implements Description {
    /// What is computed; the values are the same.
    public enum Form {
        /// The whole convolution, of which a part is kept.
        FULL,
        /// Only what is kept.
        STRIDED
    }

    /// A row must fit into a record together with what goes with it.
    private static final int ROW_BYTES_MAX = 900_000;

    public Convolve {
        if (outWidth(width, filterWidth, stride) > ROW_BYTES_MAX / Double.BYTES) {
            throw new BadInput("--width is %d, allowed: rows of the result of at most %d numbers"
                    .formatted(width, ROW_BYTES_MAX / Double.BYTES));
        }
    }

    private static int outWidth(int width, int filterWidth, int stride) {
        return Math.ceilDiv(width + filterWidth - 1, stride);
    }

    /// Rows of the result of one filter.
    public int outHeight() {
        return Math.ceilDiv(height + filterHeight - 1, stride);
    }

    /// Numbers of a row of the result.
    public int outWidth() {
        return outWidth(width, filterWidth, stride);
    }

    @Override
    public long items() {
        return (long) filterCount * outHeight();
    }

    @Override
    public Join join() {
        return new Join.Concatenation();
    }

    @Override
    public String fileSuffix() {
        return ".npy";
    }

    @Override
    public boolean text() {
        return false;
    }

    /// Writes a `.npy` of float64 of the shape (filters, rows, columns); rows that are not in the output are NaN.
    @Override
    public void write(OutputSource output, Ranges done, OutputStream out) throws IOException {
        out.write(Npy.of(NpyType.FLOAT64, filterCount, outHeight(), outWidth()).header());
        var missing = ByteBuffer.allocate(Double.BYTES * outWidth()).order(ByteOrder.LITTLE_ENDIAN);
        while (missing.hasRemaining()) {
            missing.putDouble(Double.NaN);
        }
        NpyRows.write(output, items(), done, missing.array(), out);
    }

    /// Reads the shapes of the arrays.
    static final class Shapes implements Intake {
        @Override
        public void complete(Given given) throws IOException {
            var image = given.file("image");
            if (image.isPresent()) {
                var shape = NpyRows.shape(image.get(), 2, 2);
                given.follows("height", shape.get(0), image.get().toString());
                given.follows("width", shape.get(1), image.get().toString());
            }
            var filters = given.file("filters");
            if (filters.isPresent()) {
                var shape = NpyRows.shape(filters.get(), 2, 3);
                var axes = shape.size();
                given.follows(
                        "filter-count",
                        axes == 2 ? 1 : shape.get(0),
                        filters.get().toString());
                given.follows(
                        "filter-height", shape.get(axes - 2), filters.get().toString());
                given.follows("filter-width", shape.get(axes - 1), filters.get().toString());
            }
        }
    }
}

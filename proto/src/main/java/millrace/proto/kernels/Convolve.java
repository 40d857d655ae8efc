package millrace.proto.kernels;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
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
import millrace.proto.pictures.Album;
import millrace.proto.pictures.AlbumMaker;
import millrace.proto.pictures.PictureStrips;

/// Convolves an image with each of several filters, in full and zero padded, and keeps every so manieth row and column:
/// `out[n, y, x]` is the sum over i and j of `filters[n, i, j] * image[stride y - i, stride x - j]`.
///
/// The output is the rows of `out`, float64, little-endian. Sums begin with zero and go through i and then j, each
/// product rounded, so they have the same bits everywhere.
///
/// With photographs, the output is instead the [Strip]s of all pictures, each filtered at its full size, its edges
/// repeated outwards.
@Described(
        name = "convolve",
        version = 2,
        summary = "Convolves an image with filters, all as .npy arrays of real numbers, into a .npy of float64; or "
                + "a folder of photographs with one named filter into a folder of PNG files.",
        item = "a row of the result of one filter, or with --images 64 rows of a picture",
        intake = Convolve.Shapes.class)
public record Convolve(
        @Parameter(help = ".npy array of the image, of the shape (height, width)", optional = true)
        Blob image,

        @Parameter(
                help = ".npy array of the filters, of the shape (filters, height, width) or (height, width)",
                optional = true)
        Blob filters,

        @Parameter(
                help = "every so manieth row and column of the result is kept",
                byDefault = "1",
                min = "1",
                max = "10000")
        int stride,

        @Parameter(help = "whether what is not kept is computed too, to compare", byDefault = "strided")
        Form form,

        @Parameter(
                help = "height of the image; follows from it",
                unit = "pixels",
                byDefault = "0",
                min = "0",
                max = "1000000")
        int height,

        @Parameter(
                help = "width of the image; follows from it",
                unit = "pixels",
                byDefault = "0",
                min = "0",
                max = "100000")
        int width,

        @Parameter(help = "number of filters; follows from them", byDefault = "0", min = "0", max = "1000000")
        int filterCount,

        @Parameter(
                help = "height of a filter; follows from them",
                unit = "pixels",
                byDefault = "0",
                min = "0",
                max = "1000")
        int filterHeight,

        @Parameter(
                help = "width of a filter; follows from them",
                unit = "pixels",
                byDefault = "0",
                min = "0",
                max = "1000")
        int filterWidth,

        @Parameter(
                help = "folder of photographs (PNG, JPEG), or one of them, instead of --image and --filters",
                optional = true)
        Blob images,

        @Parameter(help = "what is done to each photograph", byDefault = "none")
        Filter filter,

        @Parameter(
                help = "standard deviation of the gaussian filter",
                unit = "pixels",
                byDefault = "2",
                min = "0.1",
                max = "20")
        double sigma,

        @Parameter(
                help = "strips of 64 rows of all photographs; follows from them",
                byDefault = "0",
                min = "0",
                max = "1000000000")
        long strips)
        implements Description {
    /// What is computed; the values are the same.
    public enum Form {
        /// The whole convolution, of which a part is kept.
        FULL,
        /// Only what is kept.
        STRIDED
    }

    /// What is done to a photograph.
    public enum Filter {
        /// Nothing: for arrays.
        NONE,
        /// Blurs: weights fall off as the normal distribution does.
        GAUSSIAN,
        /// Makes edges stronger.
        SHARPEN,
        /// How steep the brightness is, in grey.
        SOBEL,
        /// How a pixel differs from those around it, by colour.
        LAPLACE,
        /// As if lit from the upper left.
        EMBOSS
    }

    /// A row must fit into a record together with what goes with it.
    private static final int ROW_BYTES_MAX = 900_000;

    public Convolve {
        if (images.isEmpty()) {
            requireArrays(image, filters, height, width, filterHeight, filterWidth, filter, strips);
        } else {
            requirePhotographs(image, filters, filter, stride, strips);
        }
        if (outWidth(width, filterWidth, stride) > ROW_BYTES_MAX / Double.BYTES) {
            throw new BadInput("--width is %d, allowed: rows of the result of at most %d numbers"
                    .formatted(width, ROW_BYTES_MAX / Double.BYTES));
        }
    }

    /// Arrays.
    public Convolve(
            Blob image,
            Blob filters,
            int stride,
            Form form,
            int height,
            int width,
            int filterCount,
            int filterHeight,
            int filterWidth) {
        this(
                image,
                filters,
                stride,
                form,
                height,
                width,
                filterCount,
                filterHeight,
                filterWidth,
                Blob.EMPTY,
                Filter.NONE,
                2,
                0);
    }

    /// Photographs.
    ///
    /// @param images an album, as [AlbumMaker] writes it
    /// @param strips of the album
    /// @param sigma  of [Filter#GAUSSIAN]; 2 is usual
    public static Convolve photographs(Blob images, long strips, Filter filter, double sigma) {
        return new Convolve(Blob.EMPTY, Blob.EMPTY, 1, Form.STRIDED, 0, 0, 0, 0, 0, images, filter, sigma, strips);
    }

    private static void requireArrays(
            Blob image,
            Blob filters,
            int height,
            int width,
            int filterHeight,
            int filterWidth,
            Filter filter,
            long strips) {
        var problems = new ArrayList<String>();
        if ((image.isEmpty() && filters.isEmpty()) || filter != Filter.NONE) {
            problems.add("kernel convolve needs --images with --filter, or --image with --filters");
        } else if (image.isEmpty()) {
            problems.add("kernel convolve needs --image beside --filters, allowed: a file");
        } else if (filters.isEmpty()) {
            problems.add("kernel convolve needs --filters beside --image, allowed: a file");
        } else if (height < 1 || width < 1 || filterHeight < 1 || filterWidth < 1) {
            problems.add(
                    "--height, --width, --filter-height and --filter-width are %d, %d, %d and %d, allowed: 1 and up"
                            .formatted(height, width, filterHeight, filterWidth));
        }
        if (strips != 0) {
            problems.add("--strips is %d, allowed: only 0 without --images".formatted(strips));
        }
        if (!problems.isEmpty()) {
            throw new BadInput(problems);
        }
    }

    private static void requirePhotographs(Blob image, Blob filters, Filter filter, int stride, long strips) {
        var problems = new ArrayList<String>();
        if (filter == Filter.NONE) {
            problems.add("kernel convolve needs --filter beside --images, allowed: gaussian, sharpen, sobel, laplace,"
                    + " emboss");
        }
        if (!image.isEmpty() || !filters.isEmpty()) {
            problems.add("--image and --filters are of arrays, allowed: without --images");
        }
        if (stride != 1) {
            problems.add("--stride is %d, allowed: only 1 with --images".formatted(stride));
        }
        if (strips < 1) {
            problems.add("--strips is %d, allowed: those of --images".formatted(strips));
        }
        if (!problems.isEmpty()) {
            throw new BadInput(problems);
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
        return images.isEmpty() ? (long) filterCount * outHeight() : strips;
    }

    @Override
    public Join join() {
        return new Join.Concatenation();
    }

    @Override
    public String fileSuffix() {
        return images.isEmpty() ? ".npy" : "";
    }

    @Override
    public boolean text() {
        return false;
    }

    @Override
    public boolean folder() {
        return !images.isEmpty();
    }

    /// Writes a PNG for each photograph; rows that are not in the output are transparent.
    @Override
    public void writeFolder(OutputSource output, Ranges done, Path folder) throws IOException {
        new PictureStrips(output, done).write(folder);
    }

    /// Writes a `.npy` of float64 of the shape (filters, rows, columns); rows that are not in the output are NaN. Of
    /// photographs, a ZIP archive of PNG files.
    @Override
    public void write(OutputSource output, Ranges done, OutputStream out) throws IOException {
        if (folder()) {
            new PictureStrips(output, done).write(out);
            return;
        }
        out.write(Npy.of(NpyType.FLOAT64, filterCount, outHeight(), outWidth()).header());
        var missing = ByteBuffer.allocate(Double.BYTES * outWidth()).order(ByteOrder.LITTLE_ENDIAN);
        while (missing.hasRemaining()) {
            missing.putDouble(Double.NaN);
        }
        NpyRows.write(output, items(), done, missing.array(), out);
    }

    /// Reads the shapes of the arrays, and photographs.
    static final class Shapes implements Intake {
        @Override
        public boolean packs(String parameter) {
            return parameter.equals("images");
        }

        @Override
        public void pack(Path given, OutputStream out) throws IOException {
            AlbumMaker.write(given, out);
        }

        @Override
        public void complete(Given given) throws IOException {
            var images = given.file("images");
            if (images.isPresent()) {
                given.follows("strips", Album.strips(images.get()), "--images");
            }
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

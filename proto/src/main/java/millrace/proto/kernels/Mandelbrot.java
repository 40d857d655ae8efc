package millrace.proto.kernels;

import java.io.IOException;
import java.io.OutputStream;
import millrace.proto.Described;
import millrace.proto.Description;
import millrace.proto.Join;
import millrace.proto.OutputSource;
import millrace.proto.Parameter;
import millrace.proto.Ranges;
import millrace.proto.pictures.Png;

/// Draws a part of the Mandelbrot set.
///
/// The output is the picture's rows from the top, three bytes (red, green, blue) for each pixel from the left. Rows
/// that are not in it are transparent in the PNG.
@Described(
        name = "mandelbrot",
        version = 1,
        summary = "Draws a part of the Mandelbrot set as a PNG picture.",
        item = "a row of the picture")
public record Mandelbrot(
        @Parameter(help = "width of the picture", unit = "pixels", byDefault = "1200", min = "1", max = "100000")
        int width,

        @Parameter(help = "height of the picture", unit = "pixels", byDefault = "800", min = "1", max = "100000")
        int height,

        @Parameter(help = "real part of the middle", byDefault = "-0.743643887", min = "-4", max = "4")
        double centerX,

        @Parameter(help = "imaginary part of the middle", byDefault = "0.131825904", min = "-4", max = "4")
        double centerY,

        @Parameter(help = "width of the view in the plane", byDefault = "0.003", min = "1e-12", max = "16")
        double span,

        @Parameter(
                help = "iterations after which a point counts as inside",
                byDefault = "10000",
                min = "1",
                max = "1000000000")
        int iterations,

        @Parameter(
                help = "samples along each side of a pixel; more make smoother edges",
                byDefault = "2",
                min = "1",
                max = "8")
        int samples)
        implements Description {
    /// The bytes of a row.
    public int rowBytes() {
        return 3 * width;
    }

    @Override
    public long items() {
        return height;
    }

    @Override
    public Join join() {
        return new Join.Concatenation();
    }

    @Override
    public String fileSuffix() {
        return ".png";
    }

    @Override
    public boolean text() {
        return false;
    }

    @Override
    public void write(OutputSource output, Ranges done, OutputStream out) throws IOException {
        try (var rows = output.open()) {
            new Png(width, height, 3).write(rows, done, out);
        }
    }
}

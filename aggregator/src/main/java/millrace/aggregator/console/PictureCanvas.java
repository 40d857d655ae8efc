package millrace.aggregator.console;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import javax.imageio.ImageIO;

/// A picture of at most [#SIDE_MAX] pixels a side, made of the rows of a larger one as they come in. Any thread.
final class PictureCanvas {
    static final int SIDE_MAX = 640;

    /// The most rows that are shown; of a longer result the first.
    static final int ROWS_MAX = 1 << 20;

    private final int width;
    private final int height;
    private final int step;
    private final BufferedImage image;
    private final double[] values;
    private boolean grey;

    /// @param width  of the whole picture, pixels
    /// @param height rows
    PictureCanvas(int width, int height) {
        this.width = width;
        this.height = height;
        step = Math.max(1, Math.ceilDiv(Math.max(width, height), SIDE_MAX));
        image = new BufferedImage(
                Math.ceilDiv(width, step), Math.max(1, Math.ceilDiv(height, step)), BufferedImage.TYPE_INT_ARGB);
        values = new double[image.getWidth() * image.getHeight()];
        java.util.Arrays.fill(values, Double.NaN);
    }

    /// Takes rows of three bytes for each pixel.
    synchronized void colours(long first, byte[] rows, int rowBytes) {
        for (var row = 0; (row + 1) * rowBytes <= rows.length; row++) {
            var y = first + row;
            if (y >= height || y % step != 0) {
                continue;
            }
            for (var x = 0; x < image.getWidth(); x++) {
                var at = row * rowBytes + 3 * Math.min(x * step, width - 1);
                image.setRGB(
                        x,
                        (int) (y / step),
                        0xff000000 | (rows[at] & 255) << 16 | (rows[at + 1] & 255) << 8 | (rows[at + 2] & 255));
            }
        }
    }

    /// Takes rows of float64, little-endian, shown in grey from the smallest seen to the largest.
    synchronized void numbers(long first, byte[] rows, int rowBytes) {
        grey = true;
        var numbers = ByteBuffer.wrap(rows).order(ByteOrder.LITTLE_ENDIAN);
        for (var row = 0; (row + 1) * rowBytes <= rows.length; row++) {
            var y = first + row;
            if (y >= height || y % step != 0) {
                continue;
            }
            for (var x = 0; x < image.getWidth(); x++) {
                values[(int) (y / step) * image.getWidth() + x] =
                        numbers.getDouble(row * rowBytes + Double.BYTES * Math.min(x * step, width - 1));
            }
        }
    }

    private void shade() {
        var low = Double.POSITIVE_INFINITY;
        var high = Double.NEGATIVE_INFINITY;
        for (var value : values) {
            if (Double.isFinite(value)) {
                low = Math.min(low, value);
                high = Math.max(high, value);
            }
        }
        var scale = high > low ? 255 / (high - low) : 0;
        for (var i = 0; i < values.length; i++) {
            if (Double.isFinite(values[i])) {
                var level = (int) ((values[i] - low) * scale);
                image.setRGB(i % image.getWidth(), i / image.getWidth(), 0xff000000 | level * 0x010101);
            }
        }
    }

    /// What there is, the rest transparent.
    synchronized byte[] png() {
        if (grey) {
            shade();
        }
        var out = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", out);
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        }
        return out.toByteArray();
    }
}

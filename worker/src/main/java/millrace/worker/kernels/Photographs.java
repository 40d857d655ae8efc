package millrace.worker.kernels;

import java.util.Arrays;
import millrace.proto.BlobMissing;
import millrace.proto.CancelledException;
import millrace.proto.Work;
import millrace.proto.kernels.Convolve;
import millrace.proto.pictures.Album;
import millrace.proto.pictures.Album.Picture;
import millrace.proto.pictures.Shape;
import millrace.proto.pictures.Strip;

/// Filters strips of photographs. Each value is a sum in float32 of products in one order, rounded to the nearest byte;
/// edges are repeated outwards, and opacity stays as it is.
final class Photographs {
    /// Correlated with a picture: `taps[i][j]` belongs to the pixel i rows down and j to the right, from the middle.
    private static final float[][] SHARPEN = {{0, -1, 0}, {-1, 5, -1}, {0, -1, 0}};
    private static final float[][] LAPLACE = {{-1, -1, -1}, {-1, 8, -1}, {-1, -1, -1}};
    private static final float[][] EMBOSS = {{-2, -1, 0}, {-1, 1, 1}, {0, 1, 2}};
    private static final float[][] SOBEL_RIGHT = {{-1, 0, 1}, {-2, 0, 2}, {-1, 0, 1}};
    private static final float[][] SOBEL_DOWN = {{-1, -2, -1}, {0, 0, 0}, {1, 2, 1}};

    /// A gaussian's weights beyond so many standard deviations are left out.
    private static final int DEVIATIONS = 3;

    private final Convolve job;
    private final Work work;
    private final Album album;
    private float[] shifted = {};
    private byte[] bytes = {};

    Photographs(Convolve job, Work work) throws BlobMissing, CancelledException {
        this.job = job;
        this.work = work;
        album = new Album(work.blob(job.images()));
    }

    byte[] compute(long first, long end) throws CancelledException {
        var size = 0L;
        for (var item = first; item < end; item++) {
            var strip = strip(item);
            size += strip.header().length + strip.bytes();
        }
        var out = new byte[Math.toIntExact(size)];
        var at = 0;
        for (var item = first; item < end; item++) {
            var strip = strip(item);
            var header = strip.header();
            System.arraycopy(header, 0, out, at, header.length);
            at += header.length;
            filter(album.pictureOf(item), strip, out, at);
            at += strip.bytes();
        }
        return out;
    }

    private Strip strip(long item) {
        var picture = album.pictureOf(item);
        var source = picture.shape();
        var channels = source.channels();
        var shape = source.withChannels(job.filter() == Convolve.Filter.SOBEL && channels == 3 ? 1 : channels);
        return new Strip(shape, (int) (item - picture.strip()));
    }

    private void filter(Picture picture, Strip strip, byte[] out, int at) throws CancelledException {
        switch (job.filter()) {
            case GAUSSIAN -> {
                var taps = gaussian(job.sigma());
                // Across, then down: the same sums, but for rounding, as of the square, with far fewer products.
                var across = new float[1][];
                across[0] = taps;
                var down = new float[taps.length][1];
                for (var i = 0; i < taps.length; i++) {
                    down[i][0] = taps[i];
                }
                var rows = rows(picture, strip, taps.length / 2);
                var blurred = new float[rows.length][];
                for (var y = 0; y < rows.length; y++) {
                    work.checkCancelled();
                    blurred[y] = correlate(rows, y, across, picture.shape().channels());
                }
                weigh(picture, strip, rows, blurred, down, out, at);
            }
            case SHARPEN -> weigh(picture, strip, SHARPEN, out, at);
            case LAPLACE -> weigh(picture, strip, LAPLACE, out, at);
            case EMBOSS -> weigh(picture, strip, EMBOSS, out, at);
            case SOBEL -> sobel(picture, strip, out, at);
            case NONE -> throw new IllegalStateException("photographs without a filter");
        }
    }

    /// The weights of a normal distribution at whole numbers, adding up to 1.
    static float[] gaussian(double sigma) {
        var half = (int) Math.ceil(DEVIATIONS * sigma);
        var weights = new double[2 * half + 1];
        var sum = 0.0;
        for (var i = 0; i < weights.length; i++) {
            weights[i] = StrictMath.exp(-(i - half) * (double) (i - half) / (2 * sigma * sigma));
            sum += weights[i];
        }
        var taps = new float[weights.length];
        for (var i = 0; i < taps.length; i++) {
            taps[i] = (float) (weights[i] / sum);
        }
        return taps;
    }

    private void weigh(Picture picture, Strip strip, float[][] taps, byte[] out, int at) throws CancelledException {
        var rows = rows(picture, strip, taps.length / 2);
        weigh(picture, strip, rows, rows, taps, out, at);
    }

    /// @param rows   of the picture, from half a filter above the strip on
    /// @param source what is weighed, in the same rows
    private void weigh(
            Picture picture, Strip strip, float[][] rows, float[][] source, float[][] taps, byte[] out, int at)
            throws CancelledException {
        var channels = picture.shape().channels();
        var half = taps.length / 2;
        for (var y = 0; y < strip.rows(); y++) {
            work.checkCancelled();
            var sums = correlate(source, y, taps, channels);
            var opacity = rows[y + half];
            var to = at + y * sums.length;
            for (var x = 0; x < sums.length; x++) {
                out[to + x] = rounded(channels == 4 && (x & 3) == 3 ? opacity[x] : sums[x]);
            }
        }
    }

    private void sobel(Picture picture, Strip strip, byte[] out, int at) throws CancelledException {
        var channels = picture.shape().channels();
        var width = picture.shape().width();
        var rows = rows(picture, strip, 1);
        var grey = new float[rows.length][];
        for (var y = 0; y < rows.length; y++) {
            grey[y] = channels == 1 ? rows[y] : brightness(rows[y], width, channels);
        }
        for (var y = 0; y < strip.rows(); y++) {
            work.checkCancelled();
            var right = correlate(grey, y, SOBEL_RIGHT, 1);
            var down = correlate(grey, y, SOBEL_DOWN, 1);
            var to = at + y * strip.shape().rowBytes();
            for (var x = 0; x < width; x++) {
                var steepness = rounded((float) Math.sqrt(right[x] * right[x] + down[x] * down[x]));
                if (channels == 4) {
                    Arrays.fill(out, to + 4 * x, to + 4 * x + 3, steepness);
                    out[to + 4 * x + 3] = rounded(rows[y + 1][4 * x + 3]);
                } else {
                    out[to + x] = steepness;
                }
            }
        }
    }

    /// ITU-R BT.601: what the eye makes of red, green and blue.
    private static float[] brightness(float[] row, int width, int channels) {
        var grey = new float[width];
        for (var x = 0; x < width; x++) {
            var at = channels * x;
            grey[x] = 0.299f * row[at] + 0.587f * row[at + 1] + 0.114f * row[at + 2];
        }
        return grey;
    }

    /// The strip's rows, with `margin` more above and below; outside the picture, those at its edge.
    private float[][] rows(Picture picture, Strip strip, int margin) {
        var shape = picture.shape();
        var top = strip.number() * Shape.STRIP_ROWS - margin;
        var rows = new float[strip.rows() + 2 * margin][];
        if (bytes.length != shape.rowBytes()) {
            bytes = new byte[shape.rowBytes()];
        }
        for (var i = 0; i < rows.length; i++) {
            var y = Math.clamp(top + i, 0, shape.height() - 1);
            if (i > 0 && y == Math.clamp(top + i - 1, 0, shape.height() - 1)) {
                rows[i] = rows[i - 1];
                continue;
            }
            album.row(picture, y, bytes);
            var row = new float[bytes.length];
            for (var x = 0; x < row.length; x++) {
                row[x] = bytes[x] & 0xff;
            }
            rows[i] = row;
        }
        return rows;
    }

    /// Weighs rows `first` and those below it. C2 makes vector code of loops that index their arrays alike, so a row is
    /// shifted first.
    private float[] correlate(float[][] rows, int first, float[][] taps, int channels) {
        var sums = new float[rows[first].length];
        if (shifted.length != sums.length) {
            shifted = new float[sums.length];
        }
        for (var i = 0; i < taps.length; i++) {
            for (var j = 0; j < taps[i].length; j++) {
                if (taps[i][j] != 0) {
                    add(sums, taps[i][j], shifted(rows[first + i], j - taps[i].length / 2, channels));
                }
            }
        }
        return sums;
    }

    private static void add(float[] sums, float tap, float[] row) {
        for (var x = 0; x < sums.length; x++) {
            sums[x] += tap * row[x];
        }
    }

    private float[] shifted(float[] row, int pixels, int channels) {
        if (pixels == 0) {
            return row;
        }
        var by = Math.min(Math.abs(pixels) * channels, row.length - channels);
        var inner = row.length - by;
        if (pixels > 0) {
            System.arraycopy(row, by, shifted, 0, inner);
            for (var x = inner; x < row.length; x++) {
                shifted[x] = row[row.length - channels + x % channels];
            }
        } else {
            System.arraycopy(row, 0, shifted, by, inner);
            for (var x = 0; x < by; x++) {
                shifted[x] = row[x % channels];
            }
        }
        return shifted;
    }

    private static byte rounded(float value) {
        return (byte) Math.clamp((int) (value + 0.5f), 0, 255);
    }
}

package millrace.worker.kernels;

import java.util.Arrays;
import millrace.proto.CancelledException;
import millrace.proto.Work;
import millrace.proto.arrays.NpyArray;
import millrace.proto.kernels.Convolve;

/// Computes the whole convolution and keeps a part.
///
/// It goes through strips of columns so narrow that all the image's rows that a filter covers stay in the first-level
/// cache, each in as many copies as a filter has columns, shifted by one: C2 makes vector code of loops that index all
/// their arrays alike. Vector code adds the same numbers in the same order.
final class FullConvolution implements Convolution {
    /// Columns of a strip: 16 arrays of 2 KB for filters of 4 by 4.
    static final int STRIP = 256;

    private final Convolve job;
    private final NpyArray image;

    /// Row y of the image is in place y modulo the filter's height; `shifted[p][j][x]` is the image's column x - j.
    private final double[][][] shifted;

    private final double[] sums = new double[STRIP];

    FullConvolution(Convolve job, NpyArray image) {
        this.job = job;
        this.image = image;
        shifted = new double[job.filterHeight()][job.filterWidth()][STRIP];
    }

    @Override
    public void run(Work work, double[] taps, int first, int end, Doubles rows, int at) throws CancelledException {
        var fullWidth = job.width() + job.filterWidth() - 1;
        var fullHeight = job.height() + job.filterHeight() - 1;
        var top = first * job.stride();
        var bottom = (int) Math.min((long) end * job.stride(), fullHeight);
        for (var left = 0; left < fullWidth; left += STRIP) {
            for (var y = Math.max(0, top - job.filterHeight() + 1); y < Math.min(top, job.height()); y++) {
                load(y, left);
            }
            var columns = Math.min(STRIP, fullWidth - left);
            for (var y = top; y < bottom; y++) {
                if (y < job.height()) {
                    load(y, left);
                }
                if ((y & 15) == 0) {
                    work.checkCancelled();
                }
                convolve(taps, y);
                if (y % job.stride() == 0) {
                    keep(rows, at + y / job.stride() - first, left, columns);
                }
            }
        }
    }

    private void load(int y, int left) {
        var copies = shifted[y % job.filterHeight()];
        for (var j = 0; j < copies.length; j++) {
            // The columns left - j .. left - j + STRIP - 1, as far as the image has them.
            var from = Math.clamp(left - j, 0, job.width());
            var to = Math.clamp(left - j + STRIP, 0, job.width());
            var at = Math.min(STRIP, from - (left - j));
            Arrays.fill(copies[j], 0, at, 0);
            image.reals((long) y * job.width() + from, to - from, copies[j], at);
            Arrays.fill(copies[j], at + to - from, STRIP, 0);
        }
    }

    private void convolve(double[] taps, int y) {
        Arrays.fill(sums, 0);
        for (var i = 0; i < job.filterHeight(); i++) {
            if (y - i < 0 || y - i >= job.height()) {
                continue;
            }
            var row = shifted[(y - i) % job.filterHeight()];
            for (var j = 0; j < row.length; j += 4) {
                add(taps, i * row.length + j, row, j);
            }
        }
    }

    /// Adds four products to each sum, or as many as are left in the filter's row.
    private void add(double[] taps, int tap, double[][] row, int j) {
        if (j + 4 <= row.length) {
            add(
                    sums,
                    taps[tap],
                    row[j],
                    taps[tap + 1],
                    row[j + 1],
                    taps[tap + 2],
                    row[j + 2],
                    taps[tap + 3],
                    row[j + 3]);
        } else {
            for (var k = 0; j + k < row.length; k++) {
                add(sums, taps[tap + k], row[j + k]);
            }
        }
    }

    private static void add(
            double[] sums,
            double tapA,
            double[] a,
            double tapB,
            double[] b,
            double tapC,
            double[] c,
            double tapD,
            double[] d) {
        for (var x = 0; x < STRIP; x++) {
            sums[x] = (((sums[x] + tapA * a[x]) + tapB * b[x]) + tapC * c[x]) + tapD * d[x];
        }
    }

    private static void add(double[] sums, double tap, double[] a) {
        for (var x = 0; x < STRIP; x++) {
            sums[x] += tap * a[x];
        }
    }

    private void keep(Doubles rows, int row, int left, int columns) {
        for (var x = Math.ceilDiv(left, job.stride()); (long) x * job.stride() < left + columns; x++) {
            rows.set(row, x, sums[x * job.stride() - left]);
        }
    }
}

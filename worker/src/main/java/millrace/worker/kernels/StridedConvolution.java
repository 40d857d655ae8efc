package millrace.worker.kernels;

import java.util.Arrays;
import millrace.proto.CancelledException;
import millrace.proto.Work;
import millrace.proto.arrays.NpyArray;
import millrace.proto.kernels.Convolve;

/// Computes only what is kept.
final class StridedConvolution implements Convolution {
    private final Convolve job;
    private final NpyArray image;

    /// A row of the image, with as many zeros on each side as a filter reaches out.
    private final double[] padded;

    private final double[] sums;

    StridedConvolution(Convolve job, NpyArray image) {
        this.job = job;
        this.image = image;
        padded = new double[job.width() + 2 * (job.filterWidth() - 1)];
        sums = new double[job.outWidth()];
    }

    @Override
    public void run(Work work, double[] taps, int first, int end, Doubles rows, int at) throws CancelledException {
        var taken = job.filterWidth();
        for (var row = first; row < end; row++) {
            work.checkCancelled();
            Arrays.fill(sums, 0);
            for (var i = 0; i < job.filterHeight(); i++) {
                var y = row * job.stride() - i;
                if (0 <= y && y < job.height()) {
                    image.reals((long) y * job.width(), job.width(), padded, taken - 1);
                    add(padded, taps, i * taken, taken, job.stride(), sums);
                }
            }
            for (var x = 0; x < sums.length; x++) {
                rows.set(at + row - first, x, sums[x]);
            }
        }
    }

    private static void add(double[] padded, double[] taps, int from, int taken, int stride, double[] sums) {
        for (var x = 0; x < sums.length; x++) {
            var sum = sums[x];
            var right = x * stride + taken - 1;
            for (var j = 0; j < taken; j++) {
                sum += taps[from + j] * padded[right - j];
            }
            sums[x] = sum;
        }
    }
}

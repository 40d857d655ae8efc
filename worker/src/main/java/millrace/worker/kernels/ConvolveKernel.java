package millrace.worker.kernels;

import java.util.OptionalLong;
import millrace.proto.BadInput;
import millrace.proto.Kernel;
import millrace.proto.Work;
import millrace.proto.arrays.NpyArray;
import millrace.proto.kernels.Convolve;

/// Convolves the rows of the results that are asked for, filter by filter; of photographs, the strips.
public final class ConvolveKernel implements Kernel<Convolve> {
    @Override
    public Class<Convolve> description() {
        return Convolve.class;
    }

    /// The rows of the result, and what a convolution works with. What strips of photographs take is not known
    /// from the parameters.
    @Override
    public OptionalLong liveBytes(Convolve job, long first, long end) {
        if (!job.images().isEmpty()) {
            return OptionalLong.empty();
        }
        var filter = job.filterHeight() * job.filterWidth();
        var working = switch (job.form()) {
            case FULL -> FullConvolution.STRIP * (filter + 1);
            case STRIDED -> job.width() + 2 * job.filterWidth() + job.outWidth();
        };
        return OptionalLong.of(Double.BYTES * ((end - first) * job.outWidth() + working + filter));
    }

    @Override
    public byte[] compute(Convolve job, Work work, long first, long end) throws Exception {
        if (!job.images().isEmpty()) {
            return new Photographs(job, work).compute(first, end);
        }
        var image = new NpyArray("the image", work.blob(job.image()));
        var filters = new NpyArray("the array of filters", work.blob(job.filters()));
        image.requireShape("the image", job.height(), job.width());
        if (filters.header().shape().size() == 2 && job.filterCount() == 1) {
            filters.requireShape("the array of filters", job.filterHeight(), job.filterWidth());
        } else {
            filters.requireShape("the array of filters", job.filterCount(), job.filterHeight(), job.filterWidth());
        }
        var rows = new Doubles((int) (end - first), job.outWidth());
        var taps = new double[job.filterHeight() * job.filterWidth()];
        var convolution = switch (job.form()) {
            case FULL -> new FullConvolution(job, image);
            case STRIDED -> new StridedConvolution(job, image);
        };
        for (var item = first; item < end; ) {
            var filter = item / job.outHeight();
            filters.reals(filter * taps.length, taps.length, taps, 0);
            for (var i = 0; i < taps.length; i++) {
                if (!Double.isFinite(taps[i])) {
                    throw new BadInput(
                            "number %d of filter %d is %s, allowed: finite ones".formatted(i, filter, taps[i]));
                }
            }
            var row = (int) (item % job.outHeight());
            var rowEnd = (int) Math.min(job.outHeight(), row + end - item);
            convolution.run(work, taps, row, rowEnd, rows, (int) (item - first));
            item += rowEnd - row;
        }
        return rows.bytes();
    }
}

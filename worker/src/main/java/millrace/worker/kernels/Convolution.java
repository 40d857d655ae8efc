package millrace.worker.kernels;

import millrace.proto.CancelledException;
import millrace.proto.Work;

/// A way to convolve one image with filters. All ways add the same products in the same order to zero, so they give the
/// same bits. For one thread.
sealed interface Convolution permits FullConvolution, StridedConvolution {
    /// Convolves with one filter.
    ///
    /// @param taps  the filter, row by row
    /// @param first first row of the result
    /// @param end   one past its last row
    /// @param rows  receives them
    /// @param at    the row of `rows` that the first becomes
    void run(Work work, double[] taps, int first, int end, Doubles rows, int at) throws CancelledException;
}

package millrace.worker.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Random;
import millrace.proto.Blob;
import millrace.proto.Counts;
import millrace.proto.Description;
import millrace.proto.Kernel;
import millrace.proto.kernels.Convolve;
import millrace.proto.kernels.Mandelbrot;
import millrace.proto.kernels.Mlp;
import millrace.proto.kernels.PrefixCount;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What kernels declare that they need of the heap is what they take.
class LiveBytesTest {
    /// For headers of arrays, objects, and the parsing of .npy headers.
    private static final long SMALL = 64 << 10;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final Random random = new Random(1);
    private final BlobWork work = new BlobWork();

    /// What is held was allocated, so that is a limit above it; the value is held in the end.
    private <D extends Description> void assertDeclaresWhatItTakes(Kernel<D> kernel, D job, long first, long end)
            throws Exception {
        kernel.compute(job, work, first, first + 1); // loads classes
        var before = threads.getCurrentThreadAllocatedBytes();
        var value = kernel.compute(job, work, first, end);
        var allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(kernel.liveBytes(job, first, end).orElseThrow()).isBetween((long) value.length, allocated + SMALL);
    }

    @ParameterizedTest
    @EnumSource(Convolve.Form.class)
    void convolveDeclaresWhatItTakes(Convolve.Form form) throws Exception {
        var image = work.put(NpyFile.doubles(random::nextGaussian, 300, 5000));
        var filters = work.put(NpyFile.doubles(random::nextGaussian, 2, 12, 9));
        var job = new Convolve(image, filters, 2, form, 300, 5000, 2, 12, 9);
        assertDeclaresWhatItTakes(new ConvolveKernel(), job, 1, 60);
        // One taken out of the middle, where what one works with is most of it.
        assertDeclaresWhatItTakes(new ConvolveKernel(), job, 100, 101);
    }

    @Test
    void photographsAreNotKnownBefore() {
        var strips = new Convolve(
                Blob.EMPTY,
                Blob.EMPTY,
                1,
                Convolve.Form.STRIDED,
                0,
                0,
                0,
                0,
                0,
                Blob.of(new byte[9]),
                Convolve.Filter.SOBEL,
                2,
                1);
        assertThat(new ConvolveKernel().liveBytes(strips, 0, 1)).isEmpty();
    }

    @Test
    void mandelbrotDeclaresWhatItTakes() throws Exception {
        assertDeclaresWhatItTakes(new MandelbrotKernel(), new Mandelbrot(9000, 900, 3, 3, 1, 5, 2), 7, 40);
    }

    @Test
    void mlpDeclaresWhatItTakesBesideItsNet() throws Exception {
        var job = new Mlp(
                work.put(NpyFile.floats(random::nextGaussian, 5, 7)),
                work.put(NpyFile.floats(random::nextGaussian, 7, 3)),
                work.put(NpyFile.floats(random::nextGaussian, 3)),
                work.put(NpyFile.floats(random::nextGaussian, 3, 10)),
                work.put(NpyFile.floats(random::nextGaussian, 10)),
                10_000,
                5,
                7,
                3,
                10);
        assertDeclaresWhatItTakes(new MlpKernel(), job, 100, 20_100);
    }

    /// Its table gives up what it outgrows, so it allocates more than it holds.
    @Test
    void prefixCountDeclaresWhatItsTableTakesAtMost() throws Exception {
        var kernel = new PrefixCountKernel();
        var job = new PrefixCount(Blob.EMPTY, 20, 10_000, false, 1234, 19, 4);
        for (var blocks : new int[] {1, 2, 7, 30, 50}) {
            var value = kernel.compute(job, work, 0, blocks);
            var counts = Counts.decode(value);
            var needed = counts.memoryBytes() + 2L * Integer.BYTES * counts.size() + value.length;
            assertThat(kernel.liveBytes(job, 0, blocks).orElseThrow())
                    .as("%d blocks", blocks)
                    .isBetween(needed - SMALL, 2 * needed);
        }
        var text = new PrefixCount(Blob.of(new byte[100_000]), 20, 10_000, false, 1234, 19, 4);
        assertThat(kernel.liveBytes(text, 0, 1)).isEmpty();
    }
}

package millrace.worker.kernels;

import millrace.proto.CancelledException;
import millrace.proto.Integers;
import millrace.proto.Kernel;
import millrace.proto.Work;
import millrace.proto.kernels.Spin;

/// Passes time on a core. The clock decides how long that takes and nothing else: the value is the sum of the item
/// numbers, at most 1e18 for all.
public final class SpinKernel implements Kernel<Spin> {
    private static final long LOOK_NANOS = 50_000_000;

    @Override
    public Class<Spin> description() {
        return Spin.class;
    }

    @Override
    public byte[] compute(Spin spin, Work work, long first, long end) throws CancelledException {
        var started = System.nanoTime();
        var nanos = (long) (spin.micros() * 1000 * (end - first));
        var look = LOOK_NANOS;
        for (var passed = 0L; passed < nanos; passed = System.nanoTime() - started) {
            if (passed >= look) {
                work.checkCancelled();
                look = passed + LOOK_NANOS;
            }
            Thread.onSpinWait();
        }
        return Integers.encode((end - first) * (first + end - 1) / 2);
    }
}

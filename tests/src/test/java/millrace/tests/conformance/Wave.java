package millrace.tests.conformance;

import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;

/// Scripts that run side by side and restart their broker together.
final class Wave {
    private final CyclicBarrier ready;
    private final CyclicBarrier stopping;
    private final CyclicBarrier starting;
    private volatile long stoppedMillis;

    /// @param scripts how many there are
    /// @param stop    stops the broker
    /// @param start   starts it again
    Wave(int scripts, Runnable stop, Runnable start) {
        ready = new CyclicBarrier(scripts);
        stopping = new CyclicBarrier(scripts, () -> {
            stoppedMillis = Trace.nowMillis();
            stop.run();
        });
        starting = new CyclicBarrier(scripts, start);
    }

    /// Waits until all are about to restart.
    void gather() {
        await(ready);
    }

    /// Returns when the broker has stopped, with the time at which that began.
    long stop() {
        await(stopping);
        return stoppedMillis;
    }

    /// Returns when the broker is up again.
    void start() {
        await(starting);
    }

    /// Keeps the others from waiting for a script that will not come.
    void abandon() {
        ready.reset();
        stopping.reset();
        starting.reset();
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (BrokenBarrierException e) {
            throw new IllegalStateException("another script of the wave failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted at the restart", e);
        }
    }
}

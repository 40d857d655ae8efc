package millrace.worker;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import millrace.proto.Result.Answer;
import millrace.proto.Result.Cost;
import millrace.worker.LargeValues.Outcome;

/// The threads that compute, one for each core, and one more while an urgent task is computed beside those on the
/// cores. Any thread may call it; nothing waits.
///
/// They run below all others in priority: with every core computing, Kafka's threads would else wait for a time
/// slice before they can fetch the next task. The JVM heeds priorities only with `-XX:ThreadPriorityPolicy=1`.
final class Cores {
    /// Told when a kernel has stopped.
    interface Listener {
        /// A kernel has stopped, and left a value that is to be put elsewhere; [#computed] follows, by another
        /// thread, when it is.
        void putting(long ticket);

        /// A task is answered.
        ///
        /// @param heldBytes of the heap, as [HeldBytes] measures them
        void computed(long ticket, Answer answer, Cost cost, long heldBytes);
    }

    private final HeldBytes held = new HeldBytes();
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final Map<Long, Run> runs = new ConcurrentHashMap<>();
    private final ExecutorService pool;
    private final ExecutorService beside;
    private final int cores;
    private final Supplies supplies;
    private final Listener listener;

    Cores(int cores, Supplies supplies, Listener listener) {
        this.supplies = supplies;
        this.listener = listener;
        this.cores = cores;
        var factory = factory();
        pool = Executors.newFixedThreadPool(cores, factory);
        beside = Executors.newCachedThreadPool(factory); // a thread too many in the pool would be woken for each task
    }

    @SuppressWarnings("ThreadPriorityCheck") // on purpose, see above; nothing but speed depends on it
    private static ThreadFactory factory() {
        var count = new AtomicInteger();
        return computation -> {
            var thread = new Core(computation, "core-" + count.getAndIncrement());
            thread.setPriority(Thread.MIN_PRIORITY);
            thread.setDaemon(true); // a kernel that does not stop does not keep the process
            return thread;
        };
    }

    void compute(Action.Compute order) {
        var run = new Run(order);
        runs.put(order.ticket(), run);
        (runs.size() > cores ? beside : pool).execute(run);
    }

    /// Tasks that are being computed.
    int running() {
        return runs.size();
    }

    void cancel(long ticket) {
        var run = runs.get(ticket);
        if (run != null) {
            run.work.cancel();
        }
    }

    /// Starts nothing more. Kernels that still run are not waited for.
    void close() {
        runs.values().forEach(run -> run.work.cancel());
        pool.shutdown();
        beside.shutdown();
    }

    private static final class Core extends Thread {
        /// The thread's CPU time when its last task ended. To ask for it is a call of the system, which takes longer than
        /// a tiny task: what a core does between two tasks, some microseconds, is counted to the second.
        private long cpuNanos;

        Core(Runnable computation, String name) {
            super(computation, name);
        }
    }

    private final class Run implements Runnable {
        private final Action.Compute order;
        private final TaskWork work;

        Run(Action.Compute order) {
            this.order = order;
            work = new TaskWork(supplies, order.math().toString());
        }

        @Override
        public void run() {
            var wall = System.nanoTime();
            var core = (Core) Thread.currentThread();
            var cpu = core.cpuNanos;
            var collections = held.collections();
            var allocatedBefore = threads.getCurrentThreadAllocatedBytes();
            var outcome = compute();
            var allocated = Math.max(0, threads.getCurrentThreadAllocatedBytes() - allocatedBefore);
            core.cpuNanos = threads.getCurrentThreadCpuTime();
            var cost = new Cost(
                    Math.max(0, core.cpuNanos - cpu),
                    Math.max(0, System.nanoTime() - wall),
                    0,
                    allocated,
                    work.extra());
            Thread.interrupted(); // a kernel's interruption of itself is not the next one's
            var heldBytes = held.of(collections, allocated);
            runs.remove(order.ticket());
            switch (outcome) {
                case Outcome.Answered(var answer) -> listener.computed(order.ticket(), answer, cost, heldBytes);
                case Outcome.Large large -> {
                    listener.putting(order.ticket());
                    // Until it is durable the core computes another task.
                    Thread.ofVirtual()
                            .name("put")
                            .start(() -> listener.computed(
                                    order.ticket(), supplies.values().put(large), cost, heldBytes));
                }
            }
        }

        private Outcome compute() {
            try (work) {
                return order.math().compute(order.task(), work, supplies.values());
            }
        }
    }
}

package millrace.bench;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import millrace.cli.EmbeddedFleet;

/// What a fleet without a job took of the cores while a rival was timed on them: its heartbeats, polls and compilers
/// make the rival slower, which would be in the fleet's favour.
///
/// @param cpuSeconds CPU time of the fleet's processes, at least 0
/// @param seconds    in which it was taken, above 0: those that the rival tells, and what it does before and after
/// @param cores      that both compute on, at least 1
record Beside(double cpuSeconds, double seconds, int cores) {
    /// The fleet's share of the cores' time, 0 to 1.
    double share() {
        return Math.clamp(cpuSeconds / cores / seconds, 0, 1);
    }

    /// The rival's seconds on cores of its own: less what the fleet took, spread over the cores, in as many seconds.
    ///
    /// @param rivalSeconds by the rival's clock
    double without(double rivalSeconds) {
        return rivalSeconds - share() * rivalSeconds;
    }

    /// A remark on all turns of a rival, at least one.
    static String remark(String rival, List<Beside> turns) {
        var shares = Figure.of(
                rival, "", turns.stream().map(one -> 100 * one.share()).toList());
        var range =
                turns.size() == 1 ? "" : " (%s to %s)".formatted(Figure.text(shares.min()), Figure.text(shares.max()));
        return "%s: the fleet beside it took %s %% of the cores meanwhile%s; its seconds are counted without"
                .formatted(rival, Figure.text(shares.median()), range);
    }

    /// Looks at the processes of a fleet: this one, which has brokers, producer and aggregator, and the workers. What
    /// the thread that waits for the rival spends is not the fleet's. One thread.
    static final class Watch {
        private final List<ProcessHandle> processes;
        private final double cpuSeconds;
        private final long started;

        /// From now on.
        Watch(EmbeddedFleet fleet) {
            processes = new ArrayList<>(fleet.workers());
            processes.add(ProcessHandle.current());
            cpuSeconds = cpuSecondsSoFar();
            started = System.nanoTime();
        }

        /// Until now.
        Beside end(int cores) {
            var seconds = (System.nanoTime() - started) / 1e9;
            return new Beside(Math.max(0, cpuSecondsSoFar() - cpuSeconds), seconds, cores);
        }

        // A worker that has ended has no time any more.
        private double cpuSecondsSoFar() {
            var all = -ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            for (var process : processes) {
                all += process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos();
            }
            return all / 1e9;
        }
    }
}

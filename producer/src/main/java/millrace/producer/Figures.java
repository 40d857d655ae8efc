package millrace.producer;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// How a feeder is at one moment: for meters, read by any thread. Immutable.
///
/// @param counts        what it has done
/// @param coreSeconds   work left of the open jobs that are not paused, by kernel, as far as costs were measured;
///                      a kernel that a live worker offers is there with 0
/// @param openJobs      jobs that have not ended
/// @param outstanding   ranges cut and not done
/// @param workers       live workers
/// @param cores         of the live workers that compute
record Figures(
        Feeder.Counts counts,
        SortedMap<String, Double> coreSeconds,
        int openJobs,
        long outstanding,
        int workers,
        long cores) {
    /// The most kernels that are told apart; a job may name any.
    static final int KERNELS_MAX = 100;

    static final Figures NONE = new Figures(new Feeder.Counts(0, 0, 0, 0, 0), new TreeMap<>(Map.of()), 0, 0, 0, 0);

    /// Adds work of a kernel, under `other` when there are too many of them.
    static void add(SortedMap<String, Double> coreSeconds, String kernel, double seconds) {
        var known = coreSeconds.containsKey(kernel) || coreSeconds.size() < KERNELS_MAX;
        coreSeconds.merge(known ? kernel : "other", seconds, Double::sum);
    }
}

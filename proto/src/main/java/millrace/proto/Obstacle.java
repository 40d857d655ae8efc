package millrace.proto;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What keeps a job from being computed, told from what the workers say of themselves: one sentence for people. The
/// producer feeds by it, clients show it.
public final class Obstacle {
    private Obstacle() {}

    /// Why nobody computes the job's tasks, or empty when some worker does.
    ///
    /// @param computation the job's
    /// @param paused      whether it is paused
    /// @param live        the latest heartbeat of each worker that was heard within the last 5 s
    public static Optional<String> of(Computation computation, boolean paused, Collection<Heartbeat> live) {
        if (paused) {
            return Optional.of("the job is paused");
        }
        var present = live.stream()
                .filter(beat -> beat.state() != Heartbeat.State.STOPPED)
                .toList();
        if (present.isEmpty()) {
            return Optional.of("no worker is alive");
        }
        var offering = present.stream()
                .filter(beat -> beat.offers(computation.kernel(), computation.version()))
                .toList();
        if (offering.isEmpty()) {
            return Optional.of(unknown(computation, present));
        }
        if (offering.stream().anyMatch(Obstacle::computes)) {
            return Optional.empty();
        }
        var kernel = computation.kernel() + "@" + computation.version();
        var trouble = offering.stream()
                .map(Heartbeat::trouble)
                .filter(text -> !text.isEmpty())
                .findFirst();
        if (trouble.isPresent()) {
            return Optional.of("no worker that computes " + kernel + " takes tasks: " + trouble.get());
        }
        return Optional.of(
                offering.stream().anyMatch(beat -> beat.state() == Heartbeat.State.DRAINING)
                        ? "every worker that computes " + kernel + " is leaving"
                        : "every worker that computes " + kernel + " is still starting");
    }

    /// Whether the worker takes tasks.
    public static boolean computes(Heartbeat beat) {
        return beat.state() == Heartbeat.State.RUNNING && beat.lanes() > 0;
    }

    private static String unknown(Computation computation, Collection<Heartbeat> present) {
        Map<Integer, Integer> versions = new TreeMap<>();
        for (var beat : present) {
            for (var offer : beat.offers()) {
                if (offer.kernel().equals(computation.kernel())) {
                    versions.merge(offer.version(), 1, Integer::sum);
                }
            }
        }
        var sentence = "no live worker computes " + computation.kernel() + "@" + computation.version();
        if (versions.isEmpty()) {
            return sentence + ": none of " + count(present.size()) + " knows the kernel " + computation.kernel();
        }
        return sentence + ": "
                + versions.entrySet().stream()
                        .map(entry -> count(entry.getValue()) + (entry.getValue() == 1 ? " has " : " have ")
                                + computation.kernel() + "@" + entry.getKey())
                        .collect(Collectors.joining(", "));
    }

    private static String count(int workers) {
        return workers == 1 ? "1 worker" : workers + " workers";
    }
}

package millrace.aggregator.console;

import java.util.LinkedHashMap;
import java.util.Optional;
import millrace.proto.Cluster;
import millrace.proto.Description;
import millrace.proto.Descriptions;
import millrace.proto.kernels.Convolve;
import millrace.proto.kernels.Mandelbrot;
import millrace.proto.kernels.MonteCarlo;
import tools.jackson.databind.node.ObjectNode;

/// What jobs have of their output so far, for those whose output people can look at. A job is followed from when
/// somebody looks until nobody has for a while; at most [#FOLLOWED_MAX] at once. Any thread.
final class LivePictures implements AutoCloseable {
    static final int FOLLOWED_MAX = 4;
    private static final Descriptions DESCRIPTIONS = Descriptions.load();

    private final Cluster cluster;
    private final FleetTail tail;
    private final String id;
    private final LinkedHashMap<String, LiveOutput> followed = new LinkedHashMap<>();

    LivePictures(Cluster cluster, FleetTail tail, String id) {
        this.cluster = cluster;
        this.tail = tail;
        this.id = id;
    }

    /// `picture`, `estimate`, or empty when there is nothing to look at.
    static String kind(JobRecord job) {
        return switch (description(job).orElse(null)) {
            case Mandelbrot _, Convolve _ -> "picture";
            case MonteCarlo option when option.book().isEmpty() -> "estimate";
            case null, default -> "";
        };
    }

    private static Optional<Description> description(JobRecord job) {
        return DESCRIPTIONS.read(job.spec().computation());
    }

    byte[] png(JobRecord job) {
        return follow(job).canvas().png();
    }

    ObjectNode estimate(JobRecord job) {
        return follow(job).estimate().write();
    }

    private synchronized LiveOutput follow(JobRecord job) {
        followed.values().removeIf(LiveOutput::isOver);
        var known = followed.remove(job.id());
        if (known == null) {
            if (followed.size() >= FOLLOWED_MAX) {
                followed.pollFirstEntry().getValue().stop();
            }
            known = new LiveOutput(
                    cluster, tail.wire(), id, job, description(job).orElseThrow());
            Thread.ofPlatform().daemon().name("console-output").start(known);
        }
        followed.put(job.id(), known);
        known.looked();
        return known;
    }

    @Override
    public synchronized void close() {
        followed.values().forEach(LiveOutput::stop);
        followed.clear();
    }
}

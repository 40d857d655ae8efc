package millrace.aggregator.console;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import millrace.proto.Heartbeat;

/// What the view knows of one worker: what it said last, and its last minute.
final class WorkerRecord {
    /// Seconds that are kept.
    static final int SECONDS = 60;

    /// One second of a worker.
    ///
    /// @param busy cores that compute, -1 when the worker was not heard of
    /// @param job  the job that most of them compute for, empty when none does
    record Second(int busy, String job) {
        static final Second SILENT = new Second(-1, "");
    }

    private static final long LIVE_NANOS = 5_000_000_000L;

    private Heartbeat heartbeat;
    private long heardNanos;
    private boolean heard;
    private final ArrayDeque<Second> minute = new ArrayDeque<>();
    private long tasksAtTick;
    private double tasksPerSecond;

    WorkerRecord(Heartbeat first) {
        heartbeat = first;
        tasksAtTick = first.tasks();
    }

    /// @param now whether it was sent now, rather than read from what the topic has kept
    void accept(Heartbeat latest, boolean now, long nanos) {
        heartbeat = latest;
        if (now) {
            heard = true;
            heardNanos = nanos;
        }
    }

    /// A second has passed.
    void tick(long nanos) {
        minute.addLast(isLive(nanos) ? second() : Second.SILENT);
        if (minute.size() > SECONDS) {
            minute.removeFirst();
        }
        // Smoothed: heartbeats and ticks do not keep step.
        tasksPerSecond = 0.7 * tasksPerSecond + 0.3 * Math.max(0, heartbeat.tasks() - tasksAtTick);
        tasksAtTick = heartbeat.tasks();
    }

    private Second second() {
        Map<String, Integer> byJob = HashMap.newHashMap(4);
        for (var holding : heartbeat.holdings()) {
            if (holding.computing()) {
                byJob.merge(holding.job(), 1, Integer::sum);
            }
        }
        var job = byJob.entrySet().stream()
                .max(Map.Entry.<String, Integer>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                .map(Map.Entry::getKey)
                .orElse("");
        return new Second(heartbeat.coresBusy(), job);
    }

    Heartbeat heartbeat() {
        return heartbeat;
    }

    /// Heard of within the last five seconds, by our clock.
    boolean isLive(long nanos) {
        return heard && nanos - heardNanos < LIVE_NANOS;
    }

    /// Milliseconds since it was heard of; -1 when it was not since we listen.
    long silentMillis(long nanos) {
        return heard ? (nanos - heardNanos) / 1_000_000 : -1;
    }

    int busy() {
        return second().busy();
    }

    double tasksPerSecond() {
        return tasksPerSecond;
    }

    /// The seconds up to now, the oldest first.
    List<Second> minute() {
        return List.copyOf(minute);
    }
}

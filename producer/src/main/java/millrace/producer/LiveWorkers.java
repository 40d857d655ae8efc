package millrace.producer;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import millrace.proto.Heartbeat;
import millrace.proto.Obstacle;
import millrace.proto.Ranges.Range;

/// The workers that were heard within the last 5 s: what they offer, and which tasks they say they have in hand.
/// Time during which we could not hear is not held against them.
final class LiveWorkers {
    /// A worker that is silent for longer is not counted on.
    static final long SILENCE = 5 * Nanos.SECOND;

    /// How often a worker is to be heard: once we hear again after a while, each has had its say by then.
    static final long ROUND = 1500 * Nanos.MILLI;

    /// For how long a silent worker's tasks are remembered as stuck.
    private static final long STUCK = 60 * Nanos.SECOND;

    /// A share group has 1,000 members at most.
    private static final int WORKERS_MAX = 4_000;

    /// A task as a worker names it.
    record Claim(String job, Range range) {}

    private static final class Worker {
        Heartbeat beat;
        long heard;

        Worker(Heartbeat beat, long heard) {
            this.beat = beat;
            this.heard = heard;
        }
    }

    private final Map<String, Worker> live = new HashMap<>();
    private final Map<String, Worker> silent = new HashMap<>();
    private final Map<Claim, Integer> claims = new HashMap<>();
    private final Map<Heartbeat.Offer, Capacity> capacities = new HashMap<>();
    private Capacity total = Capacity.NONE;
    private boolean changed;
    private long hearingSince = Nanos.NEVER;
    private long heard;
    private long looked = Nanos.NEVER;

    void heartbeat(Heartbeat beat, long now) {
        var name = beat.worker();
        var before = live.remove(name);
        if (before != null) {
            if (before.beat.sequence() > beat.sequence()) {
                live.put(name, before);
                return;
            }
            forget(before.beat);
        }
        if (hearingSince == Nanos.NEVER || now - heard > 2 * ROUND) {
            hearingSince = now;
        }
        heard = now;
        changed = true;
        silent.remove(name);
        if (beat.state() != Heartbeat.State.STOPPED && live.size() < WORKERS_MAX) {
            live.put(name, new Worker(beat, now));
            beat.holdings().forEach(holding -> claims.merge(claim(holding), 1, Integer::sum));
        }
    }

    /// To be called several times a second: tells who has become silent.
    void look(long now) {
        if (looked != Nanos.NEVER && now - looked > Nanos.SECOND) {
            // We were frozen ourselves: what the workers said meanwhile is still to be read.
            var missed = now - looked;
            live.values().forEach(worker -> worker.heard = Math.min(now, worker.heard + missed));
            hearingSince = Nanos.NEVER;
        }
        looked = now;
        var left = new ArrayList<Worker>();
        live.values().removeIf(worker -> now - worker.heard > SILENCE && left.add(worker));
        for (var worker : left) {
            changed = true;
            forget(worker.beat);
            if (silent.size() < WORKERS_MAX) {
                silent.put(worker.beat.worker(), worker);
            }
        }
        silent.values().removeIf(worker -> now - worker.heard > STUCK);
    }

    /// Whether a worker that has a task in hand would have said so by now.
    boolean hearing(long now) {
        return hearingSince != Nanos.NEVER && now - hearingSince >= ROUND && now - heard <= ROUND;
    }

    /// Whether a live worker has the task in hand.
    boolean claimed(String job, Range range) {
        return claims.containsKey(new Claim(job, range));
    }

    /// The tasks that workers had in hand when they fell silent, at most a minute ago.
    Collection<Claim> stuck() {
        var stuck = new HashSet<Claim>();
        for (var worker : silent.values()) {
            worker.beat.holdings().forEach(holding -> stuck.add(claim(holding)));
        }
        return stuck;
    }

    List<Heartbeat> live() {
        return live.values().stream().map(worker -> worker.beat).toList();
    }

    /// What the workers that compute this kernel can do.
    Capacity capacity(Heartbeat.Offer offer) {
        count();
        return capacities.getOrDefault(offer, Capacity.NONE);
    }

    /// What all workers together can do.
    Capacity total() {
        count();
        return total;
    }

    private void count() {
        if (!changed) {
            return;
        }
        changed = false;
        capacities.clear();
        total = Capacity.NONE;
        for (var worker : live.values()) {
            var beat = worker.beat;
            if (Obstacle.computes(beat)) {
                total = total.plus(beat.cores(), beat.holds());
                for (var offer : new HashSet<>(beat.offers())) {
                    capacities.merge(
                            offer,
                            new Capacity(beat.cores(), beat.holds()),
                            (before, more) -> before.plus(more.cores(), more.holds()));
                }
            }
        }
    }

    private void forget(Heartbeat beat) {
        for (var holding : beat.holdings()) {
            claims.computeIfPresent(claim(holding), (named, workers) -> workers == 1 ? null : workers - 1);
        }
    }

    private static Claim claim(Heartbeat.Holding holding) {
        return new Claim(holding.job(), new Range(holding.first(), holding.end()));
    }
}

package millrace.producer;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The tasks that are out: in which partitions, and how much of the window they take.
final class InFlight {
    private final Window window;
    private final TaskPartitions partitions;
    private final Map<Long, Emission> sending = new HashMap<>();
    private long ids;

    InFlight(Window window, TaskPartitions partitions) {
        this.window = window;
        this.partitions = partitions;
    }

    /// A new emission of the range, which must have a partition to go to; its id is [#lastId].
    Emission launch(Outstanding of, long now) {
        var avoided = 0L;
        for (var other : of.emissions) {
            avoided |= other.partition == Emission.UNKNOWN ? 0 : 1L << other.partition;
        }
        var partition = partitions.choose(avoided);
        of.emission++;
        var emission = new Emission(of, of.emission, partition, Emission.SENDING, now);
        sending.put(++ids, emission);
        partitions.sending(partition);
        attach(emission);
        return emission;
    }

    /// Whether it is not yet known of an emission that it has arrived, or that it has not.
    boolean isSending() {
        return !sending.isEmpty();
    }

    long lastId() {
        return ids;
    }

    /// An emission of a predecessor, found in `tasks`.
    void found(Outstanding of, int number, int partition, long offset, long now) {
        of.emission = Math.max(of.emission, number);
        attach(new Emission(of, number, partition, offset, now));
        partitions.end(partition, offset + 1);
    }

    /// An emission of a predecessor whose record is finished: a worker has said that it has the task in hand.
    void held(Outstanding of, int number, long now) {
        of.emission = Math.max(of.emission, number);
        attach(new Emission(of, number, Emission.UNKNOWN, Emission.SENDING, now));
    }

    private void attach(Emission emission) {
        var of = emission.of;
        of.emissions.add(emission);
        of.job.emissions++;
        if (emission.partition != Emission.UNKNOWN) {
            partitions.take(emission.partition);
        }
        if (!of.forgiven) {
            window.charge(of.job.offer(), of.weightNanos);
        }
    }

    /// The emission that has arrived; null when that is known already.
    @Nullable
    Emission sent(long id, long offset) {
        var emission = sending.remove(id);
        if (emission != null) {
            emission.offset = offset;
            partitions.sent(emission.partition, offset);
        }
        return emission;
    }

    /// The emission whose sending failed, no longer out; null when it was answered nevertheless.
    @Nullable
    Emission unsent(long id) {
        var emission = sending.remove(id);
        if (emission == null) {
            return null;
        }
        partitions.unsent(emission.partition);
        return emission.of.emissions.contains(emission) ? detach(emission) : null;
    }

    /// Takes all emissions of the range back.
    void release(Outstanding of) {
        for (var emission : List.copyOf(of.emissions)) {
            detach(emission);
        }
    }

    /// Takes the emission of this number back: it has been answered.
    void answered(Outstanding of, int number) {
        for (var emission : List.copyOf(of.emissions)) {
            if (emission.number == number) {
                detach(emission);
            }
        }
    }

    private Emission detach(Emission emission) {
        var of = emission.of;
        of.emissions.remove(emission);
        of.job.emissions--;
        if (emission.partition != Emission.UNKNOWN) {
            partitions.release(emission.partition);
        }
        if (!of.forgiven) {
            window.release(of.job.offer(), of.weightNanos);
        }
        return emission;
    }

    /// Counts the range's emissions in the window, or leaves them out.
    void forgive(Outstanding of, boolean forgiven) {
        if (of.forgiven == forgiven) {
            return;
        }
        of.forgiven = forgiven;
        for (var i = 0; i < of.emissions.size(); i++) {
            if (forgiven) {
                window.release(of.job.offer(), of.weightNanos);
            } else {
                window.charge(of.job.offer(), of.weightNanos);
            }
        }
    }

    /// Whether the share group has finished with all its records. A record that is being sent is not finished.
    boolean isFinished(Outstanding of) {
        for (var emission : of.emissions) {
            if (emission.partition != Emission.UNKNOWN
                    && (emission.offset == Emission.SENDING
                            || !partitions.isFinished(emission.partition, emission.offset))) {
                return false;
            }
        }
        return true;
    }
}
